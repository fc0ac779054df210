import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realFiles, type Files } from '../../src/journal/files.js';
import { encodeLine } from '../../src/journal/line.js';
import type { RecordBody } from '../../src/journal/record.js';

export const fixtureFolder = join(import.meta.dirname, '..', 'fixtures', 'journals', 'format-1');

/** A journal written by the real writer: two steps, a failure, a resume, an interruption. */
export const sampleFile = join(fixtureFolder, 'resumed-after-failure.jsonl');

export function readSample(): Buffer {
  return readFileSync(sampleFile);
}

/** Puts the sample where a run's journal is, and gives the folder of the run. */
export function plantSample(root: string): string {
  const directory = join(root, 'runs', 'rag-iiiiii');
  mkdirSync(directory, { recursive: true });
  copyFileSync(sampleFile, join(directory, 'journal.jsonl'));
  return directory;
}

/** A correctly chained journal of any content, also of content no writer would write. */
export function chain(bodies: readonly object[]): Buffer {
  let prev = '0'.repeat(64);
  const lines = bodies.map((body, index) => {
    const { line, hash } = encodeLine(index + 1, prev, { at: '2026-01-01T00:00:00.000Z', ...body });
    prev = hash;
    return line;
  });
  return Buffer.from(lines.join(''));
}

export const headerBody: Extract<RecordBody, { type: 'run-created' }> = {
  ...{ type: 'run-created', format: 1, toolVersion: '0.1.0', run: 'rag-iiiiii', path: 'toy' },
  steps: [
    { id: 'make-one', title: 'Make one' },
    { id: 'make-two', title: 'Make two' },
  ],
  ...{ config: { prefix: 'toy' }, configHash: 'a'.repeat(64), source: 'here/source', target: 'there' },
};

type FileCall =
  'writeSync' | 'fsyncSync' | 'ftruncateSync' | 'openSync' | 'renameSync' | 'linkSync' | 'rmSync';

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The real file system, except that `fault` is asked before each call of that name (counted from 1). */
export function faultyFiles(name: FileCall, fault: (n: number) => void): Files {
  let calls = 0;
  const counted = <Args extends unknown[], Result>(real: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      calls += 1;
      fault(calls);
      return real(...args);
    };
  };
  switch (name) {
    case 'fsyncSync':
      return { ...realFiles, fsyncSync: counted(realFiles.fsyncSync) };
    case 'ftruncateSync':
      return { ...realFiles, ftruncateSync: counted(realFiles.ftruncateSync) };
    case 'renameSync':
      return { ...realFiles, renameSync: counted(realFiles.renameSync) };
    case 'linkSync':
      return { ...realFiles, linkSync: counted(realFiles.linkSync) };
    case 'openSync':
      return { ...realFiles, openSync: counted(realFiles.openSync) };
    case 'rmSync':
      return { ...realFiles, rmSync: counted(realFiles.rmSync) };
    case 'writeSync':
      return {
        ...realFiles,
        writeSync: counted((fd: number, bytes: Uint8Array, from: number, length: number) =>
          realFiles.writeSync(fd, bytes, from, length),
        ),
      };
  }
}
