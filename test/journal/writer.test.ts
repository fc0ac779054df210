import { appendFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LockedError, StoppedError } from '../../src/errors.js';
import { realFiles, type Files } from '../../src/journal/files.js';
import { readJournal } from '../../src/journal/read.js';
import { JournalWriter, type WriterDeps } from '../../src/journal/writer.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { faultyFiles, headerBody, plantSample, readSample, systemError } from './samples.js';

const now = (): Date => new Date('2026-01-01T00:00:00Z');
const deps = (more: Partial<WriterDeps> = {}): WriterDeps => ({ now, fence: () => undefined, ...more });

function begin(directory: string, more: Partial<WriterDeps> = {}): JournalWriter {
  const writer = JournalWriter.create(directory, deps(more));
  onTestFinished(() => {
    writer.close();
  });
  return writer;
}

function resume(directory: string, more: Partial<WriterDeps> = {}) {
  const resumed = JournalWriter.resume(directory, deps(more));
  onTestFinished(() => {
    resumed.writer.close();
  });
  return resumed;
}

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('what was appended can be read back, by this process and by another', () => {
  const directory = temporaryFolder();
  const writer = begin(directory);
  writer.append(headerBody);
  writer.append({ type: 'started', step: 'make-one', attempt: 1 });
  expect(readJournal(writer.file).records).toEqual(writer.records);
  expect(writer.records.map((record) => record.seq)).toEqual([1, 2]);
});

test('the journal is for its owner alone', () => {
  const directory = temporaryFolder();
  begin(directory).append(headerBody);
  for (const name of ['journal.jsonl', 'journal.reserve', 'journal.witness'])
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
});

test('a link in place of the journal is not followed', () => {
  const directory = temporaryFolder();
  const elsewhere = join(temporaryFolder(), 'elsewhere');
  writeFileSync(elsewhere, readSample());
  symlinkSync(elsewhere, join(directory, 'journal.jsonl'));
  expect(() => JournalWriter.create(directory, deps())).toThrow(/EEXIST/);
  expect(() => JournalWriter.resume(directory, deps())).toThrow(/ELOOP/);
});

test('going on after a torn line cuts it off first', () => {
  const directory = plantSample(temporaryFolder());
  appendFileSync(join(directory, 'journal.jsonl'), '{"seq":23,"pr');
  const { writer, warnings } = resume(directory);
  expect(warnings).toHaveLength(1);
  writer.append({ type: 'finished' });
  expect(readJournal(writer.file)).toMatchObject({ warnings: [], records: { length: 23 } });
});

test('going on after a line that lacks its newline keeps the line', () => {
  const directory = plantSample(temporaryFolder());
  writeFileSync(join(directory, 'journal.jsonl'), readSample().subarray(0, -1));
  resume(directory).writer.append({ type: 'finished' });
  expect(readJournal(join(directory, 'journal.jsonl')).records).toHaveLength(23);
});

