import { join } from 'node:path';
import { JournalError, LockedError } from '../errors.js';
import type { CrashPoint } from './crash-point.js';
import { realFiles, syncDirectory, type Files } from './files.js';
import { canonicalJson, sha256, toJsonObject } from './json.js';
import type { HeldLock, Holder, LivenessProbe } from './lock.js';
import { currentFormat } from './record.js';
import { describeHolder, lockOfRun, lockOfSource, takeLocks } from './run-locks.js';
import { foldRecords, type RunState } from './run-state.js';
import { directoryOfRun, getRun, makeRunId } from './runs.js';
import { pullRuns, refuseSharedElsewhere, SharedRun } from './shared-run.js';
import type { SharedStore } from './shared-store.js';
import { JournalWriter, type WriterDeps } from './writer.js';

export { inspectRunLock, unlockRun } from './run-locks.js';

/** What every run is opened with. */
export interface RunDeps {
  /** The tool's folder, normally `.rds2aurora` in the current folder. */
  readonly root: string;
  /** What the user typed, without secrets; shown to whoever finds the run locked. */
  readonly command: string;
  readonly toolVersion: string;
  readonly now: () => Date;
  readonly crashPoint?: CrashPoint;
  readonly files?: Files;
  readonly probe?: LivenessProbe;
  /** Where the state of runs is shared with other machines; absent: it is in `root` alone. */
  readonly shared?: SharedState;
}

/** A store, and how long a holder that is not heard of keeps what it holds there. */
export interface SharedState {
  readonly store: SharedStore;
  readonly leaseSeconds: number;
}

/** What a new run is about. */
export interface RunPlan {
  /** Run ids start with it. */
  readonly name: string;
  /** The id that was planned with, made by `makeRunId`; default: a new one. */
  readonly id?: string;
  readonly path: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly typicalSeconds?: readonly [number, number] | undefined;
  }[];
  /** Recorded whole, and compared on resume: no secrets, and nothing that may change between attempts. */
  readonly config: object;
  /** One writer per source, too: names it uniquely, e.g. `us-east-1/production-rag-db`. */
  readonly source: string;
  readonly target: string;
}

/** A run this process may write to. Close it in every case. */
export interface OpenRun {
  readonly id: string;
  /** Of this run alone (0700): journal, lock, dump, fingerprints, reports. */
  readonly directory: string;
  readonly journal: JournalWriter;
  readonly epoch: number;
  readonly holder: Holder;
  readonly toolVersion: string;
  /** For people: what reading the journal left out. */
  readonly warnings: readonly string[];
  state(): RunState;
  /** To be asked before each change of the world. @throws LockedError when this process no longer holds the run */
  assertHeld(): void;
  /** Gives the locks back. Safe to call twice. */
  close(): void;
}

/**
 * Makes a run: folder, locks, journal with its header.
 * @throws LockedError when another process works on the same source; StoppedError `DiskFull`
 */
export function createRun(deps: RunDeps, plan: RunPlan, random: () => number): OpenRun {
  const files = deps.files ?? realFiles;
  const id = plan.id ?? makeRunId(plan.name, random);
  const directory = directoryOfRun(deps.root, id);
  const holder = describeHolder(deps, id);
  const locks = takeLocks(deps, [lockOfSource(plan.source), lockOfRun(id)], holder);
  try {
    syncDirectory(files, join(deps.root, 'runs'));
    const shared = openShared(deps, id, directory);
    const journal = JournalWriter.create(directory, writerDeps(deps, locks, shared));
    shared?.mark();
    const config = toJsonObject(plan.config);
    journal.append({
      type: 'run-created',
      format: currentFormat,
      toolVersion: deps.toolVersion,
      run: id,
      path: plan.path,
      steps: plan.steps.map(({ id, title, typicalSeconds }) => ({
        ...{ id, title },
        ...(typicalSeconds === undefined ? {} : { seconds: [typicalSeconds[0], typicalSeconds[1]] }),
      })),
      config,
      configHash: sha256(canonicalJson(config)),
      source: plan.source,
      target: plan.target,
      witness: true,
    });
    return openRunOf(deps, id, directory, holder, journal, locks, []);
  } catch (error) {
    locks.release();
    throw error;
  }
}

