import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LockedError } from '../errors.js';
import { hasCode, syncDirectory, writeFully, type Files } from './files.js';
import { judgeLiveness, type Liveness, type ProcessIdentity } from './process-identity.js';

/** Who holds a lock, as it is written down. */
export const holderShape = {
  pid: z.number().int(),
  startedAt: z.string(),
  host: z.string(),
  machine: z.string(),
  boot: z.string(),
  namespace: z.string(),
  user: z.string(),
  command: z.string(),
  run: z.string(),
  /** For people; no decision rests on it. */
  since: z.string(),
};

/**
 * A lock is a folder of numbered files, each a state: `held` by somebody or `free`. The file with the highest number
 * rules. A change of state is the creation of the next number by `link`, which exactly one process can win; files are
 * never changed and never removed. So a process that looked long ago cannot take the lock from a later holder: the number
 * it would create exists. The number is also the fencing epoch.
 */
const stateSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('held'), ...holderShape }),
  z.strictObject({ state: z.literal('free'), by: z.string() }),
  /** The file cannot be read as a state: some process of unknown version holds it. */
  z.strictObject({ state: z.literal('unreadable') }),
]);

type LockState = z.output<typeof stateSchema>;
type HeldState = Extract<LockState, { state: 'held' }>;

/** Who holds a lock, for errors and for `unlock`. */
export interface Holder extends ProcessIdentity {
  readonly user: string;
  readonly command: string;
  readonly run: string;
  readonly since: string;
}

/** Whom a lock is held by, as far as it can be read, and whether that process lives. */
export interface LockInspection {
  readonly holder: Holder | undefined;
  readonly liveness: Liveness;
}

export type LivenessProbe = (process: ProcessIdentity) => Liveness;

/** With the holder before, which did not give the lock back, and may be alive. */
export interface Contest {
  /** A record of the journal has ended it. A lock that is given back before leaves it to whoever comes next. */
  settle(): void;
}

/** A lock this process holds. */
export interface HeldLock {
  readonly epoch: number;
  readonly contest?: Contest | undefined;
  /** @throws LockedError when the lock is no longer this process's own */
  assertHeld(): void;
  /** Gives it back; does nothing when it was lost. */
  release(): void;
}

/**
 * Takes the lock in `directory`, or takes it over from a holder that is proven dead.
 * @throws LockedError naming the holder
 */
export function acquireLock(
  directory: string,
  holder: Holder,
  files: Files,
  probe: LivenessProbe = judgeLiveness,
): HeldLock {
  files.mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    const { epoch, state } = readLock(directory, files);
    if (!isTakeable(state, probe)) throw describeLocked(state);
    if (!createState(directory, epoch + 1, { state: 'held', ...holder }, files)) continue;
    return hold(directory, epoch + 1, files);
  }
}

/** The holder of the lock and whether it lives; undefined when it is free. */
export function inspectLock(
  directory: string,
  files: Files,
  probe: LivenessProbe = judgeLiveness,
): LockInspection | undefined {
  const { state } = readLock(directory, files);
  if (state.state === 'free') return undefined;
  if (state.state === 'unreadable') return { holder: undefined, liveness: 'unknown' };
  return { holder: toHolder(state), liveness: probe(state) };
}

/**
 * Frees a lock whose holder is proven dead; with `force` also one whose holder cannot be seen from here.
 * A holder that is proven alive keeps it in any case.
 * @returns false when it was free already
 * @throws LockedError naming the holder
 */
export function breakLock(
  directory: string,
  by: string,
  force: boolean,
  files: Files,
  probe: LivenessProbe = judgeLiveness,
): boolean {
  for (;;) {
    const { epoch, state } = readLock(directory, files);
    if (state.state === 'free') return false;
    const liveness = state.state === 'held' ? probe(state) : 'unknown';
    if (liveness === 'alive' || (liveness === 'unknown' && !force)) throw describeLocked(state);
    if (createState(directory, epoch + 1, { state: 'free', by }, files)) return true;
  }
}

function hold(directory: string, epoch: number, files: Files): HeldLock {
  const isHeld = (): boolean => {
    const names = files.readdirSync(directory);
    return names.includes(nameOf(epoch)) && !names.includes(nameOf(epoch + 1));
  };
  return {
    epoch,
    assertHeld: () => {
      if (isHeld()) return;
      throw new LockedError('LockLost', 'this process no longer holds the lock of the run', {
        why: `${directory} was changed by another process or by hand`,
        next: ['rds2aurora status'],
      });
    },
    release: () => {
      try {
        if (isHeld()) createState(directory, epoch + 1, { state: 'free', by: 'its holder' }, files);
      } catch {
        // On a full or broken disk the lock stays, and is taken over as that of a dead process once this one has ended.
      }
    },
  };
}

function isTakeable(state: LockState, probe: LivenessProbe): boolean {
  return state.state === 'free' || (state.state === 'held' && probe(state) === 'dead');
}

function readLock(directory: string, files: Files): { epoch: number; state: LockState } {
  let names: string[];
  try {
    names = files.readdirSync(directory);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    names = [];
  }
  const epoch = Math.max(
    0,
    ...names.flatMap((name) => (/^\d{6,}\.json$/.test(name) ? [parseInt(name, 10)] : [])),
  );
  if (epoch === 0) return { epoch, state: { state: 'free', by: 'nobody' } };
  const text = files.readFileSync(join(directory, nameOf(epoch)), 'utf8');
  return { epoch, state: parseState(text) };
}

function parseState(text: string): LockState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return { state: 'unreadable' };
  }
}

/** Creates the state file whole or not at all; false when another process created that number first. */
function createState(directory: string, epoch: number, state: LockState, files: Files): boolean {
  const temporary = join(directory, `.${randomBytes(8).toString('hex')}.tmp`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = files.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      writeFully(files, fd, Buffer.from(`${JSON.stringify(state)}\n`));
      files.fsyncSync(fd);
    } finally {
      files.closeSync(fd);
    }
    files.linkSync(temporary, join(directory, nameOf(epoch)));
    syncDirectory(files, directory);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    files.rmSync(temporary, { force: true });
  }
}

function nameOf(epoch: number): string {
  return `${String(epoch).padStart(6, '0')}.json`;
}

function toHolder({ state: _state, ...holder }: HeldState): Holder {
  return holder;
}

function describeLocked(state: LockState): LockedError {
  if (state.state !== 'held') {
    return new LockedError('Locked', 'the run is locked by a process that left no readable name', {
      next: ['make sure that no rds2aurora works on this run', 'rds2aurora unlock'],
    });
  }
  const who = `${state.user} on ${state.host} (process ${String(state.pid)}, ${state.command}, since ${state.since})`;
  return new LockedError('Locked', `run ${state.run} is held by ${who}`, {
    why: 'one process at a time may work on a run and on its source',
    next: ['wait until it ends, or stop it with Ctrl-C where it runs', `rds2aurora unlock ${state.run}`],
  });
}
