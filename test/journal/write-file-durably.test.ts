import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realFiles, type Files } from '../../src/journal/files.js';
import { writeFileDurably } from '../../src/journal/write-file-durably.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { faultyFiles, systemError } from './samples.js';

test('a file is written whole, for its owner alone, and nothing else is left', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'report.json');
  writeFileDurably(file, 'text ✓');
  writeFileDurably(file, Buffer.from('bytes'));
  expect(readFileSync(file, 'utf8')).toBe('bytes');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('a link in place of the file is replaced and not followed', () => {
  const folder = temporaryFolder();
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'kept');
  symlinkSync(elsewhere, join(folder, 'report.json'));
  writeFileDurably(join(folder, 'report.json'), 'new');
  expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
});

test.each(['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const)(
  'when %s fails the old file stays, no rubbish is left and the error is told',
  (call) => {
    const folder = temporaryFolder();
    const file = join(folder, 'report.json');
    writeFileSync(file, 'old');
    const files = faultyFiles(call, () => {
      throw systemError('ENOSPC');
    });
    expect(() => writeFileDurably(file, 'new', files)).toThrow(/ENOSPC/);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report.json']);
  },
);

test('a file that is shorter than what was written does not take the place of the old one', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'report.json');
  const lossy: Files = { ...realFiles, writeSync: (_fd, _bytes, _offset, length) => length };
  expect(() => writeFileDurably(file, 'new', lossy)).toThrow('wrote 3 bytes and the file has 0');
  expect(readdirSync(folder)).toEqual([]);
});
