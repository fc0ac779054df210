import { join } from 'node:path';
import { JournalError } from '../errors.js';
import type { CrashPoint } from './crash-point.js';
import { stopWhenFull } from './disk-full.js';
import { realFiles, syncDirectory, type Files } from './files.js';
import { canonicalJson, sha256, toJsonObject } from './json.js';
import {
  acquireLock,
  breakLock,
  inspectLock,
  type HeldLock,
  type Holder,
  type LivenessProbe,
} from './lock.js';
import { identifyThisProcess, judgeLiveness, nameUser } from './process-identity.js';
import { currentFormat } from './record.js';
import { foldRecords, type RunState } from './run-state.js';
import { directoryOfRun, getRun, makeRunId } from './runs.js';
import { JournalWriter } from './writer.js';

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
  const locks = takeLocks(deps, [lockOfSource(deps.root, plan.source), lockOfRun(directory)], holder);
  try {
    syncDirectory(files, join(deps.root, 'runs'));
    const journal = JournalWriter.create(directory, { ...deps, fence: () => locks.assertHeld() });
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
  const { id, directory, state } = getRun(deps.root, wanted);
  const holder = describeHolder(deps, id);
  const locks = takeLocks(deps, [lockOfRun(directory), lockOfSource(deps.root, state.header.source)], holder);
  try {
    const { writer, warnings } = JournalWriter.resume(directory, {
      ...deps,
      fence: () => locks.assertHeld(),
    });
    return openRunOf(deps, id, directory, holder, writer, locks, warnings);
  } catch (error) {
    locks.release();
    throw error;
  }
}

/** Who holds a run, and whether that process lives; undefined when nobody does. */
export function inspectRunLock(
  root: string,
  wanted?: string,
  probe: LivenessProbe = judgeLiveness,
): ReturnType<typeof inspectLock> {
  return inspectLock(lockOfRun(getRun(root, wanted).directory), realFiles, probe);
}

/**
 * Frees the locks of a run (its own and, when this run holds it, that of its source). A dead holder's are freed; with
 * `force` also those of a holder on another machine, which the caller must have had confirmed. A live holder keeps them.
 * @returns whether anything was held
 * @throws LockedError naming the holder
 */
export function unlockRun(deps: RunDeps, wanted: string | undefined, force: boolean): boolean {
  const { id, directory, state } = getRun(deps.root, wanted);
  const files = deps.files ?? realFiles;
  const by = `${nameUser()}: ${deps.command}`;
  const freed = breakLock(lockOfRun(directory), by, force, files, deps.probe);
  const source = lockOfSource(deps.root, state.header.source);
  if (inspectLock(source, files, deps.probe)?.holder?.run !== id) return freed;
  return breakLock(source, by, force, files, deps.probe) || freed;
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

/** All of them or none. The epoch is that of the run's own lock. */
function takeLocks(deps: RunDeps, directories: readonly string[], holder: Holder): HeldLock {
  const held: HeldLock[] = [];
  const release = (): void => {
    for (const lock of held.splice(0)) lock.release();
  };
  try {
    for (const directory of directories) {
      const files = deps.files ?? realFiles;
      held.push(stopWhenFull(directory, () => acquireLock(directory, holder, files, deps.probe)));
    }
  } catch (error) {
    release();
    throw error;
  }
  const ofRun = held[directories.findIndex((directory) => directory.endsWith(join(holder.run, 'lock')))];
  return {
    epoch: ofRun?.epoch ?? 0,
    assertHeld: () => {
      for (const lock of held) lock.assertHeld();
    },
    release,
  };
}

function lockOfRun(directory: string): string {
  return join(directory, 'lock');
}

function lockOfSource(root: string, source: string): string {
  const readable = source.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 60);
  return join(root, 'locks', `${readable}-${sha256(source).slice(0, 12)}`);
}

function describeHolder(deps: RunDeps, run: string): Holder {
  return {
    ...identifyThisProcess(),
    user: nameUser(),
    command: deps.command,
    run,
    since: deps.now().toISOString(),
  };
}
