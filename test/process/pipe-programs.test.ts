import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pipeFailure, pipePrograms } from '../../src/process/pipe-programs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-pipe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shell = (script: string) => ({
  file: '/bin/sh',
  arguments: ['-c', script],
  environment: { PATH: '/usr/bin:/bin', FOLDER: folder },
});

async function pipe(from: string, to: string, options: { readonly signal?: AbortSignal } = {}) {
  const heard: string[] = [];
  const ends = await pipePrograms({
    from: shell(from),
    to: shell(to),
    signal: options.signal ?? new AbortController().signal,
    heard: (line) => heard.push(line),
  });
  return { heard, codes: [ends.from.exitCode, ends.to.exitCode], ends };
}

const isThere = (name: string) =>
  stat(join(folder, name)).then(
    () => true,
    () => false,
  );

test('every byte goes over, and the second program is heard line by line', async () => {
  const { heard, codes } = await pipe('head -c 30000000 /dev/zero', 'wc -c; echo end; echo problem >&2');
  expect(codes).toEqual([0, 0]);
  expect(heard.map((line) => line.trim()).sort()).toEqual(['30000000', 'end', 'problem']);
});

test('a first program that fails gives the second no end: it is killed', async () => {
  const { codes } = await pipe('echo row; exit 3', 'cat; touch "$FOLDER/ended"');
  expect(codes).toEqual([3, 128]);
  expect(await isThere('ended')).toBe(false);
});

test('a first program that is killed gives the second no end either', async () => {
  const { codes } = await pipe('echo row; kill -9 $$', 'cat; touch "$FOLDER/ended"');
  expect(codes).toEqual([128, 128]);
  expect(await isThere('ended')).toBe(false);
});

test('a second program that fails ends the first', async () => {
  const { codes, ends } = await pipe('yes', 'read line; echo refused >&2; exit 2');
  expect(codes[1]).toBe(2);
  expect(codes[0]).not.toBe(0);
  expect(ends.to.tail).toEqual(['refused']);
});

test('an abort ends both', async () => {
  const stop = new AbortController();
  const piping = pipe('echo row; exec sleep 600', 'cat; touch "$FOLDER/ended"', { signal: stop.signal });
  stop.abort(new Error('stopped'));
  await expect(piping).rejects.toThrow('stopped');
  expect(await isThere('ended')).toBe(false);
});

test('what failed is told by the program that failed by itself, not by the one that was ended for it', async () => {
  const { ends } = await pipe(`echo "unrecognized option '--new'" >&2; exit 1`, 'cat');
  const { code, message } = pipeFailure(ends, 'moving');
  expect([code, message]).toEqual(['CopyFailed', `moving failed: unrecognized option '--new'`]);
});
