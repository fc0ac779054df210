import { beforeEach, expect, test } from 'vitest';
import { LockedError } from '../../src/errors.js';
import type { Holder } from '../../src/journal/lock.js';
import { identifyThisProcess, type Liveness } from '../../src/journal/process-identity.js';
import { acquireSharedLock, breakSharedLock, inspectSharedLock } from '../../src/journal/shared-lock.js';
import { MemoryStore } from '../fakes/memory-store.js';

const alice: Holder = {
  ...identifyThisProcess(),
  ...{ user: 'alice', command: 'rds2aurora migrate', run: 'rag-7k2m9x', since: '2026-01-01T00:00:00Z' },
};
const bob: Holder = { ...alice, user: 'bob', host: 'other', machine: 'other', boot: 'other' };
const key = 'runs/rag-7k2m9x/lock.json';
const leaseSeconds = 60;

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

const options = (liveness: Liveness = 'unknown') => ({ store, leaseSeconds, probe: () => liveness });
const acquire = (holder: Holder, liveness?: Liveness) => acquireSharedLock(key, holder, options(liveness));

function lockedBy(act: () => unknown): LockedError {
  try {
    act();
  } catch (error) {
    if (error instanceof LockedError) return error;
    throw error;
  }
  throw new Error('nobody was locked out');
}

test('a lock can be taken, given back and taken again, each time with a higher epoch', () => {
  const first = acquire(alice);
  first.assertHeld();
  first.release();
  expect(inspectSharedLock(key, options())).toBeUndefined();
  expect([first.epoch, acquire(bob).epoch]).toEqual([1, 2]);
});

test('a holder that cannot be seen keeps the lock while its lease runs, and the error names it', () => {
  acquire(alice);
  store.sleep(leaseSeconds);
  const error = lockedBy(() => acquire(bob));
  expect(error).toMatchObject({ code: 'Locked', exitCode: 7 });
  expect(error.message).toContain('rag-7k2m9x is held by alice on');
  expect(error.why).toContain('last heard of 60 s ago');
  expect(inspectSharedLock(key, options())).toMatchObject({
    liveness: 'unknown',
    holder: { user: 'alice', run: 'rag-7k2m9x' },
  });
});

test('a lapsed lease is taken over, and whoever slept through it is told who has it now', () => {
  const first = acquire(alice);
  store.sleep(leaseSeconds + 3);
  expect(inspectSharedLock(key, options('alive'))?.liveness).toBe('dead');
  const second = acquire(bob);
  expect(second.epoch).toBe(2);
  const error = lockedBy(() => first.assertHeld());
  expect(error.code).toBe('LockLost');
  expect(error.message).toContain('is held by bob on other');
  first.release();
  second.assertHeld();
});

test('whoever sleeps too long and is not overtaken goes on', () => {
  const lock = acquire(alice);
  store.sleep(leaseSeconds * 10);
  lock.assertHeld();
  expect(lockedBy(() => acquire(bob)).message).toContain('alice');
});

test('a process of this boot that is proven dead is taken over at once', () => {
  acquire(alice);
  expect(acquire(bob, 'dead').epoch).toBe(2);
});

test('what looks like this machine before its last boot may be another one, and is waited for', () => {
  acquire({ ...alice, boot: 'another boot' });
  expect(lockedBy(() => acquire(bob, 'dead')).message).toContain('alice');
});

test('unlocking frees the lock of the dead, by force that of the unseen, and never that of the living', () => {
  expect(breakSharedLock(key, 'bob', false, options())).toBe(false);
  const first = acquire(alice);
  lockedBy(() => breakSharedLock(key, 'bob', false, options('unknown')));
  lockedBy(() => breakSharedLock(key, 'bob', true, options('alive')));
  expect(breakSharedLock(key, 'bob', true, options('unknown'))).toBe(true);
  store.sleep(leaseSeconds + 3);
  expect(lockedBy(() => first.assertHeld()).message).toContain('was freed by somebody else');
  expect(acquire({ ...alice, user: 'carol' }).epoch).toBe(3);
  expect(breakSharedLock(key, 'alice', false, options('dead'))).toBe(true);
});

test('a lock that cannot be read is held by somebody of an unknown version', () => {
  store.put(key, Buffer.from('{"state":"held","format":2}'));
  expect(lockedBy(() => acquire(alice)).message).toContain('left no readable name');
  store.sleep(leaseSeconds * 10);
  expect(inspectSharedLock(key, options('dead'))).toEqual({ holder: undefined, liveness: 'unknown' });
  expect(breakSharedLock(key, 'alice', true, options())).toBe(true);
  acquire(alice);
});

test('of two who saw the same lapsed lease one gets it', () => {
  acquire(alice);
  store.sleep(leaseSeconds + 3);
  const get = store.get.bind(store);
  store.get = (wanted) => {
    const seen = get(wanted);
    // Bob takes it after Alice's second process has looked and before it writes.
    store.get = get;
    acquire(bob);
    return seen;
  };
  expect(lockedBy(() => acquire({ ...alice, user: 'carol' })).message).toContain('held by bob');
});
