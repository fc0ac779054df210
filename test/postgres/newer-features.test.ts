import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listNewerFeatures } from '../../src/postgres/newer/list-newer-features.js';
import type { NewerFeature } from '../../src/postgres/newer/list-newer-features.js';
import { startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

let server: PostgresServer;

/** One of each that a server of 17 can hold. */
const newer = `
  CREATE ROLE reader; CREATE ROLE keeper; CREATE ROLE everything;
  GRANT pg_maintain TO keeper; GRANT pg_use_reserved_connections TO keeper; GRANT pg_monitor TO reader;
  ALTER ROLE keeper SET transaction_timeout = '5s';
  ALTER DATABASE newer SET io_combine_limit = '64kB';
  CREATE TABLE unique_nulls (a int UNIQUE NULLS NOT DISTINCT, b numeric(4, -2));
  CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));
  CREATE TABLE child (a int, b int, FOREIGN KEY (a, b) REFERENCES parent ON DELETE SET NULL (b));
  CREATE VIEW invoker WITH (security_invoker = true) AS SELECT a FROM parent;
  CREATE PUBLICATION partly FOR TABLE parent WHERE (a > 1); CREATE PUBLICATION whole FOR TABLE child;
  CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&a < g');
  CREATE COLLATION built (provider = builtin, locale = 'C.UTF-8');
  CREATE TABLE parted (id int GENERATED ALWAYS AS IDENTITY, r int4range, EXCLUDE USING gist (r WITH =)) PARTITION BY LIST (r) USING heap;
  GRANT SELECT, MAINTAIN ON parent TO reader; GRANT ALL ON parent TO everything; GRANT ALL ON child TO reader WITH GRANT OPTION;
  CREATE VIEW j AS SELECT t.id FROM JSON_TABLE('[1]', '$[*]' COLUMNS (id int PATH '$')) t;
  CREATE TABLE guarded (a text DEFAULT to_oct(8), body text CHECK (body IS JSON));
  CREATE FUNCTION any_value_of(x text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT any_value(v) FROM (VALUES (x)) q(v)';
  CREATE FUNCTION merging() RETURNS int LANGUAGE plpgsql SET transaction_timeout = '1s' AS $$
    DECLARE n int; BEGIN MERGE INTO parent p USING child c ON p.a = c.a WHEN MATCHED THEN DELETE RETURNING p.a INTO n; RETURN n; END $$;
  ALTER DEFAULT PRIVILEGES GRANT MAINTAIN ON TABLES TO reader;
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO everything;
`;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('newer');
  await server.asMaster('newer', newer);
}, 60_000);
afterAll(() => server.stop());

const find = (major: number): Promise<NewerFeature[]> =>
  listNewerFeatures(server.sessions, server.database('newer'), major);
const lines = (found: readonly NewerFeature[]): string[] =>
  found.map(({ what, objects }) => `${what}: ${objects.join(', ')}`);

const notOn16 = [
  'collations of the provider builtin: public.built',
  'identity columns of partitioned tables: public.parted.id',
  'exclusion constraints of partitioned tables: public.parted.parted_r_excl',
  'access methods of partitioned tables: public.parted',
  'grants of MAINTAIN: default privileges of master to reader, public.parent to reader',
];
const syntaxNotOn16 = [
  'uses of JSON_TABLE: view public.j',
  'uses of MERGE … RETURNING: function public.merging()',
  'uses of to_oct(): default of public.guarded.a',
];

test('all that a server of 16 lacks is named, with what it is in', async () => {
  expect(lines(await find(16)).sort()).toEqual(
    [
      ...notOn16,
      "memberships in PostgreSQL's own roles: pg_maintain to keeper",
      'settings of parameters: database io_combine_limit=64kB, function public.merging() transaction_timeout=1s, role keeper transaction_timeout=5s',
      ...syntaxNotOn16,
    ].sort(),
  );
});

test('a server of 15 lacks more, and one of 14 still more', async () => {
  const on15 = lines(await find(15));
  expect(on15).toEqual(expect.arrayContaining([...notOn16, ...syntaxNotOn16]));
  expect(on15).toEqual(
    expect.arrayContaining([
      'collations with rules of their own: public.ruled',
      "memberships in PostgreSQL's own roles: pg_maintain to keeper, pg_use_reserved_connections to keeper",
      'uses of IS JSON: table constraint guarded_body_check on public.guarded',
      'uses of any_value(): function public.any_value_of(pg_catalog.text)',
    ]),
  );
  const on14 = lines(await find(14));
  expect(on14).toEqual(
    expect.arrayContaining([
      'unique indexes with NULLS NOT DISTINCT: public.unique_nulls_a_key',
      'publications of some rows, some columns or whole schemas: partly',
      'views with security_invoker: public.invoker',
      'foreign keys that set only some columns on DELETE: public.child.child_a_b_fkey',
      'columns with a negative scale: public.unique_nulls.b',
      'uses of MERGE: function public.merging()',
    ]),
  );
  expect(on15.filter((one) => one.includes('NULLS NOT DISTINCT'))).toEqual([]);
});

test('a server of the same major version lacks nothing', async () => {
  expect(await find(17)).toEqual([]);
});

test('a database with one of everything else can go to 15', async () => {
  await server.createDatabase('zoo');
  await server.asMaster(
    'zoo',
    await readFile(new URL('../fixtures/schema-zoo.sql', import.meta.url), 'utf8'),
  );
  const found = lines(await listNewerFeatures(server.sessions, server.database('zoo'), 15));
  // Roles are of the whole server.
  expect(found.filter((one) => !one.includes('keeper'))).toEqual([]);
}, 60_000);
