import { identity, notOfExtension, owner, userSchema } from './inventory/section.js';
import type { Session } from './session.js';

/** How many objects are named when a database is not empty. */
const named = 20;

const inUserSchemas = [
  { catalog: 'pg_class', schema: 'relnamespace', only: `o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')` },
  { catalog: 'pg_proc', schema: 'pronamespace', only: 'true' },
  { catalog: 'pg_type', schema: 'typnamespace', only: `o.typelem = 0 AND o.typrelid = 0` },
  { catalog: 'pg_operator', schema: 'oprnamespace', only: 'true' },
  { catalog: 'pg_collation', schema: 'collnamespace', only: 'true' },
  { catalog: 'pg_ts_config', schema: 'cfgnamespace', only: 'true' },
  { catalog: 'pg_ts_dict', schema: 'dictnamespace', only: 'true' },
].map(
  (
    one,
  ) => `SELECT ${identity(one.catalog, 'o.oid')} AS name FROM ${one.catalog} o JOIN pg_namespace n ON n.oid = o.${one.schema}
    WHERE ${userSchema} AND ${one.only} AND ${notOfExtension(one.catalog, 'o.oid')}`,
);

const withoutSchema = [
  `SELECT 'schema ' || n.nspname FROM pg_namespace n WHERE ${userSchema} AND n.nspname <> 'public'
    AND ${notOfExtension('pg_namespace', 'n.oid')} AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extnamespace = n.oid)`,
  `SELECT 'large object ' || oid FROM pg_largeobject_metadata`,
  `SELECT 'event trigger ' || evtname FROM pg_event_trigger e WHERE ${owner('e.evtowner')} <> '(reserved)'
    AND ${notOfExtension('pg_event_trigger', 'e.oid')}`,
  `SELECT 'publication ' || pubname FROM pg_publication`,
  `SELECT 'foreign server ' || srvname FROM pg_foreign_server`,
];

/** Names of what users have made in a database; extensions, what is theirs and the schemas they are in do not count. */
export async function listContents(session: Session): Promise<string[]> {
  const rows = await session.rows<{ name: string }>(
    `SELECT name FROM (${[...inUserSchemas, ...withoutSchema].join(' UNION ALL ')}) q(name) ORDER BY 1 LIMIT ${named}`,
  );
  return rows.map((row) => row.name);
}
