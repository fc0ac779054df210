import type { Session } from '../../../src/postgres/session.js';
import type { Mutation, MutationFinder } from './mutation.js';

interface Family {
  readonly kind: string;
  /** Gives `sql` and `place` of every change of this kind; `undo` where a rollback does not take it back. */
  readonly query: string;
  readonly asSuperuser?: boolean;
}

const users = `n.nspname !~ '^pg_|^information_schema$'`;
const ours = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
const relations = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND ${users}`;
const own = ours('pg_class', 'c.oid');
const functions = `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND ${users} AND ${ours('pg_proc', 'p.oid')}`;
const types = `pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND ${users} AND ${ours('pg_type', 't.oid')}`;
const of = (name: string): string => `format('%I.%I', n.nspname, ${name})`;
/** Of the sequence `c`, as it is now. */
const stateOf = (column: string): string =>
  `(xpath('/row/${column}/text()', query_to_xml(format('SELECT ${column} FROM %s', ${of('c.relname')}), false, true, '')))[1]`;

const tables: readonly Family[] = [
  {
    kind: 'a default lost',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I DROP DEFAULT', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.atthasdef AND a.attgenerated = '' WHERE ${own} AND c.relkind = 'r'`,
  },
  {
    kind: 'a default changed',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I SET DEFAULT 4711', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.atttypid = 'int4'::regtype AND a.attidentity = '' WHERE ${own} AND c.relkind = 'r' AND NOT a.attisdropped`,
  },
  {
    kind: 'a NOT NULL lost',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I DROP NOT NULL', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND a.attidentity = '' WHERE ${own} AND c.relkind = 'r' AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident) AND a.attnum = ANY (i.indkey))`,
  },
  {
    kind: 'a storage changed',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I SET STORAGE MAIN', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attstorage = 'x' WHERE ${own} AND c.relkind = 'r' AND NOT a.attisdropped`,
  },
  {
    kind: 'a compression lost',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I SET COMPRESSION pglz', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype) AND a.attcompression <> 'p' WHERE ${own} AND c.relkind = 'r' AND NOT a.attisdropped`,
  },
  {
    kind: 'a statistics target changed',
    query: `SELECT format('ALTER TABLE ONLY %s ALTER %I SET STATISTICS 333', ${of('c.relname')}, a.attname) AS sql, format('columns: %s.%I', ${of('c.relname')}, a.attname) AS place
      FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE ${own} AND c.relkind = 'r' AND NOT a.attisdropped`,
  },
  {
    kind: 'a column added',
    query: `SELECT format('ALTER TABLE ONLY %s ADD one_more int', ${of('c.relname')}) AS sql, format('columns: %s.one_more', ${of('c.relname')}) AS place
      FROM ${relations} WHERE ${own} AND c.relkind = 'r' AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhparent = c.oid)`,
  },
  {
    kind: 'a table renamed',
    query: `SELECT format('ALTER TABLE %s RENAME TO renamed', ${of('c.relname')}) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} WHERE ${own} AND c.relkind IN ('r', 'p')`,
  },
  {
    kind: 'a storage parameter',
    query: `SELECT format('ALTER TABLE %s SET (fillfactor = 71)', ${of('c.relname')}) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} WHERE ${own} AND c.relkind IN ('r', 'm')`,
  },
  {
    kind: 'a storage parameter of TOAST',
    query: `SELECT format('ALTER TABLE %s SET (toast.autovacuum_enabled = off)', ${of('c.relname')}) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} WHERE ${own} AND c.relkind = 'r' AND c.reltoastrelid <> 0
      AND NOT EXISTS (SELECT 1 FROM pg_class t WHERE t.oid = c.reltoastrelid AND 'autovacuum_enabled=off' = ANY (t.reloptions))`,
  },
  {
    kind: 'an owner changed',
    query: `SELECT format('GRANT CREATE ON SCHEMA %I TO zoo_owner; ALTER %s %s OWNER TO zoo_owner', n.nspname, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, ${of('c.relname')}) AS sql,
      CASE c.relkind WHEN 'S' THEN 'sequences: ' ELSE 'tables: ' END || ${of('c.relname')} AS place FROM ${relations}
      WHERE ${own} AND c.relkind IN ('r', 'v', 'm', 'S') AND pg_get_userbyid(c.relowner) = 'master' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))`,
  },
  {
    kind: 'row security switched',
    query: `SELECT format('ALTER TABLE %s %s ROW LEVEL SECURITY', ${of('c.relname')}, CASE WHEN c.relrowsecurity THEN 'DISABLE' ELSE 'FORCE' END) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} WHERE ${own} AND c.relkind = 'r'`,
  },
  {
    kind: 'a replica identity',
    query: `SELECT format('ALTER TABLE %s REPLICA IDENTITY FULL', ${of('c.relname')}) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} WHERE ${own} AND c.relkind = 'r'`,
  },
  {
    kind: 'a partition detached',
    query: `SELECT format('ALTER TABLE %s DETACH PARTITION %s', h.inhparent::regclass, ${of('c.relname')}) AS sql, 'tables: ' || ${of('c.relname')} AS place FROM ${relations} JOIN pg_inherits h ON h.inhrelid = c.oid WHERE c.relispartition AND c.relkind IN ('r', 'p')`,
  },
  {
    kind: 'a partition bound changed',
    query: `SELECT 'ALTER TABLE app.events DETACH PARTITION app.events_2024; ALTER TABLE app.events ATTACH PARTITION app.events_2024 FOR VALUES FROM (''2023-12-31'') TO (''2025-01-01'')' AS sql, 'tables: app.events_2024' AS place`,
  },
];

