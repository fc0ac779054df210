import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../scripts/postgres/lock.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('two that want the lock work one after the other', async () => {
  const file = join(folder, 'new', '.lock');
  let inside = 0;
  const work = async (): Promise<number> => {
    const seen = ++inside;
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    return seen;
  };
  expect(await Promise.all([withLock(file, work), withLock(file, work)])).toEqual([1, 1]);
});

test('takes over the lock of a process that is gone', async () => {
  const file = join(folder, '.lock');
  await writeFile(file, '4194305'); // above the highest process id of Linux
  expect(await withLock(file, () => 'done')).toBe('done');
});

test('frees the lock when the work fails', async () => {
  const file = join(folder, '.lock');
  const fail = (): never => {
    throw new Error('no network');
  };
  await expect(withLock(file, fail)).rejects.toThrow('no network');
  expect(await withLock(file, () => 'done')).toBe('done');
});
