import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import { parseFingerprint } from '../../src/postgres/fingerprint.js';
import type { Fingerprint } from '../../src/postgres/fingerprint.js';
import { takeFingerprint } from '../../src/postgres/take-fingerprint.js';
import { startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

const signal = new AbortController().signal;
let server: PostgresServer;
let fingerprint: Fingerprint;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('zoo');
  await server.asMaster(
    'zoo',
    await readFile(new URL('../fixtures/schema-zoo.sql', import.meta.url), 'utf8'),
  );
  fingerprint = await take();
}, 60_000);
afterAll(() => server.stop());

function take(
  options: { jobs?: number; chunkBytes?: number; comparedWith?: Fingerprint } = {},
): Promise<Fingerprint> {
  return takeFingerprint(server.sessions, server.database('zoo'), {
    mode: 'checksum',
    jobs: 2,
    signal,
    ...options,
  });
}

test('a fingerprint survives JSON', () => {
  expect(parseFingerprint(JSON.stringify(fingerprint))).toEqual(fingerprint);
});

test('one of another format is refused, since its sums mean something else', () => {
  const older = JSON.stringify({ ...fingerprint, format: 2 });
  expect(() => parseFingerprint(older)).toThrow(expect.objectContaining({ code: 'FingerprintFormat' }));
});

test('no section is empty for a database that has one of everything', () => {
  const empty = Object.entries(fingerprint.sections).filter(([, items]) => Object.keys(items).length === 0);
  expect(empty.map(([name]) => name)).toEqual([
    'user mappings',
    'event triggers',
    'grants on members of extensions',
  ]);
});

test('neither the number of sessions nor the size of ranges changes it', async () => {
  expect(await take({ jobs: 1, chunkBytes: 8192 })).toEqual(fingerprint);
  expect(await take({ jobs: 4, chunkBytes: 8192 })).toEqual(fingerprint);
});

test('rows are counted by table, partition and heir, and materialized views too', () => {
  const rows = Object.fromEntries(fingerprint.contents.map((one) => [one.table, one.rows]));
  expect(rows).toMatchObject({
    'app.users': '300',
    'app.parent': '1',
    'app.child': '1',
    'app.no_key': '3',
    'app.on_matview': '1',
  });
  expect(Object.keys(rows)).not.toContain('app.events');
});

test('vector searches name their operator, index and neighbours', () => {
  const found = fingerprint.vectors.map((one) => [
    one.expression,
    one.operator,
    one.index,
    one.indexUsed,
    one.recall,
  ]);
  expect(found).toEqual([
    ['embedding', 'public.<->', 'chunks_ivf', true, 1],
    ['embedding', 'public.<=>', 'chunks_hnsw', true, 1],
    ['half', 'public.<#>', 'chunks_half', true, 1],
    ['sparse', 'public.<->', undefined, undefined, undefined],
  ]);
  expect(
    fingerprint.vectors.every(
      (one) => one.queries.length === 5 && one.queries.every((query) => query.nearest.length === 10),
    ),
  ).toBe(true);
});

test('what views would hold now is asked of the source alone', async () => {
  const fresh = (one: Fingerprint): string[] =>
    one.contents.flatMap(({ table, freshChecksum }) => (freshChecksum === undefined ? [] : [table]));
  expect(fresh(fingerprint)).toContain('app.on_matview');
  const target = await take({ comparedWith: fingerprint });
  expect(fresh(target)).toEqual([]);
  expect(listFailures(compareFingerprints(fingerprint, target))).toEqual([]);
});
