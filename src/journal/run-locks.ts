import { join } from 'node:path';
import { stopWhenFull } from './disk-full.js';
import { realFiles } from './files.js';
import {
  acquireLock,
  breakLock,
  inspectLock,
  type HeldLock,
  type Holder,
  type LivenessProbe,
  type LockInspection,
} from './lock.js';
import { identifyThisProcess, judgeLiveness, nameUser } from './process-identity.js';
import type { RunDeps, SharedState } from './run.js';
import { getRun } from './runs.js';
import {
  acquireSharedLock,
  breakSharedLock,
  inspectSharedLock,
  type SharedLockOptions,
} from './shared-lock.js';
import { lockKeyOfRun, lockKeyOfSource, nameSourceLock } from './shared-run.js';

/** Where a lock is: its folder below the tool's own, and its object in a shared store. */
export interface LockPlace {
  readonly path: readonly string[];
  readonly key: string;
}

/** All of them or none, those of this machine first. The epoch is that of the run's own lock, where it is shared. */
export function takeLocks(deps: RunDeps, places: readonly LockPlace[], holder: Holder): HeldLock {
  const held: HeldLock[] = [];
  const release = (): void => {
    for (const lock of held.splice(0).toReversed()) lock.release();
  };
  const { shared, files = realFiles, root } = deps;
  try {
    for (const { path } of places) {
      const directory = join(root, ...path);
      held.push(stopWhenFull(directory, () => acquireLock(directory, holder, files, deps.probe)));
    }
    if (shared !== undefined) {
      for (const { key } of places) held.push(acquireSharedLock(key, holder, sharedOptions(deps, shared)));
    }
  } catch (error) {
    release();
    throw error;
  }
  // The run's own lock where it is shared, else on this machine.
  const own =
    held[places.findIndex(({ key }) => key === lockKeyOfRun(holder.run)) - places.length + held.length];
  return {
    epoch: own?.epoch ?? 0,
    contest: own?.contest,
    assertHeld: () => {
      for (const lock of held) lock.assertHeld();
    },
    release,
  };
}

function sharedOptions(deps: RunDeps, shared: SharedState): SharedLockOptions {
  return { ...shared, probe: deps.probe ?? judgeLiveness };
}

export function lockOfRun(run: string): LockPlace {
  return { path: ['runs', run, 'lock'], key: lockKeyOfRun(run) };
}

export function lockOfSource(source: string): LockPlace {
  const name = nameSourceLock(source);
  return { path: ['locks', name], key: lockKeyOfSource(name) };
}

export function describeHolder(deps: RunDeps, run: string): Holder {
  return {
    ...identifyThisProcess(),
    user: nameUser(),
    command: deps.command,
    run,
    since: deps.now().toISOString(),
  };
}

/** Who holds a run, and whether that process lives; undefined when nobody does. */
export function inspectRunLock(
  root: string,
  wanted?: string,
  probe: LivenessProbe = judgeLiveness,
  shared?: SharedState,
): LockInspection | undefined {
  const { id, directory } = getRun(root, wanted);
  const here = inspectLock(join(directory, 'lock'), realFiles, probe);
  if (shared === undefined || here?.liveness === 'alive') return here;
  return inspectSharedLock(lockKeyOfRun(id), { ...shared, probe }) ?? here;
}

/**
 * Frees the locks of a run (its own and, when this run holds it, that of its source). A dead holder's are freed; with
 * `force` also those of a holder on another machine, which the caller must have had confirmed. A live holder keeps them.
 * @returns whether anything was held
 * @throws LockedError naming the holder
 */
export function unlockRun(deps: RunDeps, wanted: string | undefined, force: boolean): boolean {
  const { id, state } = getRun(deps.root, wanted);
  const by = `${nameUser()}: ${deps.command}`;
  const isFreed = (lock: LockPlace, own: boolean): boolean => {
    if (!own && inspectPlace(deps, lock).every((one) => one?.holder?.run !== id)) return false;
    const path = join(deps.root, ...lock.path);
    const here = breakLock(path, by, force, deps.files ?? realFiles, deps.probe);
    return (
      (deps.shared !== undefined && breakSharedLock(lock.key, by, force, sharedOptions(deps, deps.shared))) ||
      here
    );
  };
  const freed = isFreed(lockOfRun(id), true);
  return isFreed(lockOfSource(state.header.source), false) || freed;
}

function inspectPlace(deps: RunDeps, { path, key }: LockPlace): (LockInspection | undefined)[] {
  const here = inspectLock(join(deps.root, ...path), deps.files ?? realFiles, deps.probe);
  return deps.shared === undefined
    ? [here]
    : [here, inspectSharedLock(key, sharedOptions(deps, deps.shared))];
}