const attached: readonly Family[] = [
  {
    kind: 'an index dropped',
    query: `SELECT format('DROP INDEX %s', ${of('x.relname')}) AS sql, 'indexes: ' || ${of('x.relname')} AS place FROM ${relations} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
      WHERE ${own} AND c.relkind IN ('r', 'p', 'm') AND NOT x.relispartition AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.oid)`,
  },
  {
    kind: 'an index invalid',
    asSuperuser: true,
    query: `SELECT format('UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s', x.oid) AS sql, format('UPDATE pg_index SET indisvalid = true WHERE indexrelid = %s', x.oid) AS undo,
      'indexes: ' || ${of('x.relname')} AS place FROM ${relations} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid WHERE ${own} AND c.relkind IN ('r', 'm')`,
  },
  {
    kind: 'an index made otherwise',
    query: `SELECT format('DROP INDEX %s; %s', ${of('x.relname')}, replace(replace(replace(pg_get_indexdef(x.oid), 'vector_cosine_ops', 'vector_l2_ops'), '(embedding) WITH (lists', '(embedding vector_ip_ops) WITH (lists'), 'm=''8''', 'm=''9''')) AS sql, 'indexes: ' || ${of('x.relname')} AS place
      FROM ${relations} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid WHERE x.relname IN ('chunks_hnsw', 'chunks_ivf')`,
  },
  {
    kind: 'a statistics target of an index',
    query: `SELECT format('ALTER INDEX %s ALTER COLUMN 1 SET STATISTICS 222', ${of('x.relname')}) AS sql, 'indexes: ' || ${of('x.relname')} AS place FROM ${relations} JOIN pg_index i ON i.indrelid = c.oid AND i.indexprs IS NOT NULL JOIN pg_class x ON x.oid = i.indexrelid WHERE ${own} AND i.indkey[0] = 0`,
  },
  {
    kind: 'a constraint dropped',
    query: `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', ${of('c.relname')}, k.conname) AS sql, format('constraints: %s.%I', ${of('c.relname')}, k.conname) AS place FROM ${relations} JOIN pg_constraint k ON k.conrelid = c.oid
      WHERE ${own} AND k.contype IN ('c', 'f', 'u', 'p', 'x') AND k.conislocal AND NOT c.relispartition AND c.relkind IN ('r', 'p')`,
  },
  {
    kind: 'a constraint not validated',
    asSuperuser: true,
    query: `SELECT format('UPDATE pg_constraint SET convalidated = false WHERE oid = %s', k.oid) AS sql, format('UPDATE pg_constraint SET convalidated = true WHERE oid = %s', k.oid) AS undo, format('constraints: %s.%I', ${of('c.relname')}, k.conname) AS place
      FROM ${relations} JOIN pg_constraint k ON k.conrelid = c.oid WHERE ${own} AND k.contype IN ('c', 'f') AND k.convalidated AND c.relkind = 'r'`,
  },
  {
    kind: 'a constraint no longer deferred',
    query: `SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', ${of('c.relname')}, k.conname) AS sql, format('constraints: %s.%I', ${of('c.relname')}, k.conname) AS place FROM ${relations} JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype = 'f' AND k.condeferred`,
  },
  {
    kind: 'a trigger dropped',
    query: `SELECT format('DROP TRIGGER %I ON %s', g.tgname, ${of('c.relname')}) AS sql, format('triggers: %s.%I', ${of('c.relname')}, g.tgname) AS place FROM ${relations} JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgparentid = 0`,
  },
  {
    kind: 'a trigger switched',
    query: `SELECT format('ALTER TABLE %s %s TRIGGER %I', ${of('c.relname')}, CASE g.tgenabled WHEN 'D' THEN 'ENABLE' ELSE 'DISABLE' END, g.tgname) AS sql, format('triggers: %s.%I', ${of('c.relname')}, g.tgname) AS place FROM ${relations} JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal WHERE c.relkind <> 'v'`,
  },
  {
    kind: 'a rule dropped or switched',
    query: `SELECT format(d.sql, r.rulename, ${of('c.relname')}) AS sql, format('rules: %s.%I', ${of('c.relname')}, r.rulename) AS place FROM ${relations} JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
      CROSS JOIN (VALUES ('DROP RULE %I ON %s'), ('ALTER TABLE %2$s DISABLE RULE %1$I')) d(sql) WHERE ${own}`,
  },
  {
    kind: 'a policy dropped or changed',
    query: `SELECT format(d.sql, p.polname, ${of('c.relname')}) AS sql, format('policies: %s.%I', ${of('c.relname')}, p.polname) AS place FROM ${relations} JOIN pg_policy p ON p.polrelid = c.oid
      CROSS JOIN (VALUES ('DROP POLICY %I ON %s', '*'), ('ALTER POLICY %I ON %s USING (true)', 'r'), ('ALTER POLICY %I ON %s TO zoo_owner', '*'), ('ALTER POLICY %I ON %s WITH CHECK (true)', 'a')) d(sql, command) WHERE d.command IN ('*', p.polcmd)`,
  },
  {
    kind: 'a comment lost or changed',
    query: `SELECT format('COMMENT ON %s %s IS %s', upper(replace(replace(i.type, 'table column', 'column'), 'default value', '')), i.identity, d.text) AS sql, format('comments: %s %s', i.type, i.identity) AS place
      FROM pg_description e CROSS JOIN LATERAL pg_identify_object(e.classoid, e.objoid, e.objsubid) i CROSS JOIN (VALUES ('NULL'), ('''other''')) d(text)
      WHERE (e.objoid >= 16384 OR i.identity = 'public') AND i.type IN ('table', 'table column', 'function', 'schema') AND ${ours('e.classoid', 'e.objoid').replace("'e.classoid'::regclass", 'e.classoid')}`,
  },
  {
    kind: 'a comment added',
    query: `SELECT format('COMMENT ON %s %s IS ''new''', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, ${of('c.relname')}) AS sql, format('comments: %s %s', i.type, i.identity) AS place
      FROM ${relations} CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) i WHERE ${own} AND c.relkind IN ('r', 'v', 'm', 'S', 'i') AND obj_description(c.oid, 'pg_class') IS NULL`,
  },
  {
    kind: 'a statistics object dropped or changed',
    query: `SELECT d.sql, 'statistics objects: app.chunk_stats' AS place FROM (VALUES ('DROP STATISTICS app.chunk_stats'), ('ALTER STATISTICS app.chunk_stats SET STATISTICS 77')) d(sql)`,
  },
];