/**
 * Opens a run to go on with it or to roll it back. `wanted` is an id or the beginning of one; default: the newest.
 * @throws UsageError when there is no such run; LockedError; JournalError; StoppedError `DiskFull`
 */
export function openRun(deps: RunDeps, wanted?: string): OpenRun {
  pullSharedRuns(deps);
  const { id, directory, state } = getRun(deps.root, wanted);
  refuseSharedElsewhere(directory, deps.shared?.store.name);
  const holder = describeHolder(deps, id);
  const locks = takeLocks(deps, [lockOfRun(id), lockOfSource(state.header.source)], holder);
  try {
    const shared = openShared(deps, id, directory);
    const { writer, warnings } = goOn(deps, directory, locks, shared);
    return openRunOf(deps, id, directory, holder, writer, locks, warnings);
  } catch (error) {
    locks.release();
    throw error;
  }
}

/**
 * Where the last holder was overtaken, and not where it gave the run back, a record of ours closes the journal to it: it
 * may have been stopped between any two lines of this program, and the one it was about to write then is already taken.
 */
function goOn(
  deps: RunDeps,
  directory: string,
  locks: HeldLock,
  shared: SharedRun | undefined,
  attempts = 3,
): ReturnType<typeof JournalWriter.resume> {
  // It may have written until it lost the lock.
  shared?.pull();
  shared?.carryOver(locks.epoch);
  const resumed = JournalWriter.resume(directory, writerDeps(deps, locks, shared));
  if (locks.contest === undefined) return resumed;
  try {
    resumed.writer.append({ type: 'taken-over', epoch: locks.epoch });
    locks.contest.settle();
    return resumed;
  } catch (error) {
    resumed.writer.close();
    // Its last record came first, and belongs to the run: it is the last, since it will find its lock gone.
    if (attempts > 1 && error instanceof LockedError && error.code === 'JournalTaken')
      return goOn(deps, directory, locks, shared, attempts - 1);
    throw error;
  }
}

/** Brings the runs of the shared store here, to be read; does nothing where there is none. */
export function pullSharedRuns(deps: RunDeps): void {
  if (deps.shared === undefined) return;
  pullRuns(deps.shared.store, deps.root, (run) => describeHolder(deps, run));
}

function openRunOf(
  deps: RunDeps,
  id: string,
  directory: string,
  holder: Holder,
  journal: JournalWriter,
  locks: HeldLock,
  warnings: readonly string[],
): OpenRun {
  const header = journal.records[0];
  if (header?.type !== 'run-created' || header.run !== id) {
    journal.close();
    throw new JournalError('JournalElsewhere', `the journal in ${directory} belongs to another run`, {
      why: 'the folder of a run has the run id as its name',
    });
  }
  const { epoch } = locks;
  return {
    ...{ id, directory, journal, epoch, holder, warnings, toolVersion: deps.toolVersion },
    state: readState(journal),
    assertHeld: () => {
      locks.assertHeld();
    },
    close: () => {
      journal.close();
      locks.release();
    },
  };
}

/** Steps ask for the state at every turn; it changes with each record only. */
function readState(journal: JournalWriter): () => RunState {
  let known: RunState | undefined;
  return () => (known?.seq === journal.records.length ? known : (known = foldRecords(journal.records)));
}

function openShared({ shared }: RunDeps, run: string, directory: string): SharedRun | undefined {
  return shared === undefined ? undefined : new SharedRun(shared.store, run, directory);
}

function writerDeps(deps: RunDeps, locks: HeldLock, shared: SharedRun | undefined): WriterDeps {
  const fence = (): void => {
    locks.assertHeld();
  };
  if (shared === undefined) return { ...deps, fence };
  return { ...deps, fence, publish: (seq, line) => shared.publish(seq, line, locks.epoch) };
}
