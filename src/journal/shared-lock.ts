import { z } from 'zod';
import { LockedError } from '../errors.js';
import { toJsonObject } from './json.js';
import { holderShape, type HeldLock, type Holder, type LivenessProbe, type LockInspection } from './lock.js';
import { identifyThisProcess } from './process-identity.js';
import type { SharedObject, SharedStore } from './shared-store.js';

/**
 * A lock in a shared store is one object, and every change of it is made on condition that it is still the object that
 * was read: so of all who want it exactly one gets it, and a holder that was overtaken learns so from its next renewal.
 * (With numbered states, as on disk, a holder could renew its own state while the next one is made.) The epoch
 * grows with each taking.
 *
 * A process on another machine cannot be proven dead, so the holder has a lease: when its object has not been written for
 * so long, by the clock of the store, anybody may take it over. One of this machine and this boot can be, as on disk.
 */
const common = { epoch: z.number().int().min(1), nonce: z.string(), beat: z.number().optional() };
const stateSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('held'),
    leaseSeconds: z.number().positive(),
    ...holderShape,
    ...common,
  }),
  z.strictObject({ state: z.literal('free'), by: z.string(), ...common }),
]);
type SharedState = z.output<typeof stateSchema>;
type Found =
  | { readonly object: undefined; readonly state: undefined }
  | { readonly object: SharedObject; readonly state: SharedState | undefined };

const itsHolder = 'its holder';
const whoOvertook = 'a process that overtook its holder and did not go on';
/** Seconds on top of a lease before another may take it: the store tells times in whole seconds. */
const rounding = 2;

export interface SharedLockOptions {
  readonly store: SharedStore;
  readonly leaseSeconds: number;
  readonly probe: LivenessProbe;
}

/**
 * Takes the lock, or takes it over from a holder that is proven dead or whose lease has lapsed.
 * @throws LockedError naming the holder
 */
export function acquireSharedLock(key: string, holder: Holder, options: SharedLockOptions): HeldLock {
  const { store, leaseSeconds } = options;
  for (;;) {
    const found = read(store, key);
    const seen = inspect(found, options);
    if (seen !== undefined && seen.liveness !== 'dead') throw describeLocked(key, found, store);
    const epoch = (found.state?.epoch ?? 0) + 1;
    const state = toJsonObject({ state: 'held', epoch, leaseSeconds, ...holder });
    const lease = store.lease(key, found.object?.etag, state, leaseSeconds);
    // Somebody else was quicker; who, is told by another look.
    if (lease === undefined) continue;
    let isContested = found.state !== undefined && !isGivenBack(found.state);
    return {
      epoch,
      contest: isContested ? { settle: () => (isContested = false) } : undefined,
      assertHeld: () => {
        if (!lease.isHeld()) throw describeLost(key, store);
      },
      release: () => {
        try {
          lease.release({ state: 'free', epoch, by: isContested ? whoOvertook : itsHolder });
        } catch {
          // The lease lapses by itself.
        }
      },
    };
  }
}

/** The holder of the lock and what can be told of it from here; undefined when it is free. */
export function inspectSharedLock(key: string, options: SharedLockOptions): LockInspection | undefined {
  return inspect(read(options.store, key), options);
}

/**
 * Frees a lock that may be taken over; with `force` also one whose lease runs on and whose holder cannot be seen from here.
 * @returns false when it was free already
 * @throws LockedError naming the holder
 */
export function breakSharedLock(
  key: string,
  by: string,
  force: boolean,
  options: SharedLockOptions,
): boolean {
  const { store } = options;
  for (;;) {
    const found = read(store, key);
    const seen = inspect(found, options);
    if (found.object === undefined || seen === undefined) return false;
    if (seen.liveness === 'alive' || (seen.liveness === 'unknown' && !force))
      throw describeLocked(key, found, store);
    const epoch = (found.state?.epoch ?? 0) + 1;
    if (store.replace(key, found.object.etag, { state: 'free', epoch, by })) return true;
  }
}

function isGivenBack(state: SharedState): boolean {
  return state.state === 'free' && state.by === itsHolder;
}

function read(store: SharedStore, key: string): Found {
  const object = store.get(key);
  if (object === undefined) return { object, state: undefined };
  return { object, state: parse(object.bytes) };
}

function parse(bytes: Uint8Array): SharedState | undefined {
  try {
    return stateSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

/** `dead`: it may be taken over. What cannot be read is held by a process of unknown version. */
function inspect({ object, state }: Found, { probe }: SharedLockOptions): LockInspection | undefined {
  if (object === undefined || state?.state === 'free') return undefined;
  if (state === undefined) return { holder: undefined, liveness: 'unknown' };
  const holder = toHolder(state);
  if (object.ageSeconds > state.leaseSeconds + rounding) return { holder, liveness: 'dead' };
  const seen = probe(holder);
  return { holder, liveness: seen === 'dead' && !isOfThisBoot(holder) ? 'unknown' : seen };
}

/**
 * Machines that were made from one image may share name and id, and then the other one looks like this one before its
 * last boot: what ran there is not believed to be dead.
 */
function isOfThisBoot({ boot }: Holder): boolean {
  return boot !== '' && boot === identifyThisProcess().boot;
}

function toHolder(held: Extract<SharedState, { state: 'held' }>): Holder {
  const { state: _state, leaseSeconds: _lease, epoch: _epoch, nonce: _nonce, beat: _beat, ...holder } = held;
  return holder;
}

function describeLocked(key: string, { object, state }: Found, store: SharedStore): LockedError {
  if (state?.state !== 'held') {
    return new LockedError('Locked', `${store.name}/${key} is held by a process that left no readable name`, {
      next: ['make sure that no rds2aurora works on this run', 'rds2aurora unlock'],
    });
  }
  const age = String(Math.max(0, Math.round(object?.ageSeconds ?? 0)));
  return new LockedError('Locked', `run ${state.run} is held by ${nameHolder(toHolder(state))}`, {
    why: `one process at a time may work on a run and on its source; it was last heard of ${age} s ago, and may be taken over after ${String(state.leaseSeconds)} s without a word`,
    next: ['wait until it ends, or stop it with Ctrl-C where it runs', `rds2aurora unlock ${state.run}`],
  });
}

function describeLost(key: string, store: SharedStore): LockedError {
  const { state } = read(store, key);
  const now =
    state?.state === 'held' ? `is held by ${nameHolder(toHolder(state))} now` : 'was freed by somebody else';
  const run = state?.state === 'held' ? ` ${state.run}` : '';
  return new LockedError('LockLost', `this process lost its hold: run${run} ${now}`, {
    why: 'its lease was not renewed in time, as when a machine sleeps, or somebody unlocked the run',
    next: [`rds2aurora status${run}`],
  });
}

function nameHolder({ user, host, pid, command, since }: Holder): string {
  return `${user} on ${host} (process ${String(pid)}, ${command}, since ${since})`;
}
