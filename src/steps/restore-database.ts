/**
 * Restores the dump with pg_restore: schemas, definitions, then data with indexes and constraints. Each part is one intent;
 * a part that died half way means that the database, which this run marked, is dropped and restored from the start.
 */
import type { Config } from '../config/schema.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { DumpGateway } from '../postgres/dump-gateway.js';
import type { RestoreGateway } from '../postgres/restore-gateway.js';
import type { RestoreSizing } from '../postgres/restore-settings.js';
import type { Change } from '../postgres/role-changes.js';
import type { TargetGateway } from '../postgres/target-gateway.js';
import type { PostgresClients } from '../process/postgres-clients.js';
import type { RestorePart } from '../process/restore-list.js';
import { dataSourceOf } from './data-source.js';
import {
  awaitTarget,
  checkReadiness,
  dumpDatabase,
  fingerprintSource,
  prepareTarget,
  restoreDatabase,
} from './refs.js';
import { readSourceFingerprint, rowTotals } from './source-fingerprint.js';
import type { FingerprintFile, FingerprintReading } from './source-fingerprint.js';
import {
  currentIntents,
  isOurs,
  lend,
  listIgnored,
  makeAsPrepared,
  notOurs,
  undoRestore,
  verifyRestored,
} from './restored-target.js';
import { noteEmptying, noteUndo, undoUnlessGone } from './target-database.js';
import type { TargetServers } from './target-database.js';

export interface RestoreDatabaseDependencies extends FingerprintReading {
  readonly target: TargetGateway;
  readonly restores: RestoreGateway;
  readonly dumps: Pick<DumpGateway, 'check'>;
  readonly sizeRestore: (maxAcu: number, jobs: number) => RestoreSizing;
  readonly defaultJobs: number;
}

export interface RestoreDatabaseInput extends TargetServers {
  readonly clients: PostgresClients;
  /** What was dumped, and what it must still be. */
  readonly directory: string;
  readonly manifestSha256: string;
  readonly jobs: number;
  readonly maxAcu: number;
  readonly fingerprint: FingerprintFile;
}

type Output = ReturnType<(typeof restoreDatabase)['output']['parse']>;

/** An index is built as soon as its table is there, while others are still loaded: both are one part. */
const parts: readonly RestorePart[] = ['schemas', 'pre-data', 'data and post-data'];
const callOf = (part: RestorePart): string => `pg_restore ${part}`;
const calls = parts.map(callOf);

export function createRestoreDatabase(
  dependencies: RestoreDatabaseDependencies,
): Step<RestoreDatabaseInput, Output, Config> {
  return {
    ...restoreDatabase,
    title: 'Restore into the target',
    reversal: {
      kind: 'undo',
      note: (input) => noteUndo(input, () => [noteEmptying(input.target)]),
      undo: (io, input) => undoUnlessGone(io, input, () => undoRestore(dependencies.target, io, input)),
    },
    supersedes: [dumpDatabase.id],
    // A restore that died is begun again in a database that this step drops and prepares itself.
    overtakes: [prepareTarget.id],
    typicalSeconds: [20, 7200],
    writersPaused: true,
    select: (from) => {
      const { clients } = from.outputOf(checkReadiness);
      const target = from.outputOf(awaitTarget);
      const dump = from.outputOf(dumpDatabase);
      const { file, sha256 } = from.outputOf(fingerprintSource);
      return {
        ...dataSourceOf(from),
        target: target.server,
        clients,
        directory: dump.directory,
        manifestSha256: dump.manifestSha256,
        jobs: from.config.dump?.jobs ?? dependencies.defaultJobs,
        maxAcu: target.maxAcu,
        fingerprint: { file, sha256 },
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `pg_restore into ${config.target.cluster}: definitions, data, each index once its table is there, constraints; any error that is not known to be harmless ends it`,
        ],
        calls,
      }),
    run: (io, input) => run(dependencies, io, input),
    verify: (_io, { target }, output) => verifyRestored(dependencies.restores, target, output),
  };
}

async function run(
  dependencies: RestoreDatabaseDependencies,
  io: StepIo,
  input: RestoreDatabaseInput,
): Promise<Output> {
  // It may have lain on its disk for long, while a stack was deployed: what has changed there is never restored.
  if (!parts.every((part) => isDone(io, part)))
    await dependencies.dumps.check(input.directory, input.manifestSha256);
  await startFromKnown(dependencies.target, io, input);
  const sizing = dependencies.sizeRestore(input.maxAcu, input.jobs);
  await restoreParts(dependencies, io, input, sizing);
  const { tables } = await dependencies.restores.inspect(input.target);
  return { ignoredErrors: listIgnored(io), tables, maintenanceWorkMemBytes: sizing.maintenanceWorkMemBytes };
}

async function restoreParts(
  dependencies: RestoreDatabaseDependencies,
  io: StepIo,
  input: RestoreDatabaseInput,
  sizing: RestoreSizing,
): Promise<void> {
  const gateway = dependencies.target;
  const { target, clients, directory, jobs } = input;
  const totals = rowTotals(await readSourceFingerprint(dependencies, input.fingerprint));
  const existingSchemas = (await gateway.readExtensions(input.source)).map((one) => one.schema);
  const lent = await gateway.planOwnerGrants(input.source, target);
  const apply = (changes: readonly Change[]): Promise<void> => lend(gateway, io, target, changes);
  await apply(lent.onDatabase);
  for (const part of parts) {
    if (part === 'pre-data') await apply(lent.onSchemas);
    if (isDone(io, part)) continue;
    io.note(`restoring ${part}`);
    const { signal } = io;
    const order = { server: target, clients, directory, part, existingSchemas, jobs, sizing, totals, signal };
    const restore = (): ReturnType<RestoreGateway['restore']> =>
      dependencies.restores.restore({ ...order, progress: (progress) => io.progress(progress) });
    await io.mutate({ call: callOf(part), key: target.database }, restore, (ignored) => ({
      detail: { ignored },
    }));
  }
  await apply(lent.revoke);
}

/** Brings the database to where the next part may begin: as prepared, or with exactly the parts that were finished. */
async function startFromKnown(
  gateway: TargetGateway,
  io: StepIo,
  input: RestoreDatabaseInput,
): Promise<void> {
  const state = await gateway.inspect(input.target);
  if (!isOurs(io, state)) throw notOurs(input);
  // Versions of the program that had other parts leave the database where none of these may begin.
  const isDirty = currentIntents(io).some(
    ({ call, effect }) => call.startsWith('pg_restore ') && (effect === undefined || !calls.includes(call)),
  );
  const isUnknown = state.contents.length > 0 && !parts.some((part) => isDone(io, part));
  if (isDirty || isUnknown) {
    io.note(
      'an earlier restore cannot be gone on with: dropping the database that this run made, and starting again',
    );
  }
  await makeAsPrepared(gateway, io, input, isDirty || isUnknown);
}

function isDone(io: StepIo, part: RestorePart): boolean {
  return currentIntents(io).some((intent) => intent.call === callOf(part) && intent.effect !== undefined);
}
