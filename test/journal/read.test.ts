import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JournalError } from '../../src/errors.js';
import { encodeLine } from '../../src/journal/line.js';
import { parseJournal, readJournal } from '../../src/journal/read.js';
import { foldRecords } from '../../src/journal/run-state.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { chain, fixtureFolder, headerBody, readSample } from './samples.js';

const parse = (bytes: Buffer) => parseJournal(bytes, 'journal.jsonl');

function refusal(bytes: Buffer): JournalError {
  try {
    parse(bytes);
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
  throw new Error('the journal was accepted');
}

test.each(readdirSync(fixtureFolder))(
  'fixture %s of format 1 is read and written back byte for byte',
  (name) => {
    const bytes = readFileSync(join(fixtureFolder, name));
    const { records, warnings } = parse(bytes);
    const lines = records.map(
      ({ seq, prev, hash: _hash, ...members }) => encodeLine(seq, prev, members).line,
    );
    expect(lines.join('')).toBe(bytes.toString());
    expect(warnings).toEqual([]);
  },
);

test.each<[string, object]>([
  [
    'resumed-after-failure.jsonl',
    { outcome: 'finished', pending: [], attempts: [2, 1], status: ['verified', 'verified'] },
  ],
  [
    'killed-between-intent-and-effect.jsonl',
    {
      outcome: 'unfinished',
      pending: [{ step: 'make-two', call: 'toy:Create', key: 'toy-make-two-0' }],
      attempts: [1, 1],
      status: ['verified', 'started'],
    },
  ],
  [
    'rollback-interrupted.jsonl',
    {
      outcome: 'rolling-back',
      pending: [],
      attempts: [2, 1],
      status: ['verified', 'undo-started'],
      stopped: { reason: 'signal', signal: 'SIGTERM' },
    },
  ],
  [
    'rolled-back.jsonl',
    { outcome: 'rolled-back', pending: [], attempts: [2, 1], status: ['undone', 'undone'] },
  ],
])('the state that fixture %s tells stays what it was when it was written', (name, expected) => {
  const { outcome, pending, steps, stopped } = foldRecords(readJournal(join(fixtureFolder, name)).records);
  const attempts = steps.map((step) => step.attempts);
  const status = steps.map((step) => step.status);
  expect({ outcome, pending, attempts, status, ...(stopped && { stopped }) }).toEqual(expected);
});

test('a journal cut at any byte gives the records before the cut and nothing else, or is refused as empty', () => {
  const bytes = readSample();
  const whole = parse(bytes).records;
  const firstLine = bytes.indexOf(0x0a);
  for (let length = 0; length <= bytes.length; length += 1) {
    const cut = bytes.subarray(0, length);
    if (length < firstLine) {
      expect(refusal(cut).code).toBe('JournalEmpty');
      continue;
    }
    const { records, goodBytes, newlineMissing, warnings } = parse(cut);
    const atLineEnd = bytes[length - 1] === 0x0a || bytes[length] === 0x0a;
    const newlines = cut.filter((byte) => byte === 0x0a).length;
    // Each record is chained to the one before: the last stands for all.
    expect(records.length).toBe(newlines + (newlineMissing ? 1 : 0));
    expect(records.at(-1)).toEqual(whole[records.length - 1]);
    expect(warnings).toHaveLength(atLineEnd ? 0 : 1);
    expect(goodBytes).toBe(atLineEnd ? length : cut.lastIndexOf(0x0a) + 1);
  }
});

test('a journal with any byte changed is refused, naming the line', () => {
  const bytes = readSample();
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ (1 << (at % 8));
    const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
    const { code, message } = refusal(changed);
    expect(code).toMatch(/^Journal(Damaged|Empty)$/);
    if (code === 'JournalDamaged') expect(message).toContain(`line ${line} of journal`);
  }
});

const lines = (): string[] => readSample().toString().trimEnd().split('\n');
const join3 = (parts: readonly string[]): Buffer => Buffer.from(parts.map((part) => `${part}\n`).join(''));

