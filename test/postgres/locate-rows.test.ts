import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFingerprintGateway } from '../../src/postgres/fingerprint-gateway.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

const signal = new AbortController().signal;
const schema = `
  CREATE TABLE keyed (id int PRIMARY KEY, body text, place double precision);
  INSERT INTO keyed SELECT i, 'row ' || i, i / 3.0 FROM generate_series(1, 5000) i;
  CREATE TABLE "Odd, ""name""" ("a b" text NOT NULL, c int NOT NULL, body text, UNIQUE ("a b", c));
  INSERT INTO "Odd, ""name""" SELECT 'it''s ' || i, i, 'x' FROM generate_series(1, 50) i;
  CREATE TABLE no_key (body text);
  INSERT INTO no_key VALUES ('one'), ('one'), ('two'), (NULL);
  CREATE TABLE many (id int PRIMARY KEY, body text);
  INSERT INTO many SELECT i, 'x' FROM generate_series(1, 20) i;
  CREATE TABLE same (id int PRIMARY KEY)`;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  for (const name of ['source', 'target']) {
    await server.createDatabase(name);
    await server.asMaster(name, schema);
  }
}, 120_000);
afterAll(() => server.stop());

test('rows that differ are named by their keys', async () => {
  await server.asMaster(
    'target',
    `UPDATE keyed SET place = '-0' WHERE id = 4711; DELETE FROM keyed WHERE id = 12; INSERT INTO keyed VALUES (-1, 'new');
     UPDATE "Odd, ""name""" SET body = 'y' WHERE c = 7;
     DELETE FROM no_key WHERE ctid = '(0,2)'; INSERT INTO no_key VALUES ('three');
     UPDATE many SET body = 'y'`,
  );
  const { take, compare, locate } = createFingerprintGateway(server.sessions, 2);
  const servers = { source: server.database('source'), target: server.database('target') };
  const source = await take(servers.source, { mode: 'checksum', signal });
  const target = await take(servers.target, { mode: 'checksum', signal, comparedWith: source });
  const located = await locate(servers, compare(source, target), signal);
  const details = new Map(located.map(({ item, detail }) => [item, detail]));
  const other = 'same number of rows, other content';
  expect(details.get('rows of public.keyed')).toBe(
    `${other}: (id) = (-1) only on the target, (id) = (12) missing on the target, (id) = (4711) changed`,
  );
  expect(details.get('rows of public."Odd, ""name"""')).toBe(`${other}: (a b, c) = ("it's 7",7) changed`);
  expect(details.get('rows of public.no_key')).toMatch(
    /: ctid = \(0,[12]\) missing on the target, ctid = \(0,5\) only on the target$/,
  );
  expect(details.get('rows of public.many')).toMatch(/^same number .* changed, and 15 more$/);
  expect(details.get('rows of public.same')).toBe('0 rows');
});

test('a source that has gone takes nothing from what was found', async () => {
  const { locate } = createFingerprintGateway(server.sessions, 2);
  const servers = { source: server.database('gone'), target: server.database('target') };
  const found = {
    item: 'rows of public.keyed',
    result: 'differ',
    source: '1 rows a',
    target: '1 rows b',
    detail: 'other content',
  } as const;
  expect(await locate(servers, [found], signal)).toEqual([
    { ...found, detail: 'other content: which rows could not be read' },
  ]);
});
