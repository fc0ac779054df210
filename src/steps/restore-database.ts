/**
 * Restores the dump with pg_restore: schemas, definitions, data, then indexes and constraints. Each part is one intent;
 * a part that died half way means that the database, which this run marked, is dropped and restored from the start.
 */
import { z } from 'zod';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError } from '../errors.js';
import type { RecordedIntent, Step, StepIo } from '../pipeline/step.js';
import type { RestoreGateway } from '../postgres/restore-gateway.js';
import type { RestoreSizing } from '../postgres/restore-settings.js';
import type { Change } from '../postgres/role-changes.js';
import type { TargetGateway, TargetState } from '../postgres/target-gateway.js';
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
  applyAll,
  calls,
  createMarked,
  furnish,
  mark,
  markerOf,
  noteUndo,
  undoUnlessGone,
} from './target-database.js';
import type { TargetServers } from './target-database.js';

export interface RestoreDatabaseDependencies extends FingerprintReading {
  readonly target: TargetGateway;
  readonly restores: RestoreGateway;
  readonly sizeRestore: (maxAcu: number, jobs: number) => RestoreSizing;
  readonly defaultJobs: number;
}

export interface RestoreDatabaseInput extends TargetServers {
  readonly clients: PostgresClients;
  readonly directory: string;
  readonly jobs: number;
  readonly maxAcu: number;
  readonly fingerprint: FingerprintFile;
}

type Output = ReturnType<(typeof restoreDatabase)['output']['parse']>;

const parts: readonly RestorePart[] = ['schemas', 'pre-data', 'data', 'post-data'];
/** Marks the intents of rights that are lent to owners for the time of the restore. */
const lending = ' while restoring';
const callOf = (part: RestorePart): string => `pg_restore ${part}`;
const ignoredSchema = z.object({ ignored: z.array(z.strictObject({ rule: z.string(), text: z.string() })) });

export function createRestoreDatabase(
  dependencies: RestoreDatabaseDependencies,
): Step<RestoreDatabaseInput, Output, Config> {
  return {
    ...restoreDatabase,
    title: 'Restore into the target',
    reversal: {
      kind: 'undo',
      note: (input) =>
        noteUndo(input, `drop database ${input.target.database} on ${input.target.host} and create it empty`),
      undo: (io, input) => undoUnlessGone(io, input, () => undo(dependencies.target, io, input)),
    },
    supersedes: [dumpDatabase.id],
    // A restore that died is begun again in a database that this step drops and prepares itself.
    overtakes: [prepareTarget.id],
    typicalSeconds: [20, 7200],
    writersPaused: true,
    select: (from) => {
      const { clients } = from.outputOf(checkReadiness);
      const target = from.outputOf(awaitTarget);
      const { file, sha256 } = from.outputOf(fingerprintSource);
      return {
        ...dataSourceOf(from),
        target: target.server,
        clients,
        directory: from.outputOf(dumpDatabase).directory,
        jobs: from.config.dump?.jobs ?? dependencies.defaultJobs,
        maxAcu: target.maxAcu,
        fingerprint: { file, sha256 },
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `pg_restore into ${config.target.cluster}: definitions, data, then indexes and constraints; any error that is not known to be harmless ends it`,
        ],
        calls: parts.map(callOf),
      }),
    run: (io, input) => run(dependencies, io, input),
    verify: (_io, input, output) => verify(dependencies, input, output),
  };
}

async function run(
  dependencies: RestoreDatabaseDependencies,
  io: StepIo,
  input: RestoreDatabaseInput,
): Promise<Output> {
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
  const apply = (changes: readonly Change[]): Promise<void> =>
    applyAll(io, listUndone(io, changes), (change) => gateway.apply(target, change), lending);
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
  const isDirty = currentIntents(io).some(
    (intent) => intent.effect === undefined && intent.call.startsWith('pg_restore '),
  );
  const isUnknown = state.contents.length > 0 && !parts.some((part) => isDone(io, part));
  if (isDirty || isUnknown) {
    io.note('an earlier restore died half way: dropping the database that this run made, and starting again');
  }
  await makeAsPrepared(gateway, io, input, isDirty || isUnknown);
}

