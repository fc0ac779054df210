import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fingerprint } from '../../src/postgres/fingerprint.js';
import { takeFingerprint } from '../../src/postgres/take-fingerprint.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

/** Where the objects of a catalog are compared: a section and the key there, as SQL; or why not by themselves. */
interface Account {
  readonly section: string;
  readonly key: string;
  /** SQL: objects that are part of another one, which is compared. Default: none. */
  readonly partOf?: string;
}

const name = (schema: string, own: string): string =>
  `(SELECT format('%I.%I', n.nspname, o.${own}) FROM pg_namespace n WHERE n.oid = o.${schema})`;
const ofTable = (relation: string, own: string): string =>
  `(SELECT format('%I.%I.%I', n.nspname, c.relname, o.${own}) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = o.${relation})`;
const identified = `(SELECT i.type || ' ' || i.identity FROM pg_identify_object(o.tableoid, o.oid, 0) i)`;
const other: Account = { section: `'other objects'`, key: identified };

/** Every catalog with objects in it that a user can make in a database. */
const accounts: Readonly<Record<string, Account>> = {
  pg_class: {
    section: `CASE WHEN o.relkind IN ('i', 'I') THEN 'indexes' WHEN o.relkind = 'S' THEN 'sequences' WHEN o.relkind = 'c' THEN 'types' ELSE 'tables' END`,
    key: name('relnamespace', 'relname'),
    partOf: `o.relnamespace = 'pg_toast'::regnamespace`,
  },
  pg_type: {
    section: `'types'`,
    key: name('typnamespace', 'typname'),
    // The row type of a table, the array of a type.
    partOf: `o.typcategory = 'A' OR EXISTS (SELECT FROM pg_class c WHERE c.oid = o.typrelid AND c.relkind <> 'c')`,
  },
  pg_proc: { section: `'functions'`, key: identified },
  pg_constraint: {
    section: `CASE o.contype WHEN 't' THEN 'triggers' ELSE 'constraints' END`,
    key: `CASE WHEN o.conrelid <> 0 THEN ${ofTable('conrelid', 'conname')} ELSE (SELECT i.type || ' ' || i.identity FROM pg_identify_object('pg_type'::regclass, o.contypid, 0) i) || ' ' || quote_ident(o.conname) END`,
    // Whether a column or a domain may be null is compared with it, for every version alike.
    partOf: `o.contype = 'n'`,
  },
  pg_trigger: { section: `'triggers'`, key: ofTable('tgrelid', 'tgname'), partOf: 'o.tgisinternal' },
  pg_rewrite: {
    section: `CASE o.rulename WHEN '_RETURN' THEN 'views' ELSE 'rules' END`,
    key: `CASE o.rulename WHEN '_RETURN' THEN (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = o.ev_class)
      ELSE ${ofTable('ev_class', 'rulename')} END`,
  },
  pg_attrdef: {
    section: `'columns'`,
    key: `(SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.adnum WHERE c.oid = o.adrelid)`,
  },
  pg_policy: { section: `'policies'`, key: ofTable('polrelid', 'polname') },
  pg_statistic_ext: { section: `'statistics objects'`, key: name('stxnamespace', 'stxname') },
  pg_namespace: { section: `'schemas'`, key: 'quote_ident(o.nspname)', partOf: `o.nspname ~ '^pg_'` },
  pg_extension: { section: `'extensions'`, key: 'quote_ident(o.extname)' },
  pg_publication: { section: `'publications'`, key: 'quote_ident(o.pubname)' },
  pg_event_trigger: { section: `'event triggers'`, key: 'quote_ident(o.evtname)' },
  pg_operator: other,
  pg_opclass: other,
  pg_opfamily: other,
  pg_cast: other,
  pg_collation: other,
  pg_conversion: other,
  pg_language: other,
  pg_transform: other,
  pg_am: other,
  pg_ts_config: other,
  pg_ts_dict: other,
  pg_ts_parser: other,
  pg_ts_template: other,
  pg_foreign_data_wrapper: other,
  pg_foreign_server: other,
};

