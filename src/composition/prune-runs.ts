import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../cli/base-command.js';
import type { Question } from '../cli/confirm.js';
import { summarizeRun } from '../cli/describe-run.js';
import type { PruneResult } from '../cli/result-schemas.js';
import { LockedError, StoppedError } from '../errors.js';
import { hasCode } from '../journal/files.js';
import { findPrunable, type PrunableRun, type PruneWishes } from '../journal/prunable.js';
import { openRun, type OpenRun, type RunDeps } from '../journal/run.js';
import { renderPruned } from '../views/runs-table.js';

export interface PruneOrder {
  readonly wishes: PruneWishes;
  readonly dryRun: boolean;
  say(text: string): void;
  /** @throws ConfirmationError */
  confirm(question: Question): Promise<void>;
}

/** `runs prune`: shows which runs would go, asks, and removes them with their dumps, reports and sealed secrets. */
export async function pruneRuns(deps: RunDeps, order: PruneOrder): Promise<Outcome<PruneResult>> {
  const { runs, kept } = findPrunable(deps.root, order.wishes, deps.now());
  const found: PruneResult = {
    removed: false,
    runs: runs.map(describe),
    bytes: 0,
    kept: kept.map(({ id, because }) => ({ run: id, because })),
  };
  const shown = { ...found, bytes: sumOf(found.runs) };
  const outcome = (result: PruneResult): Outcome<PruneResult> => ({
    result,
    text: () => renderPruned(result),
  });
  if (order.dryRun || runs.length === 0) return outcome(shown);
  order.say(renderPruned(shown));
  const count = `${String(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;
  await order.confirm({ level: 'moderate', action: `Remove ${count} for good`, name: count });
  const busy = runs.filter((run) => !remove(deps, run)).map(({ id }) => id);
  const gone = shown.runs.filter(({ run }) => !busy.includes(run));
  return outcome({
    removed: true,
    runs: gone,
    bytes: sumOf(gone),
    kept: [
      ...shown.kept,
      ...busy.map((run) => ({ run, because: 'a process works on it, or on its source' })),
    ],
  });
}

/** Under its own lock: a command that has begun on it meanwhile is not robbed of its journal. False: it is held. */
function remove(deps: RunDeps, { id, places }: PrunableRun): boolean {
  let run: OpenRun | undefined;
  try {
    run = openRun(deps, id);
  } catch (error) {
    if (error instanceof LockedError) return false;
    // On a full disk nobody can take a lock, nor begin with anything: this is what makes room.
    if (!(error instanceof StoppedError && error.code === 'DiskFull')) throw error;
  }
  try {
    for (const place of [...places].reverse()) rmSync(place, { recursive: true, force: true });
  } finally {
    run?.close();
  }
  return true;
}

function sumOf(runs: PruneResult['runs']): number {
  return runs.reduce((sum, { bytes }) => sum + bytes, 0);
}

function describe(run: PrunableRun): PruneResult['runs'][number] {
  const { id, state, places } = run;
  const [directory = ''] = places;
  return {
    run: id,
    state: summarizeRun({ id, directory, state, warnings: [] }, undefined).state,
    endedAt: state.lastAt,
    bytes: places.reduce((sum, place) => sum + measure(place), 0),
    places: [...places],
  };
}

/** Bytes of all files below; links are not followed. */
function measure(path: string): number {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory()) return found.size;
    return readdirSync(path).reduce((sum, name) => sum + measure(join(path, name)), 0);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