test('a damaged journal is not opened for writing, and stays as it is', () => {
  const directory = plantSample(temporaryFolder());
  const file = join(directory, 'journal.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('make-one', 'make-two'));
  const before = readFileSync(file);
  expect(() => JournalWriter.resume(directory, deps())).toThrow(/line 1 of journal/);
  expect(readFileSync(file)).toEqual(before);
});

test('a disk that is full at the first line leaves a journal that never began', () => {
  const directory = temporaryFolder();
  const files = faultyFiles('writeSync', (call) => {
    if (call === 2) throw systemError('ENOSPC');
  });
  const writer = begin(directory, { files });
  expect(caught(() => writer.append(headerBody))).toMatchObject({ code: 'DiskFull' });
  expect(caught(() => readJournal(writer.file))).toMatchObject({ code: 'JournalEmpty' });
});

test('a disk that takes a few bytes at a time takes whole lines', () => {
  const files: Files = { ...realFiles, writeSync: writeAtMost(100) };
  const writer = begin(temporaryFolder(), { files });
  writer.append(headerBody);
  expect(readJournal(writer.file).records).toHaveLength(1);
});

test('a disk that takes nothing and names no reason stops the writer', () => {
  let most = 1_000_000;
  const writer = begin(temporaryFolder(), {
    files: { ...realFiles, writeSync: (...args) => writeAtMost(most)(...args) },
  });
  most = 0;
  expect(caught(() => writer.append(headerBody))).toMatchObject({ code: 'JournalNotWritten' });
});

function writeAtMost(most: number): Files['writeSync'] {
  return (fd: number, bytes: Uint8Array, from: number, length: number) =>
    realFiles.writeSync(fd, bytes, from, Math.min(length, most));
}

test.each(['ENOSPC', 'EDQUOT'])(
  '%s at any write leaves a readable journal that says why it stopped',
  (code) => {
    // The reserve, then a line of the journal and one of its witness in turn.
    for (const n of [4, 6]) {
      const directory = temporaryFolder();
      const files = faultyFiles('writeSync', (call) => {
        if (call === n) throw systemError(code);
      });
      const writer = begin(directory, { files });
      const error = caught(() => {
        writer.append(headerBody);
        writer.append({ type: 'started', step: 'make-one', attempt: 1 });
        writer.append({ type: 'failed', step: 'make-one', code: 'X', message: 'x' });
      });
      expect(error).toBeInstanceOf(StoppedError);
      expect(error).toMatchObject({ code: 'DiskFull', exitCode: 9, resumable: true });
      expect(caught(() => writer.append({ type: 'finished' }))).toBe(error);
      expect(writer.brokenBy).toBe(error);
      expect(readJournal(writer.file).records.at(-1)).toMatchObject({
        type: 'stopped',
        reason: 'disk-full',
        seq: n / 2,
      });
      expect(() => statSync(join(directory, 'journal.reserve'))).toThrow(/ENOENT/);
    }
  },
);

test('a disk that stays full even without the reserve still leaves a readable journal', () => {
  let full = false;
  const directory = temporaryFolder();
  const files = faultyFiles('writeSync', () => {
    if (full) throw systemError('ENOSPC');
  });
  const writer = begin(directory, { files });
  writer.append(headerBody);
  full = true;
  expect(caught(() => writer.append({ type: 'finished' }))).toMatchObject({ code: 'DiskFull' });
  expect(readJournal(writer.file).records).toHaveLength(1);
  expect(caught(() => JournalWriter.resume(directory, deps({ files })))).toMatchObject({
    code: 'DiskFull',
    exitCode: 9,
  });
  full = false;
  resume(directory, { files }).writer.append({ type: 'finished' });
  expect(readJournal(writer.file).records).toHaveLength(2);
});

test('a run is not begun on a disk without room for the reserve', () => {
  const files = faultyFiles('writeSync', () => {
    throw systemError('ENOSPC');
  });
  const directory = temporaryFolder();
  expect(caught(() => JournalWriter.create(directory, deps({ files })))).toMatchObject({ code: 'DiskFull' });
});

test('a failed fsync ends the writer and is never tried again', () => {
  let broken = false;
  let calls = 0;
  const files = faultyFiles('fsyncSync', () => {
    calls += 1;
    if (broken) throw systemError('EIO');
  });
  const writer = begin(temporaryFolder(), { files });
  writer.append(headerBody);
  broken = true;
  const error = caught(() => writer.append({ type: 'finished' }));
  expect(error).toMatchObject({ code: 'JournalNotWritten', exitCode: 9, resumable: true });
  broken = false;
  const callsAtFailure = calls;
  expect(caught(() => writer.append({ type: 'finished' }))).toBe(error);
  expect(calls).toBe(callsAtFailure);
});

test('a journal that grew behind the writer is not written to', () => {
  const writer = begin(temporaryFolder());
  writer.append(headerBody);
  appendFileSync(writer.file, 'x');
  const error = caught(() => writer.append({ type: 'finished' }));
  expect(error).toBeInstanceOf(LockedError);
  expect(error).toMatchObject({ code: 'JournalTaken', exitCode: 7 });
});

test('a writer that lost its lock writes nothing', () => {
  let lost = false;
  const fence = (): void => {
    if (lost) throw new LockedError('LockLost', 'lost');
  };
  const writer = begin(temporaryFolder(), { fence });
  writer.append(headerBody);
  lost = true;
  expect(caught(() => writer.append({ type: 'finished' }))).toMatchObject({ code: 'LockLost' });
  expect(readJournal(writer.file).records).toHaveLength(1);
});

test('a writer that loses its lock while it writes says so before anything is called', () => {
  let asked = 0;
  const fence = (): void => {
    asked += 1;
    if (asked === 4) throw new LockedError('LockLost', 'lost');
  };
  const writer = begin(temporaryFolder(), { fence });
  writer.append(headerBody);
  expect(caught(() => writer.append({ type: 'finished' }))).toMatchObject({ code: 'LockLost' });
});

test('a record of the wrong shape is a bug and does not reach the file', () => {
  const writer = begin(temporaryFolder());
  writer.append(headerBody);
  expect(() => writer.append({ type: 'started', step: '', attempt: 0 })).toThrow(/attempt/);
  writer.append({ type: 'finished' });
  expect(readJournal(writer.file).records).toHaveLength(2);
});

test('each record passes its four crash points in order, and the torn one writes half a line', () => {
  const seen: string[] = [];
  const writer = begin(temporaryFolder(), { crashPoint: (phase, n) => void seen.push(`${phase} ${n}`) });
  writer.append(headerBody);
  expect(seen).toEqual(['before-record 1', 'torn-record 1', 'after-write 1', 'after-fsync 1']);
});

test.skipIf(process.getuid?.() !== 0)(
  'on a real full disk the journal survives and says why (needs root)',
  () => {
    const directory = join(temporaryFolder(), 'small');
    mkdirSync(directory);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160k', 'tmpfs', directory]);
    expect(mounted.stderr.toString()).toBe('');
    onTestFinished(() => {
      spawnSync('umount', ['-l', directory]);
    });
    const writer = JournalWriter.create(directory, deps());
    writer.append(headerBody);
    const error = caught(() => {
      for (let n = 0; n < 10_000; n += 1)
        writer.append({ type: 'observed', step: 'make-one', resource: 'r', state: `${n}` });
    });
    writer.close();
    expect(error).toMatchObject({ code: 'DiskFull', exitCode: 9 });
    expect(readJournal(writer.file).records.at(-1)).toMatchObject({ type: 'stopped', reason: 'disk-full' });
  },
);

test('closing twice is safe', () => {
  const writer = begin(temporaryFolder());
  writer.append(headerBody);
  writer.close();
  writer.close();
  expect(readJournal(writer.file).records).toHaveLength(1);
});
