import { join } from 'node:path';
import { MigrationError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { findConnectionFailure } from './client-failure.js';
import type { ClientLogin } from './client-login.js';
import { runClientProgram } from './client-program.js';
import { conninfo } from './conninfo.js';
import type { PostgresClients } from './postgres-clients.js';

/** `definitions` are without rows, but with the refreshing of materialized views; `schema` is without that. */
export type DumpContents = 'all' | 'schema' | 'definitions';

export interface DumpRequest {
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** Folder to be made by pg_dump. */
  readonly directory: string;
  /** For rows: definitions are dumped by one. */
  readonly jobs: number;
  readonly contents: DumpContents;
  /** Rows of partitions are loaded by the root of their table, of all tables: they may belong into another one there. */
  readonly throughRoots: boolean;
  /** Exported by a session that stays open (PostgreSQL: pg_export_snapshot). */
  readonly snapshot: string;
  readonly compression: string;
  readonly signal: AbortSignal;
  /** Called when pg_dump begins with the rows of a table, named as pg_dump names it. */
  readonly tableStarted: (table: string) => void;
}

/** In order of preference; measured on a RAG database zstd:1 and lz4 are as fast as none at half the size. */
const compressions = ['zstd:1', 'lz4:1'] as const;

/** The best compression that this build of pg_dump has; clients before 16 have gzip alone. */
export async function findCompression(
  login: ClientLogin,
  server: ServerRef,
  clients: PostgresClients,
  signal: AbortSignal,
): Promise<string> {
  if (clients.major < 16) return '1';
  for (const compression of compressions) {
    // Options are checked before it connects, and nothing listens in a folder that does not exist.
    const { tail } = await login(server, {}, (environment) =>
      runClientProgram({
        file: join(clients.binDir, 'pg_dump'),
        arguments: [
          '--format=custom',
          `--compress=${compression}`,
          '--no-password',
          "--dbname=host='/nonexistent' dbname='none'",
        ],
        environment,
        signal,
        line: () => undefined,
      }),
    );
    if (!tail.some((line) => line.includes('not support') || line.includes('unrecognized compression')))
      return compression;
  }
  return 'gzip:1';
}

/**
 * `pg_dump --format=directory`: the whole database as `snapshot` sees it. Large objects are part of it; subscriptions are
 * not, because their copies would begin to pull from the publisher.
 */
export async function runPgDump(login: ClientLogin, request: DumpRequest): Promise<void> {
  const { exitCode, tail } = await login(request.server, { lock_timeout: '30s' }, (environment) =>
    runClientProgram({
      file: join(request.clients.binDir, 'pg_dump'),
      arguments: dumpArguments(request),
      environment,
      signal: request.signal,
      line: (text) => {
        const table = /^pg_dump: dumping contents of table "(.*)"$/.exec(text)?.[1];
        if (table !== undefined) request.tableStarted(table);
      },
    }),
  );
  if (exitCode !== 0) throw dumpFailed(exitCode, tail, request.server);
}

const contentArguments: Readonly<Record<DumpContents, readonly string[]>> = {
  all: [],
  schema: ['--schema-only'],
  definitions: ['--section=pre-data', '--section=post-data'],
};

function dumpArguments(request: DumpRequest): string[] {
  return [
    '--format=directory',
    `--file=${request.directory}`,
    `--jobs=${String(request.contents === 'all' ? request.jobs : 1)}`,
    `--compress=${request.compression}`,
    `--snapshot=${request.snapshot}`,
    ...contentArguments[request.contents],
    ...(request.throughRoots ? ['--load-via-partition-root'] : []),
    '--lock-wait-timeout=30000',
    '--no-subscriptions',
    // Whoever seals the dump syncs every file of it; pg_dump would do so in silence, for long, with its connections open.
    '--no-sync',
    '--no-password',
    '--verbose',
    `--dbname=${conninfo(request.server)}`,
  ];
}

function dumpFailed(exitCode: number, tail: readonly string[], server: ServerRef): MigrationError {
  const errors = tail.filter((line) => /error|fatal/i.test(line));
  const text = (errors.length > 0 ? errors : tail).slice(-5).join('\n');
  const details = { resource: `${server.host}/${server.database}`, resumable: true };
  return (
    findConnectionFailure(text, { what: 'pg_dump', stopped: 'DumpInterrupted', details }) ??
    new MigrationError('DumpFailed', `pg_dump ended with exit code ${exitCode}: ${text}`, details)
  );
}
