import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openNamedPipe } from '../../src/process/named-pipe.js';
import { readReusing } from '../../src/process/reused-reads.js';
import { createRandom } from '../campaigns/state-race.js';

const seed = 2026;
const count = 4;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-reads-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hashOf = (...pieces: readonly Buffer[]): string =>
  pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest('hex');

/** A program writes these bytes into a pipe. */
async function write(bytes: Buffer): Promise<number> {
  const file = join(folder, 'bytes');
  await writeFile(file, bytes);
  const pipe = await openNamedPipe(folder);
  const program = execa('sh', ['-c', 'exec cat "$1" > "$2"', 'sh', file, pipe.path], { reject: false });
  void program.then(() => closeSync(pipe.write));
  return pipe.read;
}

test('pieces stay as they came until they are given back, whenever that is', async () => {
  const random = createRandom(seed);
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, () => Math.floor(random() * 256)));
  const held: { piece: Buffer; giveBack: () => void }[] = [];
  const hash = createHash('sha256');
  const most: number[] = [];
  const lookLater = (): void => {
    const one = held.shift();
    hash.update(one?.piece ?? '');
    one?.giveBack();
  };
  await readReusing(await write(bytes), count, (piece, giveBack) => {
    held.push({ piece, giveBack });
    most.push(held.length);
    if (random() < 0.2) lookLater();
    else setImmediate(lookLater);
    return true;
  });
  while (held.length > 0) lookLater();
  expect(hash.digest('hex'), `seed ${seed}`).toBe(hashOf(bytes));
  expect(Math.max(...most), `seed ${seed}`).toBe(count);
});

test('a program that writes nothing is read to its end', async () => {
  const pieces: Buffer[] = [];
  await readReusing(await write(Buffer.alloc(0)), count, (piece, giveBack) => {
    pieces.push(piece);
    giveBack();
    return true;
  });
  expect(pieces).toEqual([]);
});

test('whoever has enough ends the reading', async () => {
  let taken = 0;
  await readReusing(await write(Buffer.alloc(1_000_000, 'x')), count, () => (taken += 1) < 2);
  expect(taken).toBe(2);
});

test('what goes wrong while a piece is taken is told', async () => {
  const reading = readReusing(await write(Buffer.alloc(1_000_000, 'x')), count, () => {
    throw new Error('no place for it');
  });
  await expect(reading).rejects.toThrow('no place for it');
});
