import type { Progress } from '../pipeline/step.js';
import type { ClientLogin } from '../process/client-login.js';
import {
  checkDump,
  dumpDataOf,
  measureFolder,
  readFreeBytes,
  removeAttempts,
  sealDump,
  startAttempt,
} from '../process/dump-folder.js';
import { findCompression, runPgDump } from '../process/pg-dump.js';
import type { DumpContents } from '../process/pg-dump.js';
import type { PostgresClients } from '../process/postgres-clients.js';
import type { ServerRef } from '../steps/refs.js';
import { watchCopies } from './copy-progress.js';
import type { RowTotals } from './copy-progress.js';
import { hasUnsteadyPartitionsSql } from './partition-keys.js';
import type { Sessions } from './session.js';
import { useSnapshot } from './snapshot-sessions.js';
import { whileNotStalled } from './stall-watch.js';

export interface DumpOrder {
  readonly run: string;
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** Folder that attempts are made in. */
  readonly parent: string;
  readonly jobs: number;
  readonly contents: DumpContents;
  readonly totals: RowTotals;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface FinishedDump {
  readonly directory: string;
  readonly manifestSha256: string;
  readonly bytes: number;
  readonly compression: string;
  readonly clientVersion: string;
}

export interface DumpGateway {
  readFreeBytes(parent: string): Promise<number>;
  /** Dumps into a new attempt; done only once its manifest is on disk. Earlier attempts are removed. */
  take(order: DumpOrder): Promise<FinishedDump>;
  /** Hashes every file again. @throws VerifyError */
  check(directory: string, manifestSha256: string): Promise<void>;
  remove(parent: string): Promise<void>;
}

export function createDumpGateway(sessions: Sessions, login: ClientLogin, everyMs = 1000): DumpGateway {
  return {
    readFreeBytes,
    remove: removeAttempts,
    check: async (directory, manifestSha256) => void (await checkDump(directory, manifestSha256)),
    take: async (order) => {
      const attempt = await startAttempt(order.parent);
      const compression = await findCompression(login, order.server, order.clients, order.signal);
      const facts = { run: order.run, compression, clientVersion: order.clients.version };
      const snapshot = await dumpSnapshot(
        sessions,
        login,
        order,
        compression,
        dumpDataOf(attempt.directory),
        everyMs,
      );
      return {
        directory: attempt.directory,
        compression,
        clientVersion: order.clients.version,
        ...(await sealDump(attempt.directory, { ...facts, snapshot })),
      };
    },
  };
}

/** Our own session holds the snapshot open for as long as pg_dump's many sessions need it. */
function dumpSnapshot(
  sessions: Sessions,
  login: ClientLogin,
  order: DumpOrder,
  compression: string,
  directory: string,
  everyMs: number,
): Promise<string> {
  const { server, clients, jobs, contents, signal, totals } = order;
  return useSnapshot(sessions, server, { count: 1, signal }, async ({ first, snapshot }) => {
    // pg_dump sees to enums by itself, and to nothing else of this kind.
    const { found: throughRoots } = await first.row<{ found: boolean }>(hasUnsteadyPartitionsSql);
    let count = 0;
    const watch = { totals, report: order.progress, everyMs, answered: () => void (count += 1) };
    const tableStarted = (item: string): void => {
      const total = totals.get(item);
      order.progress({ item, done: 0, ...(total === undefined ? {} : { total }), unit: 'rows' });
    };
    const life = (): string => String(measureFolder(directory));
    await whileNotStalled(sessions, [server], { signal, life, answers: () => count }, (signal) =>
      watchCopies(sessions, server, watch, () =>
        runPgDump(login, {
          ...{ server, clients, directory, jobs, contents, throughRoots, snapshot, compression },
          ...{ signal, tableStarted },
        }),
      ),
    );
    return snapshot;
  });
}
