import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFreshDatabaseGateway } from '../../src/postgres/fresh-database-gateway.js';
import { createLossReader } from '../../src/postgres/loss-inventory.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

let server: PostgresServer;
const signal = new AbortController().signal;
const mark = 'rds2aurora_init_test';
const script = (text: string) => ({ text, mark, comment: 'init SQL of a run' });
const form = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'c', locale: null, rules: null };

beforeAll(async () => {
  server = await startPostgresServer({ parameters: { track_commit_timestamp: 'on' } });
}, 60_000);
afterAll(() => server.stop());

const open = () => createFreshDatabaseGateway(server.sessions);

test('what is lost is listed database by database, with counted rows and the last write', async () => {
  const one = await server.createDatabase('one');
  await server.createDatabase('another');
  await server.asMaster('one', 'CREATE TABLE t AS SELECT generate_series(1, 7) AS a; CREATE ROLE reader');
  await server.asMaster('another', 'CREATE SCHEMA s; CREATE TABLE s."T 2" (a int)');
  const { databases, roles, lastWrite } = await createLossReader(server.sessions).readLoss(one, signal);
  const tables = Object.fromEntries(databases.map(({ name, tables: found }) => [name, found]));
  expect(tables['one']).toMatchObject([{ table: 'public.t', rows: 7, exact: true }]);
  expect(tables['another']).toMatchObject([{ table: 's."T 2"', rows: 0, exact: true }]);
  expect(roles).toEqual(['reader']);
  expect(Math.abs(Date.now() - Date.parse(lastWrite.at ?? ''))).toBeLessThan(600_000);
});

test('a database that the login may not enter is named, with the reason', async () => {
  const one = await server.createDatabase('visible');
  await server.asSuperuser('postgres', 'CREATE DATABASE closed');
  await server.asSuperuser('postgres', 'REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
  const { databases } = await createLossReader(server.sessions).readLoss(one, signal);
  expect(databases.find(({ name }) => name === 'closed')).toMatchObject({
    tables: [],
    unread: expect.stringContaining('may not connect') as unknown,
  });
});

test('an init script is run whole and once, as psql would see the names in it', async () => {
  const database = { ...server.database('fresh') };
  expect(await open().exists(database)).toBe(false);
  await open().create(database, form);
  expect(await open().exists(database)).toBe(true);
  const text =
    'CREATE TABLE seed (a int);\nINSERT INTO seed VALUES (1); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;';
  expect(await open().runScript(database, script(text))).toBe(true);
  expect(await open().findMark(database, mark)).toBe('init SQL of a run');
  expect(await open().runScript(database, script(text))).toBe(false);
  expect(await server.asMaster('fresh', 'SELECT count(*)::int AS rows FROM public.seed')).toEqual([
    { rows: 1 },
  ]);
  await open().dropMark(database, mark);
  await open().dropMark(database, mark);
  expect(await open().findMark(database, mark)).toBeUndefined();
});

test('a script that fails leaves nothing, and says at which line', async () => {
  const database = await server.createDatabase('failing');
  const failed = open().runScript(database, script('CREATE TABLE a ();\n\nINSERT INTO nowhere VALUES (1);'));
  await expect(failed).rejects.toMatchObject({
    ...{ code: 'InitSqlFailed', resumable: true },
    message: expect.stringContaining('at line 3') as unknown,
  });
  expect(await open().findMark(database, mark)).toBeUndefined();
  expect(await server.asMaster('failing', `SELECT to_regclass('a') AS found`)).toEqual([{ found: null }]);
});

test('a second attempt waits for one whose client has died, and finds what it did', async () => {
  const database = await server.createDatabase('twice');
  const slow = script('CREATE TABLE b (a int); SELECT pg_sleep(1); INSERT INTO b VALUES (1)');
  const results = await Promise.all([open().runScript(database, slow), open().runScript(database, slow)]);
  expect(results.toSorted()).toEqual([false, true]);
  expect(await server.asMaster('twice', 'SELECT count(*)::int AS rows FROM b')).toEqual([{ rows: 1 }]);
});

test('extensions are created in the schema that they had', async () => {
  const database = await server.createDatabase('extended');
  await open().createExtension(database, { name: 'pg_trgm', version: '1.0', schema: 'extra' });
  await open().createExtension(database, { name: 'pg_trgm', version: '1.0', schema: 'extra' });
  expect((await open().listExtensions(database)).map(({ name }) => name)).toEqual(['pg_trgm']);
  expect((await open().listShipped(database)).has('vector')).toBe(true);
});
