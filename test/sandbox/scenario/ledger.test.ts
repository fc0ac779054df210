import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ledger, readLedger } from '../../../src/sandbox/scenario/ledger.js';
import { findLongestGap } from '../../../src/sandbox/scenario/measure-ledger.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  file = join(folder, 'ledger.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = '6f1c1a5e-6a9f-4c0b-8f5e-0d6b7b2f3a41';

test('two applications share one ledger, which is read by time', async () => {
  const [one, other] = [new Ledger(file), new Ledger(file)];
  one.record({ write, at: 30 });
  other.record({ write, at: 10 });
  one.record({ write, at: 20 });
  one.close();
  other.close();
  expect((await readLedger(file)).map(({ at }) => at)).toEqual([10, 20, 30]);
});

test('a ledger that was never begun is empty', async () => {
  expect(await readLedger(file)).toEqual([]);
});

test('leaves out a last line that was being written when the application was killed', async () => {
  const ledger = new Ledger(file);
  ledger.record({ write, at: 1 });
  ledger.close();
  await appendFile(file, '{"write":"6f1c');
  expect(await readLedger(file)).toEqual([{ write, at: 1 }]);
});

test('refuses a damaged line, which would hide a lost write', async () => {
  await appendFile(file, `{"write":"not a uuid","at":1}\n`);
  await expect(readLedger(file)).rejects.toThrow('Invalid UUID');
});

test('the downtime is the longest time between two acknowledged writes', () => {
  const entries = [1000, 1050, 9050, 9100].map((at) => ({ write, at }));
  expect(findLongestGap(entries)).toEqual({ milliseconds: 8000, from: new Date(1050), to: new Date(9050) });
});

test('no downtime is told from a single write', () => {
  expect(findLongestGap([{ write, at: 1 }])).toBeUndefined();
});
