import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StoppedError } from '../../src/errors.js';
import { realFiles, type Files } from '../../src/journal/files.js';
import { readJournal } from '../../src/journal/read.js';
import { JournalWriter, type WriterDeps } from '../../src/journal/writer.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { everyKind } from './every-kind.js';
import { systemError } from './samples.js';

/** How a disk tells that it is full, at one call or from that call on. */
interface Fullness {
  readonly name: string;
  readonly call: 'write' | 'fsync';
  readonly code: 'ENOSPC' | 'EDQUOT';
  /** Share of the bytes that are taken before the error. */
  readonly taken: number;
  readonly stays: boolean;
}

const kinds: readonly Fullness[] = [
  { name: 'nothing taken, once', call: 'write', code: 'ENOSPC', taken: 0, stays: false },
  { name: 'nothing taken, from then on', call: 'write', code: 'ENOSPC', taken: 0, stays: true },
  { name: 'half taken, once', call: 'write', code: 'ENOSPC', taken: 0.5, stays: false },
  { name: 'half taken, from then on', call: 'write', code: 'EDQUOT', taken: 0.5, stays: true },
  { name: 'all but a byte taken, from then on', call: 'write', code: 'ENOSPC', taken: 0.999, stays: true },
  { name: 'told by fsync, once', call: 'fsync', code: 'ENOSPC', taken: 0, stays: false },
  { name: 'told by fsync, from then on', call: 'fsync', code: 'EDQUOT', taken: 0, stays: true },
];

/** A real disk that is full from its `n`th write, or fsync, on; `calls` counts. */
function fullDisk({ call, code, taken, stays }: Fullness, n: number): { files: Files; calls: () => number } {
  let calls = 0;
  let rest = 0;
  const isFull = (): boolean => {
    calls += 1;
    return stays ? calls >= n : calls === n;
  };
  const files: Files = {
    ...realFiles,
    writeSync: (fd, bytes, from, length) => {
      if (rest > 0) {
        // The short write before was taken for a success; the next one tells.
        rest = 0;
        throw systemError(code);
      }
      if (call !== 'write' || !isFull()) return realFiles.writeSync(fd, bytes, from, length);
      const part = Math.floor(length * taken);
      if (part === 0) throw systemError(code);
      rest = length - part;
      return realFiles.writeSync(fd, bytes, from, part);
    },
    fsyncSync: (fd) => {
      if (call === 'fsync' && isFull()) throw systemError(code);
      realFiles.fsyncSync(fd);
    },
  };
  return { files, calls: () => calls };
}

const deps = (files: Files): WriterDeps => ({
  now: () => new Date('2026-01-01T00:00:00Z'),
  fence: () => undefined,
  files,
});

/** Writes a record of each kind until the disk is full; what it failed with, if it did. */
function write(directory: string, files: Files): unknown {
  let writer: JournalWriter | undefined;
  try {
    writer = JournalWriter.create(directory, deps(files));
    for (const body of everyKind) writer.append(body);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    writer?.close();
  }
}

/** What stands in the journal: records in the order in which they were given, and perhaps why it ended. */
function readTypes(directory: string): readonly string[] {
  try {
    return readJournal(join(directory, 'journal.jsonl')).records.map((record) => record.type);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^Journal(Empty|Missing)$/) as string });
    return [];
  }
}

const types = everyKind.map((record) => record.type);
let cases = 0;

afterAll(() => {
  process.stdout.write(`disk full: ${cases} cases\n`);
});

test.each(kinds)('a disk full at any write, $name: exit code 9, and a journal to go on with', (kind) => {
  const root = temporaryFolder();
  for (let n = 1; ; n += 1) {
    const directory = join(root, String(n));
    mkdirSync(directory);
    const { files, calls } = fullDisk(kind, n);
    const error = write(directory, files);
    if (calls() < n) break;
    cases += 1;
    const written = readTypes(directory);
    if (error === undefined) {
      // Only the witness has lost a line: the run goes on.
      expect(written).toEqual(types);
      continue;
    }
    expect(error).toBeInstanceOf(StoppedError);
    expect(error).toMatchObject({ code: 'DiskFull', exitCode: 9, resumable: true });
    const kept = written.at(-1) === 'stopped' ? written.slice(0, -1) : written;
    expect(kept).toEqual(types.slice(0, kept.length));
    if (written.length === 0) continue;
    const { writer } = JournalWriter.resume(directory, deps(realFiles));
    writer.append({ type: 'finished' });
    writer.close();
    expect(readTypes(directory)).toEqual([...written, 'finished']);
  }
  expect(cases).toBeGreaterThan(everyKind.length);
});