test('lines that were swapped, dropped or repeated are refused', () => {
  const good = lines();
  for (let at = 0; at + 1 < good.length; at += 1) {
    const [one = '', two = ''] = good.slice(at, at + 2);
    expect(refusal(join3(good.toSpliced(at, 2, two, one))).code).toBe('JournalDamaged');
    expect(refusal(join3(good.toSpliced(at, 1))).code).toBe('JournalDamaged');
    expect(refusal(join3(good.toSpliced(at, 1, one, one))).message).toContain(`line ${at + 2}`);
  }
});

test('the line of another journal is refused although its own hash is right', () => {
  const other = chain([headerBody, { type: 'finished' }])
    .toString()
    .trimEnd()
    .split('\n');
  expect(refusal(join3([lines()[0]!, other[1]!])).message).toContain('does not continue the line before it');
});

test.each([
  ['something behind the last record', 'x'],
  ['something with braces behind the last record', 'x {"a":1} }'],
])('%s is damage, not a crash', (_what, junk) => {
  expect(refusal(Buffer.from(readSample().toString().trimEnd() + junk)).message).toContain(
    'something else follows',
  );
});

test('a torn line may hold anything that is not a record, also zeros left by a power cut', () => {
  for (const tail of ['{"seq":23,"prev"', '\0'.repeat(300), '{}', '}']) {
    const { records, warnings } = parse(Buffer.concat([readSample(), Buffer.from(tail)]));
    expect([records.length, warnings.length]).toEqual([22, 1]);
  }
});

test('a newer format is refused, naming the version that wrote it, whatever else it holds', () => {
  const error = refusal(
    chain([{ type: 'run-created', format: 2, toolVersion: '3.1.4', stars: 7 }, { type: 'new' }]),
  );
  expect(error.code).toBe('JournalNewer');
  expect(error.message).toContain('3.1.4');
  expect(error.next).toEqual(['use rds2aurora 3.1.4 or newer for this run']);
});

test.each<[string, Buffer, string]>([
  ['of an unknown type', chain([headerBody, { type: 'invented' }]), 'line 2'],
  ['with a member too many', chain([headerBody, { type: 'finished', more: 1 }]), 'line 2'],
  ['with a member missing', chain([headerBody, { type: 'verified' }]), 'line 2'],
  ['that comes before the header', chain([{ type: 'finished' }, headerBody]), 'line 1'],
  ['that is a header without run', chain([{ type: 'run-created', format: 1, toolVersion: '1' }]), 'line 1'],
])('a record %s is refused although its chain is right', (_what, bytes, place) => {
  expect(refusal(bytes).message).toContain(place);
});

test('a line that is no JSON is refused although somebody gave it the right hash', () => {
  const { line } = encodeLine(1, '0'.repeat(64), {});
  const forged = line.replace('}\n', 'not json}\n');
  expect(refusal(Buffer.from(forged)).code).toBe('JournalDamaged');
});

test('a file that is no journal, an empty one and a missing one are told apart', () => {
  expect(refusal(Buffer.from('{"hello": 1}\n')).code).toBe('JournalDamaged');
  expect(refusal(Buffer.from('')).code).toBe('JournalEmpty');
  expect(() => readJournal(join(temporaryFolder(), 'journal.jsonl'))).toThrow(/there is no journal/);
});

test('a journal that may not be read is not taken for a missing one', () => {
  const folder = temporaryFolder();
  expect(() => readJournal(folder)).toThrow(/EISDIR/);
});

test('whatever bytes a journal holds, reading ends in records or in a JournalError', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.constantFrom(...lines(), '\n'))), (parts) => {
      const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
      try {
        return parse(bytes).records.length > 0;
      } catch (error) {
        return error instanceof JournalError;
      }
    }),
  );
});

test('reading changes nothing, not even a torn line', () => {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const torn = Buffer.concat([readSample(), Buffer.from('{"seq":23')]);
  writeFileSync(file, torn);
  expect(readJournal(file).warnings[0]).toContain('line 23');
  expect(readFileSync(file)).toEqual(torn);
});