/** Marked by this run; or dropped by this step, and not yet made or marked again. */
function isOurs(io: StepIo, state: TargetState): boolean {
  if (state.comment === markerOf(io.runId)) return true;
  return wasDropped(io) && (!state.exists || state.contents.length === 0);
}

/** Drops the database if asked to, and makes again whatever is missing since it was dropped. */
async function makeAsPrepared(
  gateway: TargetGateway,
  io: StepIo,
  input: TargetServers,
  reset: boolean,
): Promise<void> {
  const { source, target } = input;
  const marker = markerOf(io.runId);
  if (reset) await io.mutate({ call: calls.drop, key: target.database }, () => gateway.drop(target, marker));
  if (!wasDropped(io)) return;
  const state = await gateway.inspect(target);
  if (!state.exists) await createMarked(gateway, io, input);
  else if (state.comment !== marker) await mark(gateway, io, target, state.comment);
  await furnish(gateway, io, input, await gateway.readExtensions(source));
}

function wasDropped(io: StepIo): boolean {
  return io.intents().some((intent) => intent.call === calls.drop);
}

/** Rights that were not yet lent, or not yet taken back. */
function listUndone(io: StepIo, changes: readonly Change[]): Change[] {
  const done = currentIntents(io).filter(
    (intent) => intent.call.endsWith(lending) && intent.effect !== undefined,
  );
  return changes.filter(
    (change) =>
      !done.some((one) => one.key === change.key && one.call === `sql:${change.statement}${lending}`),
  );
}

/** Since the database was last dropped: what was before says nothing about the database that is there now. */
function currentIntents(io: StepIo): readonly RecordedIntent[] {
  const intents = io.intents();
  return intents.slice(intents.findLastIndex((intent) => intent.call === calls.drop) + 1);
}

function isDone(io: StepIo, part: RestorePart): boolean {
  return currentIntents(io).some((intent) => intent.call === callOf(part) && intent.effect !== undefined);
}

function listIgnored(io: StepIo): Output['ignoredErrors'] {
  return currentIntents(io).flatMap((intent) => {
    const parsed = ignoredSchema.safeParse(intent.effect?.detail);
    return parsed.success ? parsed.data.ignored : [];
  });
}

function notOurs({ target }: RestoreDatabaseInput): PreconditionError {
  return new PreconditionError(
    'TargetNotOurs',
    `database ${target.database} on ${target.host} is not the one this run prepared`,
    {
      why: "it does not carry this run's mark, and only what this run made may be restored into or dropped",
      resource: `${target.host}/${target.database}`,
    },
  );
}

async function verify(
  dependencies: RestoreDatabaseDependencies,
  { target }: RestoreDatabaseInput,
  output: Output,
): Promise<void> {
  const { tables, invalidIndexes } = await dependencies.restores.inspect(target);
  if (tables < output.tables) {
    throw new VerifyError(
      'TablesMissing',
      `${target.database} has ${String(tables)} tables, ${String(output.tables)} were restored`,
    );
  }
  if (invalidIndexes.length > 0) {
    throw new VerifyError('InvalidIndexes', `indexes not valid on the target: ${invalidIndexes.join(', ')}`);
  }
}

/** Empty, marked and furnished again, as `prepare-target` left it. */
async function undo(gateway: TargetGateway, io: StepIo, input: RestoreDatabaseInput): Promise<void> {
  const state = await gateway.inspect(input.target);
  if (!isOurs(io, state)) return;
  const isTouched = currentIntents(io).some(
    (intent) => intent.call.startsWith('pg_restore ') || intent.call.endsWith(lending),
  );
  await makeAsPrepared(gateway, io, input, isTouched || state.contents.length > 0);
}
