import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSourceDatabaseCheck } from '../../src/checks/source-database.js';
import type { ReadinessContext } from '../../src/checks/readiness-check.js';
import { readDatabaseHazards, type DatabaseHazards } from '../../src/postgres/database-hazards.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('open');
  await server.createDatabase('guarded');
}, 60_000);
afterAll(() => server.stop());

async function findProblems(database: string, hazards?: DatabaseHazards) {
  const check = createSourceDatabaseCheck((found) =>
    hazards === undefined ? readDatabaseHazards(server.sessions, found) : Promise.resolve(hazards),
  );
  return check.find({ server: server.database(database) } as ReadinessContext);
}

test('a database whose every row the login may read is ready', async () => {
  await server.asMaster(
    'open',
    `CREATE TABLE mine (id serial PRIMARY KEY); ALTER TABLE mine ENABLE ROW LEVEL SECURITY;
     CREATE EXTENSION vector; CREATE TEMP TABLE gone (id int)`,
  );
  expect(await findProblems('open')).toEqual([]);
});

test('tables that the login may not read, or not every row of, are named', async () => {
  await server.asSuperuser(
    'guarded',
    `CREATE SCHEMA "Others"; GRANT USAGE ON SCHEMA "Others" TO PUBLIC;
     CREATE TABLE "Others".closed (id serial); GRANT SELECT ON SEQUENCE "Others".closed_id_seq TO PUBLIC;
     CREATE TABLE "Others".filtered (id int); GRANT SELECT ON "Others".filtered TO PUBLIC;
     ALTER TABLE "Others".filtered ENABLE ROW LEVEL SECURITY`,
  );
  const problems = await findProblems('guarded');
  expect(problems.map(({ code, what }) => [code, what.split(/ on |: /)[1]])).toEqual([
    ['RowSecurityHidesRows', '"Others".filtered'],
    ['TablesNotReadable', '"Others".closed'],
  ]);
  for (const { why, fix } of problems) expect([why, fix].every((text) => text.length > 20)).toBe(true);
});

test('prepared transactions are named, the first five of many', async () => {
  const prepared = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const [problem, ...others] = await findProblems('open', { prepared, rowSecurity: [], unreadable: [] });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    code: 'PreparedTransactions',
    what: 'open has prepared transactions: a, b, c, d, e and 2 more',
  });
});
