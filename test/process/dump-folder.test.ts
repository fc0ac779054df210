import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDump, sealDump, startAttempt } from '../../src/process/dump-folder.js';

const facts = { run: 'r', snapshot: 's', clientVersion: '17.12', compression: 'zstd:1' };
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'rds2aurora-dump-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function dump(): Promise<{ directory: string; manifestSha256: string; bytes: number }> {
  const attempt = await startAttempt(parent);
  await mkdir(attempt.data);
  await writeFile(join(attempt.data, 'toc.dat'), 'contents');
  await writeFile(join(attempt.data, '3432.dat.zst'), 'rows');
  return { directory: attempt.directory, ...(await sealDump(attempt.directory, facts)) };
}

test('a sealed dump is found whole', async () => {
  const { directory, manifestSha256, bytes } = await dump();
  expect(bytes).toBe(12);
  expect((await checkDump(directory, manifestSha256)).files.map((file) => file.name)).toEqual([
    '3432.dat.zst',
    'toc.dat',
  ]);
});

test.each([0, 1 << 20, 3_500_000])('a file of %i bytes is hashed, all of it', async (bytes) => {
  const attempt = await startAttempt(parent);
  await mkdir(attempt.data);
  const content = Buffer.from(Uint32Array.from({ length: bytes / 4 }, (_none, index) => index).buffer);
  await writeFile(join(attempt.data, '1.dat'), content);
  const { manifestSha256 } = await sealDump(attempt.directory, facts);
  const { files } = await checkDump(attempt.directory, manifestSha256);
  expect(files).toEqual([
    { name: '1.dat', bytes, sha256: createHash('sha256').update(content).digest('hex') },
  ]);
});

test('a dump without a manifest is no dump', async () => {
  const { directory, manifestSha256 } = await dump();
  await rm(join(directory, 'manifest.json'));
  await expect(checkDump(directory, manifestSha256)).rejects.toMatchObject({
    code: 'DumpMissing',
    exitCode: 8,
  });
});

test.each([
  ['a file grew', (folder: string) => appendFile(join(folder, 'dump', 'toc.dat'), 'x')],
  ['a file was cut', (folder: string) => truncate(join(folder, 'dump', 'toc.dat'), 3)],
  ['a file changed', (folder: string) => writeFile(join(folder, 'dump', 'toc.dat'), 'CONTENTS')],
  ['a file went', (folder: string) => rm(join(folder, 'dump', 'toc.dat'))],
  ['a file came', (folder: string) => writeFile(join(folder, 'dump', 'new'), '')],
  ['the manifest changed', (folder: string) => appendFile(join(folder, 'manifest.json'), ' ')],
])('it is refused when %s', async (_what, damage) => {
  const { directory, manifestSha256 } = await dump();
  await damage(directory);
  await expect(checkDump(directory, manifestSha256)).rejects.toMatchObject({ code: 'DumpDamaged' });
});

test('a new attempt takes a new number and removes what never finished', async () => {
  const first = await startAttempt(parent);
  const second = await startAttempt(parent);
  expect([first.directory, second.directory]).toEqual([join(parent, 'attempt-1'), join(parent, 'attempt-2')]);
  await expect(stat(first.directory)).rejects.toThrow('ENOENT');
});

test('nobody else may read it', async () => {
  const { directory } = await dump();
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, 'manifest.json'))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'))).toMatchObject(facts);
});