/** Catalogs of which no single object has a key: what they hold is in other sections, or is nobody's to move. */
const elsewhere: Readonly<Record<string, string>> = {
  pg_amop: 'operators of a family, in other objects',
  pg_amproc: 'functions of a family, in other objects',
  pg_enum: 'labels, in types',
  pg_publication_rel: 'tables, in publications',
  pg_publication_namespace: 'schemas, in publications',
  pg_default_acl: 'default privileges, one line a privilege',
  pg_largeobject_metadata: 'large objects, counted and summed; owners and grants have sections',
  pg_user_mapping: 'user mappings, by server and user',
  pg_subscription: 'not moved: the check of subscriptions refuses them',
  pg_database: 'of the server; what is set for this one is in database and database settings',
  pg_authid: 'of the server: roles',
  pg_auth_members: 'of the server: in roles',
  pg_tablespace: 'of the server: none on Aurora',
  pg_parameter_acl: 'of the server: only AWS grants on parameters',
};

let server: PostgresServer;
let found: Fingerprint;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('zoo');
  for (const file of ['schema-zoo.sql', 'schema-zoo-rare.sql'])
    await server.asMaster('zoo', await readFile(new URL(`../fixtures/${file}`, import.meta.url), 'utf8'));
  // What only a superuser can make, or AWS's own.
  await server.asSuperuser(
    'zoo',
    `CREATE OPERATOR FAMILY rare.family USING btree; CREATE OPERATOR CLASS rare.class FOR TYPE rare.money_like USING hash FAMILY rare.family_of_hash
       AS OPERATOR 1 pg_catalog.=(record, record), FUNCTION 1 hash_record(record);
     CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper;
     CREATE FOREIGN TABLE rare.far (id int) SERVER elsewhere; CREATE USER MAPPING FOR zoo_app SERVER elsewhere;
     CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler`.replace(
      'CREATE OPERATOR CLASS',
      'CREATE OPERATOR FAMILY rare.family_of_hash USING hash; CREATE OPERATOR CLASS',
    ),
  );
  const signal = new AbortController().signal;
  found = await takeFingerprint(server.sessions, server.database('zoo'), { mode: 'count', jobs: 1, signal });
}, 120_000);
afterAll(() => server.stop());

test('every catalog that holds objects is accounted for', async () => {
  const rows = await server.asSuperuser(
    'zoo',
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid' AND a.attnum > 0
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' ORDER BY 1`,
  );
  const catalogs = rows.map(({ name }) => String(name));
  expect(catalogs.filter((one) => !(one in accounts) && !(one in elsewhere))).toEqual([]);
});

test('every object of the zoo has a key in its section, or is part of one that has', async () => {
  const missing: string[] = [];
  let [keyed, parts] = [0, 0];
  for (const [catalog, { section, key, partOf = 'false' }] of Object.entries(accounts)) {
    const rows = await server.sessions.use(server.database('zoo'), { mode: 'read' }, (session) =>
      session.rows<{ section: string; key: string | null; part: boolean; object: string }>(
        `SELECT ${section} AS section, ${key} AS key, (${partOf}) AS part, ${identified} AS object
         FROM pg_catalog.${catalog} o WHERE (o.oid >= 16384 OR ${catalog === 'pg_namespace' ? `o.nspname = 'public'` : 'false'})
           AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = o.tableoid AND x.objid = o.oid AND x.deptype = 'e')`,
      ),
    );
    for (const row of rows) {
      if (row.part) parts += 1;
      else if (found.sections[row.section]?.[row.key ?? ''] !== undefined) keyed += 1;
      else missing.push(`${catalog}: ${row.object}`);
    }
  }
  process.stderr.write(
    `objects of the zoo: ${keyed} with a key, ${parts} part of another, ${missing.length} missing\n`,
  );
  expect(missing).toEqual([]);
  expect(keyed).toBeGreaterThan(250);
});
