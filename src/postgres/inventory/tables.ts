import { identity, notOfExtension, owner, userSchema } from './section.js';
import type { Section } from './section.js';

const ofUsers = `${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`;
const named = `format('%I.%I', n.nspname, c.relname)`;
const relation = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;

export const tableSections: readonly Section[] = [
  {
    name: 'tables',
    sql: `SELECT ${named} AS key, jsonb_build_object(
        'kind', c.relkind, 'owner', ${owner('c.relowner')}, 'persistence', c.relpersistence, 'options', c.reloptions,
        'rowSecurity', c.relrowsecurity, 'forceRowSecurity', c.relforcerowsecurity, 'replicaIdentity', c.relreplident,
        'partitionBound', pg_get_expr(c.relpartbound, c.oid), 'partitionKey', pg_get_partkeydef(c.oid),
        'ofType', nullif(c.reloftype, 0)::regtype,
        'toastOptions', (SELECT o.reloptions FROM pg_class o WHERE o.oid = nullif(c.reltoastrelid, 0)),
        'foreign', (SELECT jsonb_build_object('server', v.srvname, 'options', f.ftoptions)
          FROM pg_foreign_table f JOIN pg_foreign_server v ON v.oid = f.ftserver WHERE f.ftrelid = c.oid),
        'method', (SELECT amname FROM pg_am WHERE oid = c.relam AND c.relkind IN ('r', 'm')),
        'parents', (SELECT jsonb_agg(${identity('pg_class', 'h.inhparent')} ORDER BY h.inhseqno)
          FROM pg_inherits h WHERE h.inhrelid = c.oid))::text AS value
      FROM ${relation} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${ofUsers}`,
  },
  {
    // Options named pg_… are the server's own bookkeeping (17.12 stamps every column with `pg_attver`).
    name: 'columns',
    sql: `SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) AS key, jsonb_build_object(
        'position', row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
        'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated,
        'collation', (SELECT o.collname FROM pg_collation o, pg_type t WHERE t.oid = a.atttypid
          AND o.oid = a.attcollation AND a.attcollation <> t.typcollation),
        'storage', a.attstorage, 'options', (SELECT jsonb_agg(o ORDER BY o) FROM unnest(a.attoptions) o WHERE o !~ '^pg_'), 'statistics', nullif(a.attstattarget, -1),
        'compression', nullif(to_jsonb(a) ->> 'attcompression', ''), 'foreignOptions', a.attfdwoptions,
        'inherited', NOT a.attislocal)::text AS value
      FROM ${relation} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${ofUsers}`,
  },
  {
    name: 'indexes',
    sql: `SELECT format('%I.%I', n.nspname, x.relname) AS key, jsonb_build_object(
        'definition', pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid, 'ready', i.indisready,
        'clustered', i.indisclustered, 'replicaIdentity', i.indisreplident,
        'method', (SELECT amname FROM pg_am WHERE oid = x.relam),
        'operatorClasses', (SELECT jsonb_agg(${identity('pg_opclass', 'o.oid')} ORDER BY o.ordinality)
          FROM unnest(i.indclass::oid[]) WITH ORDINALITY o(oid, ordinality)),
        'statistics', (SELECT jsonb_object_agg(s.attnum, s.attstattarget) FROM pg_attribute s
          WHERE s.attrelid = x.oid AND s.attstattarget >= 0),
        'parent', (SELECT ${identity('pg_class', 'h.inhparent')} FROM pg_inherits h WHERE h.inhrelid = x.oid))::text AS value
      FROM ${relation} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
      WHERE c.relkind IN ('r', 'p', 'm') AND ${ofUsers}`,
  },
  {
    // Not-null constraints are rows here from PostgreSQL 18 on; the columns' section compares them for every version.
    name: 'constraints',
    sql: `SELECT CASE WHEN k.conrelid <> 0 THEN format('%I.%I.%I', n.nspname, c.relname, k.conname)
          ELSE ${identity('pg_type', 'k.contypid')} || ' ' || quote_ident(k.conname) END AS key, jsonb_build_object(
        'definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated, 'deferrable', k.condeferrable,
        'deferred', k.condeferred, 'local', k.conislocal)::text AS value
      FROM pg_constraint k LEFT JOIN (${relation}) ON c.oid = k.conrelid
      LEFT JOIN pg_type t ON t.oid = k.contypid LEFT JOIN pg_namespace tn ON tn.oid = t.typnamespace
      WHERE k.contype NOT IN ('n', 't') AND (k.conrelid <> 0 AND ${ofUsers}
        OR k.contypid <> 0 AND ${userSchema.replaceAll('n.', 'tn.')} AND ${notOfExtension('pg_type', 't.oid')})`,
  },
  {
    // On a partition those of its parent count as internal before PostgreSQL 15, as those of constraints do everywhere.
    name: 'triggers',
    sql: `SELECT format('%I.%I.%I', n.nspname, c.relname, g.tgname) AS key, jsonb_build_object(
        'definition', pg_get_triggerdef(g.oid), 'enabled', g.tgenabled)::text AS value
      FROM ${relation} JOIN pg_trigger g ON g.tgrelid = c.oid JOIN pg_proc f ON f.oid = g.tgfoid
      WHERE (NOT g.tgisinternal OR c.relispartition AND f.proname !~ '^(RI_FKey_|unique_key_recheck$)') AND ${ofUsers}`,
  },
  {
    name: 'rules',
    sql: `SELECT format('%I.%I.%I', n.nspname, c.relname, r.rulename) AS key, jsonb_build_object(
        'definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled)::text AS value
      FROM ${relation} JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN' AND ${ofUsers}`,
  },
  {
    name: 'policies',
    sql: `SELECT format('%I.%I.%I', n.nspname, c.relname, p.polname) AS key, jsonb_build_object(
        'command', p.polcmd, 'permissive', p.polpermissive,
        'roles', (SELECT jsonb_agg(coalesce(r.rolname::text, 'public') ORDER BY r.rolname)
          FROM unnest(p.polroles) o LEFT JOIN pg_roles r ON r.oid = o),
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))::text AS value
      FROM ${relation} JOIN pg_policy p ON p.polrelid = c.oid WHERE ${ofUsers}`,
  },
  {
    name: 'statistics objects',
    sql: `SELECT format('%I.%I', n.nspname, s.stxname) AS key,
        jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'owner', ${owner('s.stxowner')},
          'target', nullif((to_jsonb(s) ->> 'stxstattarget')::int, -1))::text AS value
      FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${userSchema}`,
  },
];
