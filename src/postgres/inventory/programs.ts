import { identity, notOfExtension, owner, userSchema } from './section.js';
import type { Section } from './section.js';

/** From PostgreSQL 15 on a publication can be of some rows and columns only, and of whole schemas. */
const narrowed = `, pg_get_expr(r.prqual, r.prrelid), (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
  FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))`;
const schemas = `, 'schemas', (SELECT jsonb_agg(n.nspname ORDER BY n.nspname)
  FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid)`;

/** Views, functions and types: whatever has a definition of its own and no rows. */
export const programSections: readonly Section[] = [
  {
    name: 'views',
    sql: `SELECT format('%I.%I', n.nspname, c.relname) AS key, jsonb_build_object(
        'definition', pg_get_viewdef(c.oid), 'populated', c.relispopulated)::text AS value
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('v', 'm') AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`,
  },
  {
    name: 'functions',
    sql: `SELECT ${identity('pg_proc', 'p.oid')} AS key, jsonb_build_object(
        'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
        'result', pg_get_function_result(p.oid), 'owner', ${owner('p.proowner')},
        'aggregate', (SELECT to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype,aggsortop}'::text[] || jsonb_build_object(
            'type', format_type(a.aggtranstype, NULL), 'movingType', format_type(nullif(a.aggmtranstype, 0), NULL),
            'sortOperator', nullif(a.aggsortop, 0)::regoperator, 'parallel', p.proparallel)
          FROM pg_aggregate a WHERE a.aggfnoid = p.oid))::text AS value
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE ${userSchema} AND ${notOfExtension('pg_proc', 'p.oid')}`,
  },
  {
    name: 'types',
    sql: `SELECT format('%I.%I', n.nspname, t.typname) AS key, jsonb_build_object(
        'kind', t.typtype, 'owner', ${owner('t.typowner')},
        'base', format_type(nullif(t.typbasetype, 0), t.typtypmod), 'notNull', t.typnotnull, 'default', t.typdefault,
        'collation', (SELECT collname FROM pg_collation WHERE oid = t.typcollation),
        'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
        'attributes', (SELECT jsonb_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
            || coalesce((SELECT ' collate ' || o.collname FROM pg_collation o JOIN pg_type b ON b.oid = a.atttypid
              WHERE o.oid = a.attcollation AND a.attcollation <> b.typcollation), '') ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
        'range', (SELECT jsonb_build_object('of', format_type(r.rngsubtype, NULL), 'multirange', (to_jsonb(r) ->> 'rngmultitypid')::oid::regtype,
            'operatorClass', ${identity('pg_opclass', 'r.rngsubopc')}, 'collation', (SELECT collname FROM pg_collation WHERE oid = r.rngcollation),
            'canonical', r.rngcanonical::oid::regprocedure, 'difference', r.rngsubdiff::oid::regprocedure)
          FROM pg_range r WHERE r.rngtypid = t.oid))::text AS value
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE ${userSchema} AND ${notOfExtension('pg_type', 't.oid')} AND t.typelem = 0
        AND (t.typrelid = 0 OR (SELECT c.relkind FROM pg_class c WHERE c.oid = t.typrelid) = 'c')`,
  },
  {
    // An event trigger belongs to no schema. Those of reserved roles are AWS's.
    name: 'event triggers',
    sql: `SELECT quote_ident(e.evtname) AS key, jsonb_build_object('event', e.evtevent, 'enabled', e.evtenabled,
        'tags', e.evttags, 'function', e.evtfoid::regprocedure, 'owner', ${owner('e.evtowner')})::text AS value
      FROM pg_event_trigger e WHERE ${owner('e.evtowner')} <> '(reserved)' AND ${notOfExtension('pg_event_trigger', 'e.oid')}`,
  },
  {
    name: 'publications',
    sql: (
      version,
    ) => `SELECT quote_ident(p.pubname) AS key, jsonb_build_object('owner', ${owner('p.pubowner')}, 'all', p.puballtables,
        'insert', p.pubinsert, 'update', p.pubupdate, 'delete', p.pubdelete, 'truncate', p.pubtruncate,
        'viaRoot', to_jsonb(p) -> 'pubviaroot', 'tables', (SELECT jsonb_agg(jsonb_build_array(${identity('pg_class', 'r.prrelid')}${version < 150_000 ? '' : narrowed}) ORDER BY r.prrelid::regclass::text)
          FROM pg_publication_rel r WHERE r.prpubid = p.oid)${version < 150_000 ? '' : schemas})::text AS value
      FROM pg_publication p`,
  },
];
