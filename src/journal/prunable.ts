import { isAbsolute, join, resolve } from 'node:path';
import { inspectRunLock } from './run.js';
import type { RunState } from './run-state.js';
import { listRuns, type StoredRun } from './runs.js';
import { findSharedName } from './shared-run.js';

/** Which runs may go. One of the two limits must be given; with both, a run must be beyond both. */
export interface PruneWishes {
  /** Only those that ended at least so long ago. */
  readonly olderThanMs?: number | undefined;
  /** Of those that ended, the newest so many stay. */
  readonly keep?: number | undefined;
  /** Also those that finished, and could still be rolled back or finalized. */
  readonly finished: boolean;
}

export interface PrunableRun {
  readonly id: string;
  readonly state: RunState;
  /** Folders of this run alone: its own, and that of a dump which was put elsewhere. */
  readonly places: readonly string[];
}

export interface Prunable {
  readonly runs: readonly PrunableRun[];
  /** What the limits would let go, and a rule keeps. */
  readonly kept: readonly { readonly id: string; readonly because: string }[];
}

/**
 * The runs that may be removed, the newest first. A run that can still be gone on with, or rolled back, or finalized, is
 * the only record of what stands in AWS: it is kept, unless it has called nothing, or the wish says otherwise.
 */
export function findPrunable(root: string, wishes: PruneWishes, now: Date): Prunable {
  const all = listRuns(root);
  const newestOpen = all.find(({ state }) => state?.outcome === 'unfinished')?.id;
  const judged = all.map((run) => ({ run, because: findReason(root, run, wishes, newestOpen) }));
  const ended = judged.filter(({ because }) => because === undefined).map(({ run }) => run);
  const spared = new Set(ended.slice(0, wishes.keep ?? 0));
  return {
    runs: ended.flatMap((run) =>
      run.state === undefined || spared.has(run) || !isOld(run, wishes, now)
        ? []
        : [{ id: run.id, state: run.state, places: listPlaces(root, run, run.state) }],
    ),
    kept: judged.flatMap(({ run, because }) =>
      because !== undefined && isOld(run, wishes, now) ? [{ id: run.id, because }] : [],
    ),
  };
}

function isOld({ state }: StoredRun, { olderThanMs }: PruneWishes, now: Date): boolean {
  if (olderThanMs === undefined || state === undefined) return true;
  return now.getTime() - Date.parse(state.lastAt) >= olderThanMs;
}

/** Why a run stays; undefined when it may go. */
function findReason(
  root: string,
  { id, state, directory }: StoredRun,
  { finished }: PruneWishes,
  newestOpen: string | undefined,
): string | undefined {
  if (state === undefined) return 'its journal cannot be read, so nobody knows what it has done';
  const shared = findSharedName(directory);
  if (shared !== '') return `its state is shared: remove ${shared}/runs/${id}/ when nobody needs it`;
  const lock = inspectRunLock(root, id);
  if (lock !== undefined && lock.liveness !== 'dead') return 'a process holds it';
  switch (state.outcome) {
    case 'finalized':
    case 'rolled-back':
      return undefined;
    case 'finished':
      return finished ? undefined : 'it can still be rolled back or finalized; --finished lets it go';
    case 'finalizing':
      return 'its source is being ended: finalize goes on with it';
    case 'rolling-back':
      return 'it is being taken back: rollback goes on with it';
    case 'unfinished':
      if (state.steps.some((step) => step.calls.length > 0))
        return 'it has changed something: resume or roll it back first';
      return id === newestOpen ? 'it is the newest that is not finished' : undefined;
  }
}

/** A dump that was configured to lie elsewhere lies in a folder named after the run. */
function listPlaces(root: string, { id, directory }: StoredRun, { header }: RunState): string[] {
  const { dump } = header.config;
  const elsewhere =
    typeof dump === 'object' && dump !== null && !Array.isArray(dump) ? dump['directory'] : '';
  if (typeof elsewhere !== 'string' || elsewhere === '') return [directory];
  const parent = isAbsolute(elsewhere) ? elsewhere : resolve(root, '..', elsewhere);
  return [directory, join(parent, id)];
}
