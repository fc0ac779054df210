import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFingerprintGateway } from '../../src/postgres/fingerprint-gateway.js';
import { hasServerWithVector, olderMajor, oldestMajor, vectorLacks } from '../older-server.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

const signal = new AbortController().signal;
let own: PostgresServer;
beforeAll(async () => {
  own = await startPostgresServer();
}, 120_000);
afterAll(() => own.stop());

/** The checksum of table `t` in a database of its own. */
async function checksumOf(
  name: string,
  sql: string,
  { encoding = 'UTF8', on: server = own }: { encoding?: string; on?: PostgresServer } = {},
): Promise<string | undefined> {
  const locale = encoding === 'UTF8' ? '' : `LC_COLLATE 'C' LC_CTYPE 'C' `;
  await server.asMaster(
    'postgres',
    `CREATE DATABASE ${name} TEMPLATE template0 ${locale}ENCODING '${encoding}'`,
  );
  await server.asMaster(name, sql);
  const { take } = createFingerprintGateway(server.sessions, 1);
  const { contents } = await take(server.database(name), { mode: 'checksum', signal });
  await server.asMaster('postgres', `DROP DATABASE ${name}`);
  return contents.find(({ table }) => table === 'public.t')?.checksum;
}

const types = `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN score AS float8; CREATE TYPE pair AS (n int, m mood);
  CREATE EXTENSION vector;`;
const table = `CREATE TABLE t (id int, m mood, ms mood[], s score, p pair, v vector(3), r float4[], x xml, g int4range, k tsvector, b bytea, z timestamptz)`;
const row = `INSERT INTO t VALUES (1, 'ok', '{sad,ok}', 0.5, '(1,sad)', '[1,-0,3]', '{1,NaN}', '<a/>', '[1,5)', 'a:1 b:2', '\\x00ff', '2026-01-01 00:00+00')`;

test('types that have other OIDs on each server do not change the hash of a row', async () => {
  const plain = await checksumOf('plain', `${types} ${table}; ${row}`);
  const others = 'CREATE TYPE shift AS ENUM (); CREATE TABLE shifted (a int, b shift);';
  expect(await checksumOf('shifted', `${others} ${types} ${table}; ${row}`)).toBe(plain);
});

test('every NaN is one NaN, as a restore makes it, and minus zero is none', async () => {
  const create = 'CREATE TABLE t (f float8, g float4)';
  // The processor's own NaN has its sign set, the one that is read from text has not.
  const computed = `${create}; INSERT INTO t SELECT i - i, (i - i)::float4 FROM (SELECT 'Infinity'::float8 AS i) q`;
  const read = await checksumOf('read', `${create}; INSERT INTO t VALUES ('NaN', 'NaN')`);
  expect(await checksumOf('computed', computed)).toBe(read);
  const zero = await checksumOf('zero', `${create}; INSERT INTO t VALUES (0, 0)`);
  expect(await checksumOf('minus', `${create}; INSERT INTO t VALUES ('-0', 0)`)).not.toBe(zero);
});

test('a value changed in any column changes the hash of its row', async () => {
  const changes = [
    "m = 'sad'", "ms = '{ok,sad}'", 's = 0.25', "p = '(1,ok)'", "v = '[1,0,3]'", "r = '{1,2}'", "x = '<b/>'",
    "g = '[1,6)'", "k = 'a:1 b:3'", "b = '\\x00fe'", "z = '2026-01-01 00:00+01'", 'm = NULL', 'b = NULL', "b = ''",
  ]; // prettier-ignore
  const found = new Set<string | undefined>();
  for (const [index, change] of ['id = 1', ...changes].entries()) {
    found.add(
      await checksumOf(`changed_${String(index)}`, `${types} ${table}; ${row}; UPDATE t SET ${change}`),
    );
  }
  expect(found.size).toBe(changes.length + 1);
});

test('the encoding of a server does not change the hash of a row, and one that knows none is read', async () => {
  const sql = `CREATE TABLE t (id int, body text); INSERT INTO t VALUES (1, 'größe')`;
  const utf8 = await checksumOf('utf8', sql);
  expect(await checksumOf('latin1', sql, { encoding: 'LATIN1' })).toBe(utf8);
  const bytes = `CREATE TABLE t (id int, body text); INSERT INTO t VALUES (1, E'gr\\xf6')`;
  expect(await checksumOf('ascii', bytes, { encoding: 'SQL_ASCII' })).toMatch(/^[0-9a-f]{32}$/);
});

for (const major of [oldestMajor, olderMajor]) {
  const name = `PostgreSQL ${String(major)} gives the same sums as 17`;
  if (hasServerWithVector(major)) test(name, () => sumsAlike(major));
  else test.skip(`${name}: ${vectorLacks(major)}`, () => undefined);
}

async function sumsAlike(major: number): Promise<void> {
  const server = await startPostgresServer({ major });
  try {
    const sql = `${types} ${table}; ${row}; INSERT INTO t SELECT i FROM generate_series(1, 1000) i`;
    const there = await checksumOf('same', sql, { on: server });
    expect(there).toMatch(/^[0-9a-f]{32}$/);
    expect(there).toBe(await checksumOf('same', sql));
  } finally {
    await server.stop();
  }
}
