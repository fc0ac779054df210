/**
 * What both ways of filling the target have in common: how they know the database for theirs, begin again in it, lend
 * rights to owners for the time of it, prove it and take it back.
 */
import { z } from 'zod';
import { PreconditionError, VerifyError } from '../errors.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import type { RestoreGateway } from '../postgres/restore-gateway.js';
import type { Change } from '../postgres/role-changes.js';
import type { TargetGateway, TargetState } from '../postgres/target-gateway.js';
import type { restoreDatabase, ServerRef } from './refs.js';
import { applyAll, calls, createMarked, furnish, mark, markerOf } from './target-database.js';
import type { TargetServers } from './target-database.js';

type Restored = Pick<ReturnType<(typeof restoreDatabase)['output']['parse']>, 'ignoredErrors' | 'tables'>;

/** Marks the intents of rights that are lent to owners for the time of the restore. */
const lending = ' while restoring';
const ignoredSchema = z.object({ ignored: z.array(z.strictObject({ rule: z.string(), text: z.string() })) });

/** Marked by this run; or dropped by this step, and not yet made or marked again. */
export function isOurs(io: StepIo, state: TargetState): boolean {
  if (state.comment === markerOf(io.runId)) return true;
  return wasDropped(io) && (!state.exists || state.contents.length === 0);
}

/** Drops the database if asked to, and makes again whatever is missing since it was dropped. */
export async function makeAsPrepared(
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
  else if (state.comment !== marker) await mark(gateway, io, target, state);
  await furnish(gateway, io, input, await gateway.readExtensions(source));
}

function wasDropped(io: StepIo): boolean {
  return io.intents().some((intent) => intent.call === calls.drop);
}

/** Makes the changes that this run has not made yet, since the database was last dropped. */
export function lend(
  gateway: TargetGateway,
  io: StepIo,
  target: ServerRef,
  changes: readonly Change[],
): Promise<void> {
  return applyAll(io, listUndone(io, changes), (change) => gateway.apply(target, change), lending);
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
export function currentIntents(io: StepIo): readonly RecordedIntent[] {
  const intents = io.intents();
  return intents.slice(intents.findLastIndex((intent) => intent.call === calls.drop) + 1);
}

export function listIgnored(io: StepIo): Restored['ignoredErrors'] {
  return currentIntents(io).flatMap((intent) => {
    const parsed = ignoredSchema.safeParse(intent.effect?.detail);
    return parsed.success ? parsed.data.ignored : [];
  });
}

export function notOurs({ target }: TargetServers): PreconditionError {
  return new PreconditionError(
    'TargetNotOurs',
    `database ${target.database} on ${target.host} is not the one this run prepared`,
    {
      why: "it does not carry this run's mark, and only what this run made may be restored into or dropped",
      resource: `${target.host}/${target.database}`,
    },
  );
}

/** @throws VerifyError */
export async function verifyRestored(
  restores: Pick<RestoreGateway, 'inspect'>,
  target: ServerRef,
  output: Pick<Restored, 'tables'>,
): Promise<void> {
  const { tables, invalidIndexes } = await restores.inspect(target);
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
export async function undoRestore(gateway: TargetGateway, io: StepIo, input: TargetServers): Promise<void> {
  const state = await gateway.inspect(input.target);
  if (!isOurs(io, state)) return;
  const isTouched = currentIntents(io).some(
    (intent) => intent.call.startsWith('pg_restore ') || intent.call.endsWith(lending),
  );
  await makeAsPrepared(gateway, io, input, isTouched || state.contents.length > 0);
}
