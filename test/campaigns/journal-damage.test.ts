import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalError } from '../../src/errors.js';
import { parseJournal } from '../../src/journal/read.js';
import { recordSchema } from '../../src/journal/record.js';
import { seededRandom } from '../../src/sandbox/seeded-random.js';
import { everyKind } from '../journal/every-kind.js';
import { chain, fixtureFolder } from '../journal/samples.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
/** Of each kind of damage, for each journal. */
const sampleSize = 150;
const timeout = full ? 6 * 3_600_000 : 240_000;

interface Journal {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where each line ends: the offset of its newline. */
  readonly ends: readonly number[];
  /** A witness of the first n records, each of which was safe. */
  readonly witness: (n: number) => string;
}

const journals: readonly Journal[] = [
  ...readdirSync(fixtureFolder).map((name) => describeJournal(name, readFileSync(join(fixtureFolder, name)))),
  describeJournal('every kind of record', chain(everyKind)),
];

function describeJournal(name: string, bytes: Buffer): Journal {
  const { records } = parseJournal(bytes, name);
  const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at] : []));
  const lines = records.map(({ seq, hash }) => `${seq} ${hash}\n`);
  return { name, bytes, ends, witness: (n) => lines.slice(0, n).join('') };
}

/** What reading came to: the number of records, or why not. */
function read(bytes: Buffer, witness?: string): number | JournalError {
  try {
    return parseJournal(bytes, 'journal.jsonl', witness).records.length;
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
}

/** Nothing when the damage was refused as it should be: exit code, line and cause. */
function judgeRefusal(outcome: number | JournalError, line: number): string | undefined {
  if (typeof outcome === 'number') return `accepted with ${outcome} records`;
  if (outcome.code !== 'JournalDamaged' || outcome.exitCode !== 1) return outcome.code;
  return outcome.message.includes(`line ${line} `) && outcome.message.includes(': ')
    ? undefined
    : `line ${line} is not named: ${outcome.message}`;
}

const random = seededRandom(seed);
const pick = (limit: number): number => Math.floor(random() * limit);

/** Every number below `limit`, or a sample of them. */
function choose(limit: number): number[] {
  if (full || limit <= sampleSize) return [...Array(limit).keys()];
  return Array.from({ length: sampleSize }, () => pick(limit));
}

const total = { cut: 0, flipped: 0 };

function conclude(what: keyof typeof total, name: string, faults: readonly string[], cases: number): void {
  total[what] += cases;
  process.stdout.write(`journal ${name}, ${what}: ${cases} cases, CAMPAIGN_SEED=${seed}\n`);
  expect(faults.slice(0, 10)).toEqual([]);
  expect(cases).toBeGreaterThan(100);
}

test('the journals that are damaged here hold every kind of record', () => {
  const kinds = new Set(everyKind.map((one) => one.type));
  expect([...kinds].sort()).toEqual(recordSchema.options.map((one) => one.shape.type.value).sort());
});

describe.each(journals)('the journal $name', { timeout }, ({ name, bytes, ends, witness }) => {
  const wholeLines = (length: number): number => ends.filter((end) => end <= length).length;

  test('cut off at any byte is an earlier one, or is refused where a safe record is missing', () => {
    const faults: string[] = [];
    let cases = 0;
    const check = (length: number, what: string, fault: string | undefined): void => {
      cases += 1;
      if (fault !== undefined) faults.push(`cut at ${length}, ${what}: ${fault}`);
    };
    for (const length of choose(bytes.length)) {
      const cut = bytes.subarray(0, length);
      const left = wholeLines(length);
      const expected = left === 0 ? 'JournalEmpty' : left;
      const bare = read(cut);
      const found = typeof bare === 'number' ? bare : bare.code;
      check(length, 'no witness', found === expected ? undefined : `${found} instead of ${expected}`);
      // The crash came while the line was written that is cut now: the witness has those before it.
      const torn = read(cut, witness(left));
      const seen = typeof torn === 'number' ? torn : torn.code;
      check(length, 'a crash', seen === expected ? undefined : `${seen} instead of ${expected}`);
      if (left === ends.length) continue;
      check(length, 'next was safe', judgeRefusal(read(cut, witness(left + 1)), left + 1));
      check(length, 'all was safe', judgeRefusal(read(cut, witness(ends.length)), left + 1));
    }
    conclude('cut', name, faults, cases);
  });

  test('with any bit changed is refused, naming the line', () => {
    const faults: string[] = [];
    let cases = 0;
    const flip = (changes: readonly (readonly [at: number, mask: number])[], what: string): void => {
      const changed = Buffer.from(bytes);
      for (const [at, mask] of changes) changed[at] = changed[at]! ^ mask;
      if (changed.equals(bytes)) return;
      cases += 1;
      const first = Math.min(...changes.map(([at]) => at));
      // A last line damaged at its end and elsewhere looks like one torn by a crash: its witness tells them apart.
      const seen = changes.length === 1 ? undefined : witness(ends.length);
      const fault = judgeRefusal(read(changed, seen), wholeLines(first - 1) + 1);
      if (fault !== undefined) faults.push(`${what} at ${JSON.stringify(changes)}: ${fault}`);
    };
    for (const at of choose(bytes.length)) {
      for (const bit of full ? [0, 1, 2, 3, 4, 5, 6, 7] : [pick(8)]) flip([[at, 1 << bit]], 'a bit');
      flip([[at, 1 + pick(255)]], 'a byte');
    }
    for (const at of choose(bytes.length)) {
      const line = ends.findIndex((end) => end >= at);
      const other = (ends[line - 1] ?? -1) + 1 + pick(ends[line]! - (ends[line - 1] ?? -1));
      if (other !== at)
        flip(
          [
            [at, 1 + pick(255)],
            [other, 1 + pick(255)],
          ],
          'two bytes of a line',
        );
    }
    conclude('flipped', name, faults, cases);
  });

  test('has a witness that can be damaged without anything being made out of it', () => {
    const text = Buffer.from(witness(ends.length));
    const faults: string[] = [];
    let cases = 0;
    for (const at of choose(text.length)) {
      const changed = Buffer.from(text);
      changed[at] = changed[at]! ^ (1 << pick(8));
      const outcomes = [read(bytes, changed.toString()), read(bytes, text.subarray(0, at).toString())];
      for (const outcome of outcomes) {
        cases += 1;
        const isRefused = typeof outcome !== 'number' && outcome.code === 'JournalDamaged';
        if (!isRefused && outcome !== ends.length) faults.push(`at ${at}: ${String(outcome)}`);
      }
    }
    conclude('flipped', `${name} (its witness)`, faults, cases);
  });
});

test('the number of cases is told', () => {
  process.stdout.write(
    `journal damage: ${total.cut} cuts, ${total.flipped} changes, CAMPAIGN_SEED=${seed}\n`,
  );
  expect(total.cut + total.flipped).toBeGreaterThan(1000);
});