const programs: readonly Family[] = [
  {
    kind: 'a view dropped or changed',
    query: `SELECT d.sql, d.place FROM (VALUES ('DROP VIEW app.active', 'views: app.active'),
      ('CREATE OR REPLACE VIEW app.active AS SELECT u.id, u.name FROM app.users u WHERE u.mood <> ''ok'' WITH CASCADED CHECK OPTION', 'views: app.active'),
      ('ALTER VIEW app.active RESET (check_option)', 'tables: app.active'), ('ALTER VIEW app.active SET (security_barrier = true)', 'tables: app.active'),
      ('DROP MATERIALIZED VIEW app.on_matview', 'views: app.on_matview'), ('REFRESH MATERIALIZED VIEW app.unpopulated', 'views: app.unpopulated'),
      ('REFRESH MATERIALIZED VIEW app.per_document WITH NO DATA', 'views: app.per_document')) d(sql, place)`,
  },
  {
    kind: 'a function changed',
    query: `SELECT format('ALTER ROUTINE %s %s', p.oid::regprocedure, d.change) AS sql, format('functions: %s', i.type || ' ' || i.identity) AS place FROM ${functions} AND p.prokind = 'f' AND pg_get_userbyid(p.proowner) = 'master' CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) i
      CROSS JOIN (VALUES ('COST 7'), ('SECURITY DEFINER'), ('SET work_mem = ''5MB'''), ('STRICT'), ('PARALLEL SAFE'), ('STABLE')) d(change)
      WHERE position(d.change IN pg_get_functiondef(p.oid)) = 0`,
  },
  {
    kind: 'a function with another body',
    query: `SELECT 'CREATE OR REPLACE FUNCTION app.double(x int) RETURNS int LANGUAGE sql IMMUTABLE AS ''SELECT x * 3''' AS sql, 'functions: function app.double' AS place`,
  },
  {
    kind: 'an object dropped',
    query: `SELECT d.sql, d.place FROM (VALUES ('DROP PROCEDURE app.touch()', 'functions: procedure app.touch'), ('DROP AGGREGATE app.total(int)', 'functions: aggregate app.total'), ('DROP CAST (app.pair AS text)', 'other objects: cast'),
      ('DROP OPERATOR app.=== (int, int)', 'other objects: operator app.==='), ('DROP TEXT SEARCH CONFIGURATION app.plain', 'other objects: text search configuration app.plain'), ('DROP SEQUENCE app.alone', 'sequences: app.alone'),
      ('DROP EXTENSION btree_gist CASCADE', 'extensions: btree_gist'), ('DROP SCHEMA owned CASCADE', 'schemas: owned'), ('DROP TABLE app.empty CASCADE', 'tables: app.empty'), ('DROP TABLE app.nothing', 'tables: app.nothing'), ('DROP DOMAIN app.email CASCADE', 'types: app.email')) d(sql, place)`,
  },
  {
    kind: 'an aggregate made otherwise',
    query: `SELECT 'CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = ''1'')' AS sql, 'functions: aggregate app.total' AS place
      UNION ALL SELECT 'CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = ''0'', PARALLEL = SAFE, COMBINEFUNC = int4pl)', 'functions: aggregate app.total'
      UNION ALL SELECT 'CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = ''0'', MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int, MINITCOND = ''0'')', 'functions: aggregate app.total'
      UNION ALL SELECT 'CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = ''0'', SORTOP = OPERATOR(pg_catalog.<))', 'functions: aggregate app.total'`,
  },
  {
    kind: 'a rare object changed',
    query: `SELECT d.sql, d.place FROM (VALUES ('DROP OPERATOR app.=== (int, int); CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4ne)', 'other objects: operator app.==='),
      ('ALTER OPERATOR app.=== (int, int) SET (RESTRICT = eqsel)', 'other objects: operator app.==='),
      ('DROP CAST (app.pair AS text); CREATE CAST (app.pair AS text) WITH INOUT AS IMPLICIT', 'other objects: cast'),
      ('ALTER TEXT SEARCH CONFIGURATION app.plain ALTER MAPPING FOR asciiword WITH english_stem', 'other objects: text search configuration app.plain'),
      ('ALTER TEXT SEARCH CONFIGURATION app.plain DROP MAPPING FOR word', 'other objects: text search configuration app.plain'),
      ('ALTER COLLATION app.german RENAME TO swiss', 'other objects: collation app.german')) d(sql, place)`,
  },
  {
    kind: 'a label of an enum',
    query: `SELECT format('ALTER TYPE %s RENAME VALUE %L TO %L', ${of('t.typname')}, e.enumlabel, e.enumlabel || ' ') AS sql, 'types: ' || ${of('t.typname')} AS place FROM ${types} JOIN pg_enum e ON e.enumtypid = t.oid`,
  },
  {
    kind: 'a label of an enum added',
    query: `SELECT format('ALTER TYPE %s ADD VALUE ''new'' BEFORE %L', ${of('t.typname')}, e.enumlabel) AS sql, 'types: ' || ${of('t.typname')} AS place FROM ${types} JOIN pg_enum e ON e.enumtypid = t.oid`,
  },
  {
    kind: 'a type changed',
    query: `SELECT d.sql, d.place FROM (VALUES ('ALTER DOMAIN app.email DROP NOT NULL', 'types: app.email'), ('ALTER DOMAIN app.email SET DEFAULT ''a@b''', 'types: app.email'), ('ALTER DOMAIN app.email DROP CONSTRAINT email_check', 'constraints: '),
      ('ALTER DOMAIN app.email ADD CONSTRAINT longer CHECK (length(VALUE) > 2) NOT VALID', 'constraints: '), ('ALTER TYPE app.pair ADD ATTRIBUTE more int CASCADE', 'types: app.pair'), ('ALTER TYPE app.pair RENAME ATTRIBUTE a TO z CASCADE', 'types: app.pair'),
      ('ALTER TYPE rare.money_like ALTER ATTRIBUTE unit TYPE text COLLATE "C"', 'types: rare.money_like')) d(sql, place)`,
  },
  {
    kind: 'a sequence defined otherwise',
    query: `SELECT format('ALTER SEQUENCE %s %s', ${of('c.relname')}, d.change) AS sql, 'sequences: ' || ${of('c.relname')} AS place FROM ${relations} AND c.relkind = 'S'
      CROSS JOIN (VALUES ('CACHE 23'), ('START 49'), ('MAXVALUE 30000')) d(change) WHERE ${own}`,
  },
  {
    kind: 'a sequence behind',
    query: `SELECT format('SELECT setval(%L, %s, %s)', ${of('c.relname')}, CASE c.relname WHEN 'alone' THEN '50' WHEN 'unused' THEN '76' ELSE '2' END, (c.relname <> 'unused')::text) AS sql,
      format('SELECT setval(%L, %s, %s)', ${of('c.relname')}, ${stateOf('last_value')}, ${stateOf('is_called')}) AS undo,
      'value of ' || ${of('c.relname')} AS place FROM ${relations} AND c.relkind = 'S' WHERE ${own}`,
  },
];

