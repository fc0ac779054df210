import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LockedError } from '../../src/errors.js';
import { realFiles } from '../../src/journal/files.js';
import { acquireLock, breakLock, inspectLock, type Holder } from '../../src/journal/lock.js';
import { identifyThisProcess, type Liveness } from '../../src/journal/process-identity.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { faultyFiles, systemError } from './samples.js';

const holder: Holder = {
  ...identifyThisProcess(),
  ...{ user: 'alice', command: 'rds2aurora migrate', run: 'rag-7k2m9x', since: '2026-01-01T00:00:00Z' },
};
const seen = (liveness: Liveness) => () => liveness;
const acquire = (directory: string, liveness: Liveness = 'alive') =>
  acquireLock(directory, holder, realFiles, seen(liveness));

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
  const directory = join(temporaryFolder(), 'lock');
  const first = acquire(directory);
  first.assertHeld();
  first.release();
  const second = acquire(directory);
  expect([first.epoch, second.epoch]).toEqual([1, 3]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test.each<Liveness>(['alive', 'unknown'])(
  'a holder that is %s keeps the lock, and the error names it',
  (liveness) => {
    const directory = join(temporaryFolder(), 'lock');
    acquire(directory);
    const error = lockedBy(() => acquire(directory, liveness));
    expect(error.exitCode).toBe(7);
    for (const part of [
      'alice',
      holder.host,
      String(process.pid),
      'rds2aurora migrate',
      '2026-01-01',
      'rag-7k2m9x',
    ]) {
      expect(error.message).toContain(part);
    }
  },
);

test('the lock of a dead holder is taken over, and the dead one, should it wake, notices', () => {
  const directory = join(temporaryFolder(), 'lock');
  const dead = acquire(directory);
  const heir = acquire(directory, 'dead');
  expect(lockedBy(() => dead.assertHeld()).code).toBe('LockLost');
  heir.assertHeld();
  dead.release();
  heir.assertHeld();
});

test('a lock removed by hand is lost', () => {
  const directory = join(temporaryFolder(), 'lock');
  const lock = acquire(directory);
  rmSync(join(directory, '000001.json'));
  expect(lockedBy(() => lock.assertHeld()).code).toBe('LockLost');
});

test('a lock that cannot be read is held by somebody unknown', () => {
  const directory = join(temporaryFolder(), 'lock');
  acquire(directory).release();
  writeFileSync(join(directory, '000003.json'), '{"state":"hel');
  expect(lockedBy(() => acquire(directory, 'dead')).message).toContain('no readable name');
  expect(inspectLock(directory, realFiles)).toEqual({ holder: undefined, liveness: 'unknown' });
  expect(() => breakLock(directory, 'bob', false, realFiles)).toThrow(LockedError);
  expect(breakLock(directory, 'bob', true, realFiles)).toBe(true);
});

test('a free lock and one that never was have no holder', () => {
  const directory = join(temporaryFolder(), 'lock');
  expect(inspectLock(directory, realFiles)).toBeUndefined();
  expect(breakLock(directory, 'bob', false, realFiles)).toBe(false);
  acquire(directory).release();
  expect(inspectLock(directory, realFiles)).toBeUndefined();
});

test('who holds a lock can be asked', () => {
  const directory = join(temporaryFolder(), 'lock');
  acquire(directory);
  expect(inspectLock(directory, realFiles)).toEqual({ holder, liveness: 'alive' });
});

test.each<[Liveness, boolean, boolean]>([
  ['dead', false, true],
  ['dead', true, true],
  ['unknown', true, true],
  ['unknown', false, false],
  ['alive', false, false],
  ['alive', true, false],
])('breaking the lock of a holder that is %s with force %s succeeds: %s', (liveness, force, succeeds) => {
  const directory = join(temporaryFolder(), 'lock');
  const lock = acquire(directory);
  const act = () => breakLock(directory, 'bob', force, realFiles, seen(liveness));
  if (succeeds) {
    expect(act()).toBe(true);
    expect(() => lock.assertHeld()).toThrow(LockedError);
    acquire(directory).assertHeld();
  } else {
    expect(act).toThrow(LockedError);
    lock.assertHeld();
  }
});

test('who loses the race for a number looks again and finds the winner', () => {
  const directory = join(temporaryFolder(), 'lock');
  let raced = false;
  const files = faultyFiles('linkSync', () => {
    if (raced) return;
    raced = true;
    acquire(directory);
  });
  expect(() => acquireLock(directory, holder, files, seen('alive'))).toThrow(LockedError);
  expect(readdirSync(directory)).toEqual(['000001.json']);
});

test('who loses the race to break a lock finds it free', () => {
  const directory = join(temporaryFolder(), 'lock');
  acquire(directory);
  let raced = false;
  const files = faultyFiles('linkSync', () => {
    if (raced) return;
    raced = true;
    breakLock(directory, 'carol', false, realFiles, seen('dead'));
  });
  expect(breakLock(directory, 'bob', false, files, seen('dead'))).toBe(false);
});

test('a failing disk leaves neither a lock nor rubbish', () => {
  const directory = join(temporaryFolder(), 'lock');
  const files = faultyFiles('writeSync', () => {
    throw systemError('EIO');
  });
  expect(() => acquireLock(directory, holder, files, seen('alive'))).toThrow(/EIO/);
  expect(readdirSync(directory)).toEqual([]);
});

test('a lock folder that cannot be read is an error and not a free lock', () => {
  const file = join(temporaryFolder(), 'lock');
  writeFileSync(file, '');
  expect(() => inspectLock(file, realFiles)).toThrow(/ENOTDIR/);
});

test('a lock that cannot be given back on a full disk stays with its holder and hides no other error', () => {
  const directory = join(temporaryFolder(), 'lock');
  let full = false;
  const files = faultyFiles('writeSync', () => {
    if (full) throw systemError('ENOSPC');
  });
  const lock = acquireLock(directory, holder, files, seen('alive'));
  full = true;
  lock.release();
  lock.assertHeld();
});
