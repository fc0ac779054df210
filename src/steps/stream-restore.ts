import type { StepIo } from '../pipeline/step.js';
import type { RestoreGateway, RestoreOrder } from '../postgres/restore-gateway.js';
import type { RestoreSizing } from '../postgres/restore-settings.js';
import type { EntryChoice, RestorePart } from '../process/restore-list.js';
import type { StreamDatabaseInput } from './stream-data.js';
import { currentIntents } from './restored-target.js';

/** What all parts of one attempt share. */
export interface StreamWork {
  readonly restores: RestoreGateway;
  readonly io: StepIo;
  readonly input: StreamDatabaseInput;
  readonly sizing: RestoreSizing;
  readonly totals: ReadonlyMap<string, number>;
  readonly existingSchemas: readonly string[];
}

/** Finished in the database that is there now. */
export function isDone(io: StepIo, call: string): boolean {
  return currentIntents(io).some((intent) => intent.call === call && intent.effect !== undefined);
}

/** Definitions, or what is left of post-data; `entries` of it when given. Done once. */
export async function restorePart(work: StreamWork, part: RestorePart, entries?: EntryChoice): Promise<void> {
  const { io, input } = work;
  const call = `pg_restore ${part}`;
  if (isDone(io, call)) return;
  io.note(`restoring ${part}`);
  const again = isBegun(io, call, input.target.database);
  await io.mutate(
    { call, key: input.target.database },
    () =>
      work.restores.restore({
        ...orderOf(work, part, entries),
        // The errors of several workers mix in one output, and each has to be told from the others here.
        ...(again ? { jobs: 1, again } : {}),
        signal: io.signal,
      }),
    (ignored) => ({ detail: { ignored } }),
  );
}

/**
 * One index or constraint. Only one that takes longer than all else gets workers as if it were alone: for others the
 * processors are busy already.
 */
export async function buildIndex(
  work: StreamWork,
  build: { readonly label: string; readonly entry: string; readonly vector: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { io, sizing } = work;
  const workers = build.vector ? sizing.parallelMaintenanceWorkers : sizing.parallelWorkersOfJob;
  const intent = { call: buildCall, key: build.label };
  const again = isBegun(io, intent.call, intent.key);
  const entries = { kind: 'only', of: new Set([build.entry]) } as const;
  const order = {
    ...orderOf(work, 'post-data', entries),
    ...{ sizing: { ...sizing, parallelMaintenanceWorkers: workers } },
    ...{ jobs: 1, again, signal, watched: true },
  };
  await io.mutate(
    intent,
    () => work.restores.restore(order),
    (ignored) => ({ detail: { ignored } }),
  );
}

export const buildCall = 'pg_restore index';

/** What an attempt that died has made is there; its definition is compared with the source's at the end. */
function isBegun(io: StepIo, call: string, key: string): boolean {
  return currentIntents(io).some((intent) => intent.call === call && intent.key === key);
}

function orderOf(
  { io, input, sizing, totals, existingSchemas }: StreamWork,
  part: RestorePart,
  entries: EntryChoice | undefined,
): Omit<RestoreOrder, 'signal'> {
  const { target, clients, directory, jobs } = input;
  return {
    ...{ server: target, clients, directory, part, existingSchemas, jobs, sizing, totals },
    ...(entries === undefined ? {} : { entries }),
    progress: (progress) => io.progress(progress),
  };
}