const shared: readonly Family[] = [
  {
    kind: 'a grant taken',
    query: `SELECT format('REVOKE %s ON %s %s FROM %I', a.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, ${of('c.relname')}, pg_get_userbyid(a.grantee)) AS sql, format('grants: %s %s %s to ', i.type, i.identity, a.privilege_type) AS place
      FROM ${relations} CROSS JOIN LATERAL aclexplode(c.relacl) a CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) i WHERE ${own} AND a.grantee <> 0
      -- Without these the login that compares could not read.
      AND NOT (a.privilege_type = 'SELECT' AND (pg_get_userbyid(a.grantee) = current_user OR a.grantee = c.relowner))`,
  },
  {
    kind: 'a grant given',
    query: `SELECT format('GRANT %s ON %s TO zoo_owner', d.privilege, ${of('c.relname')}) AS sql, format('grants: %s %s %s to zoo_owner', i.type, i.identity, d.privilege) AS place FROM ${relations} CROSS JOIN (VALUES ('SELECT'), ('DELETE'), ('TRUNCATE')) d(privilege)
      CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) i WHERE ${own} AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_get_userbyid(c.relowner) <> 'zoo_owner'`,
  },
  {
    kind: 'the option to grant lost',
    query: `SELECT 'REVOKE GRANT OPTION FOR SELECT ON app.users FROM zoo_app' AS sql, 'grants: table app.users SELECT to zoo_app' AS place`,
  },
  {
    kind: 'a privilege on something else',
    query: `SELECT d.sql, d.place FROM (VALUES ('GRANT EXECUTE ON FUNCTION app.double(int) TO PUBLIC', 'grants: function app.double(integer) EXECUTE to public'), ('REVOKE EXECUTE ON FUNCTION app.double(int) FROM zoo_app', 'grants: function app.double(integer) EXECUTE to zoo_app'),
      ('REVOKE USAGE ON SCHEMA app FROM zoo_app', 'grants: schema app USAGE to zoo_app'), ('REVOKE USAGE ON TYPE app.mood FROM PUBLIC', 'grants: type app.mood USAGE to public'), ('REVOKE SELECT (id) ON app.chunks FROM "Zoo Reader"', 'grants: table column app.chunks.id SELECT'),
      ('GRANT SELECT (name) ON app.users TO zoo_owner', 'grants: table column app.users.name SELECT'), ('REVOKE CONNECT ON DATABASE zoo FROM PUBLIC', 'grants: database CONNECT to public'), ('GRANT CREATE ON DATABASE zoo TO zoo_app', 'grants: database CREATE to zoo_app'),
      ('ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM "Zoo Reader"', 'default privileges: '), ('ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO zoo_app', 'default privileges: '),
      ('ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC', 'default privileges: ')) d(sql, place)`,
  },
  {
    kind: 'a privilege on a member of an extension',
    asSuperuser: true,
    query: `SELECT d.sql, d.undo, 'grants on members of extensions: function public.show_trgm(' AS place FROM (VALUES
      ('REVOKE EXECUTE ON FUNCTION public.show_trgm(text) FROM PUBLIC', 'GRANT EXECUTE ON FUNCTION public.show_trgm(text) TO PUBLIC'),
      ('GRANT EXECUTE ON FUNCTION public.show_trgm(text) TO zoo_app', 'REVOKE EXECUTE ON FUNCTION public.show_trgm(text) FROM zoo_app')) d(sql, undo)`,
  },
  {
    kind: 'a setting lost or changed',
    query: `SELECT d.sql, 'database settings: ' AS place FROM (VALUES ('ALTER DATABASE zoo SET work_mem = ''9MB'''), ('ALTER ROLE zoo_app RESET statement_timeout'), ('ALTER ROLE zoo_app SET statement_timeout = ''46s'''), ('ALTER ROLE zoo_app IN DATABASE zoo SET lock_timeout = ''1s''')) d(sql)`,
  },
  {
    kind: 'a role changed',
    query: `SELECT d.sql, d.place FROM (VALUES ('ALTER ROLE zoo_app NOLOGIN', 'roles: zoo_app'), ('ALTER ROLE zoo_app CONNECTION LIMIT 8', 'roles: zoo_app'), ('ALTER ROLE zoo_app NOINHERIT', 'roles: zoo_app'), ('REVOKE "Zoo Reader" FROM zoo_app', 'roles: zoo_app'),
      ('ALTER ROLE zoo_app VALID UNTIL ''2031-01-01''', 'roles: zoo_app'), ('ALTER ROLE "Zoo Reader" CREATEDB', 'roles: "Zoo Reader"'), ('CREATE ROLE more', 'roles: more'), ('ALTER DATABASE zoo CONNECTION LIMIT 5', 'database: connection limit')) d(sql, place)`,
  },
  {
    kind: 'a large object',
    query: `SELECT d.sql, d.place FROM (VALUES ('SELECT lo_put(700001, 1234, ''\\x00'')', 'large objects'), ('SELECT lo_put(700003, 2300000, ''\\x00'')', 'large objects'), ('SELECT lo_unlink(700002)', 'large objects'), ('SELECT lo_put(700002, 0, ''\\x00'')', 'large objects'), ('SELECT lo_create(700009)', 'large objects'),
      ('GRANT SELECT ON LARGE OBJECT 700003 TO zoo_app', 'grants: large object 700003 SELECT to zoo_app'), ('REVOKE SELECT ON LARGE OBJECT 700001 FROM zoo_app', 'grants: large object 700001 SELECT to zoo_app'), ('ALTER LARGE OBJECT 700001 OWNER TO zoo_owner', 'owners of large objects: ')) d(sql, place)`,
  },
];

/** Every change of these kinds that this database allows. */
export const findCatalogMutations: MutationFinder = async (session) => {
  const found: Mutation[] = [];
  for (const family of [...tables, ...attached, ...programs, ...shared])
    found.push(...(await list(session, family)));
  return found;
};

async function list(session: Session, { kind, query, asSuperuser }: Family): Promise<Mutation[]> {
  const rows = await session.rows<{ sql: string; place: string; undo?: string }>(query);
  if (rows.length === 0) throw new Error(`the zoo has nothing for: ${kind}`);
  return rows.map((row) => ({ kind, ...row, ...(asSuperuser === undefined ? {} : { asSuperuser }) }));
}
