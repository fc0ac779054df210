import { afterAll, beforeAll, expect, test } from 'vitest';
import { listStreamViews } from '../../../src/postgres/stream/stream-views.js';
import type { StreamView } from '../../../src/postgres/stream/stream-views.js';
import { startPostgresServer } from '../../postgres-server.js';
import type { PostgresServer } from '../../postgres-server.js';

let server: PostgresServer;
let views: readonly StreamView[];

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('views');
  await server.asMaster(
    'views',
    `CREATE TABLE plain (id int PRIMARY KEY, name text);
     CREATE TABLE parted (n int) PARTITION BY RANGE (n);
     CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
     CREATE TABLE hidden (n int);
     ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
     CREATE FUNCTION peek(n int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.plain';
     CREATE VIEW between AS SELECT name FROM plain;
     CREATE MATERIALIZED VIEW of_a_table AS SELECT lower(name) AS name, count(*) FROM plain GROUP BY 1;
     CREATE MATERIALIZED VIEW through_a_view AS SELECT b.name, p.n FROM between b, parted p;
     CREATE MATERIALIZED VIEW of_another AS SELECT count(*) FROM of_a_table;
     CREATE MATERIALIZED VIEW not_filled AS SELECT id FROM plain WITH NO DATA;
     CREATE MATERIALIZED VIEW of_a_hidden_one AS SELECT n FROM hidden;
     CREATE MATERIALIZED VIEW by_a_function AS SELECT peek(n) FROM parted;
     CREATE MATERIALIZED VIEW above_the_function AS SELECT count(*) FROM by_a_function;
     CREATE MATERIALIZED VIEW by_the_key AS SELECT id, name FROM plain GROUP BY id;`,
  );
  views = await server.sessions.use(server.database('views'), { mode: 'read' }, listStreamViews);
}, 60_000);
afterAll(() => server.stop());

test('a view comes early when nothing but rows can change what is in it', () => {
  expect(views.map(({ label }) => label).sort()).toEqual([
    'public.of_a_table',
    'public.of_another',
    'public.through_a_view',
  ]);
});

test.each([
  ['public.of_a_table', ['plain']],
  ['public.through_a_view', ['between', 'parted', 'parted_1', 'plain']],
  ['public.of_another', ['of_a_table', 'plain']],
])('%s reads %s', async (label, names) => {
  const { reads = [], oid, entry } = views.find((one) => one.label === label) ?? {};
  expect(entry).toBe(`0 ${String(oid)}`);
  const rows = await server.asMaster(
    'views',
    `SELECT relname FROM pg_class WHERE oid IN (${reads.join()}) ORDER BY relname COLLATE "C"`,
  );
  expect(rows.map(({ relname }) => relname)).toEqual(names);
});
