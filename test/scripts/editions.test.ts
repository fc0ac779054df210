import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editionsFor, isUnpacked, packagesOf } from '../../scripts/postgres/editions.mjs';
import { forget, readLack, writeLack } from '../../scripts/postgres/lacks.mjs';

const [, edition] = editionsFor(true);
const hour = 3_600_000;
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'rds2aurora-lacks-'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

test('commands want one major version, tests older ones besides, without which they go on', () => {
  expect(editionsFor(false).map(({ major, needed }) => [major, needed])).toEqual([[17, true]]);
  expect(editionsFor(true).map(({ major, needed }) => [major, needed])).toEqual([
    [17, true],
    [15, false],
    [13, false],
  ]);
});

test('pgvector is asked for where the suite has a package of it', () => {
  expect(editionsFor(true).map((one) => packagesOf(one).join(' '))).toEqual([
    'postgresql-17 postgresql-client-17 postgresql-17-pgvector',
    'postgresql-15 postgresql-client-15',
    'postgresql-13 postgresql-client-13',
  ]);
});

test('of what the packages ask for, libraries alone are unpacked', () => {
  const names = ['postgresql-15', 'postgresql-client-15', 'postgresql-client-common', 'postgresql-common'];
  const others = ['libicu72', 'libllvm14', 'libperl5.36', 'zlib1g', 'perl', 'ssl-cert', 'postgresql-150'];
  expect([...names, ...others].filter((name) => isUnpacked(name, 15))).toEqual([
    'postgresql-15',
    'postgresql-client-15',
    'libicu72',
    'zlib1g',
  ]);
});

test('what could not be had is remembered for a day, and forgotten once it is there', () => {
  expect(readLack(cache, edition)).toBeUndefined();
  writeLack(cache, edition, 'no archive');
  expect(readLack(cache, edition, Date.now() + 23 * hour)).toBe('no archive\n');
  expect(readLack(cache, edition, Date.now() + 25 * hour)).toBeUndefined();
  forget(cache, edition);
  expect(readLack(cache, edition)).toBeUndefined();
});
