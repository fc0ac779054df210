import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError, UsageError, type MigrationError } from '../errors.js';
import { hasCode } from './files.js';
import { readJournal } from './read.js';
import { foldRecords, type RunState } from './run-state.js';

/** A run as it lies in its folder; `state` is absent when its journal cannot be read, and `problem` says why. */
export interface StoredRun {
  readonly id: string;
  readonly directory: string;
  readonly state?: RunState;
  readonly problem?: MigrationError;
  /** For people: what reading the journal left out. */
  readonly warnings: readonly string[];
}

/** The name of the migration and six random characters; `random` gives numbers from 0 up to 1, as Math.random does. */
export function makeRunId(name: string, random: () => number): string {
  const suffix = Array.from({ length: 6 }, () => Math.floor(random() * 36).toString(36)).join('');
  return `${name}-${suffix}`;
}

/** Where the folder of a run is, below the tool's folder (`.rds2aurora`). */
export function directoryOfRun(root: string, run: string): string {
  return join(root, 'runs', run);
}

/** All runs, the newest first. Changes nothing and needs no lock. */
export function listRuns(root: string): StoredRun[] {
  return listFolders(join(root, 'runs'))
    .map((id) => readRun(root, id))
    .filter((run) => run.problem?.code !== 'JournalEmpty' && run.problem?.code !== 'JournalMissing')
    .sort((a, b) => createdAt(b).localeCompare(createdAt(a)) || a.id.localeCompare(b.id));
}

/**
 * The run of that id or the only one whose id, or random part, starts so; without `wanted`, the newest.
 * @throws UsageError `NoSuchRun`, `AmbiguousRun`; JournalError when its journal cannot be read
 */
export function getRun(root: string, wanted?: string): StoredRun & { readonly state: RunState } {
  const runs = listRuns(root);
  const found = wanted === undefined ? runs.slice(0, 1) : match(runs, wanted);
  const [run, ...others] = found;
  if (run === undefined) throw noSuchRun(runs, wanted);
  if (others.length > 0) {
    throw new UsageError('AmbiguousRun', `more than one run starts with ${String(wanted)}`, {
      next: found.map((one) => one.id),
    });
  }
  const { state } = run;
  if (state === undefined) throw run.problem ?? new Error(`run ${run.id} has neither state nor problem`);
  return { ...run, state };
}

/**
 * The newest run that `resume` can go on with.
 * @throws UsageError `NoUnfinishedRun`
 */
export function getLastUnfinished(root: string): StoredRun & { readonly state: RunState } {
  const runs = listRuns(root);
  for (const run of runs) {
    if (run.state?.outcome === 'unfinished') return { ...run, state: run.state };
  }
  throw new UsageError('NoUnfinishedRun', 'there is no run to go on with', {
    why: runs.length === 0 ? 'there is no run here yet' : 'no run here is unfinished',
    next: ['rds2aurora runs'],
  });
}

function match(runs: readonly StoredRun[], wanted: string): StoredRun[] {
  const exact = runs.filter((run) => run.id === wanted);
  if (exact.length > 0) return exact;
  return runs.filter(
    (run) => run.id.startsWith(wanted) || run.id.slice(run.id.lastIndexOf('-') + 1).startsWith(wanted),
  );
}

function readRun(root: string, id: string): StoredRun {
  const directory = directoryOfRun(root, id);
  try {
    const { records, warnings } = readJournal(join(directory, 'journal.jsonl'));
    return { id, directory, state: foldRecords(records), warnings };
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { id, directory, problem: error, warnings: [] };
  }
}

function listFolders(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return [];
  }
}

function createdAt(run: StoredRun): string {
  return run.state?.createdAt ?? '';
}

function noSuchRun(runs: readonly StoredRun[], wanted: string | undefined): UsageError {
  const message = wanted === undefined ? 'there is no run here yet' : `there is no run ${wanted}`;
  const known = runs.slice(0, 5).map((run) => run.id);
  return new UsageError('NoSuchRun', message, {
    why: 'runs are kept in .rds2aurora/runs of the folder the tool is started in',
    next: known.length > 0 ? known.map((id) => `rds2aurora status ${id}`) : ['rds2aurora plan'],
  });
}
