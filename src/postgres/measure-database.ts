import type { DatabaseMeasures } from '../estimates/measures.js';
import type { ServerRef } from '../steps/refs.js';
import { userSchema } from './inventory/section.js';
import type { Sessions } from './session.js';

type Row = { readonly [Key in keyof DatabaseMeasures]: string };

/** Sizes come as text: a bigint does not fit a number as such. Databases that the login may not enter are left out. */
const measuresSql = `WITH own AS (
    SELECT c.oid, c.relkind, a.amname IN ('hnsw', 'ivfflat') AS is_vector
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam
    WHERE ${userSchema} AND c.relkind IN ('r', 'i'))
  SELECT pg_database_size(current_database())::text AS "databaseBytes",
    (SELECT sum(pg_database_size(d.oid))::text FROM pg_database d
      WHERE has_database_privilege(d.oid, 'CONNECT') AND d.datname <> 'rdsadmin') AS "serverBytes",
    count(*) FILTER (WHERE relkind = 'r')::text AS tables,
    count(*) FILTER (WHERE relkind = 'i')::text AS indexes,
    coalesce(sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'i'), 0)::text AS "indexBytes",
    count(*) FILTER (WHERE relkind = 'i' AND is_vector)::text AS "vectorIndexes",
    coalesce(sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'i' AND is_vector), 0)::text AS "vectorIndexBytes"
  FROM own`;

/** Reads the catalog and the sizes of files only. Source: "Database Object Size Functions". */
export async function measureDatabase(sessions: Sessions, server: ServerRef): Promise<DatabaseMeasures> {
  const row = await sessions.use(server, { mode: 'read' }, (session) => session.row<Row>(measuresSql));
  return {
    databaseBytes: Number(row.databaseBytes),
    serverBytes: Number(row.serverBytes),
    tables: Number(row.tables),
    indexes: Number(row.indexes),
    indexBytes: Number(row.indexBytes),
    vectorIndexes: Number(row.vectorIndexes),
    vectorIndexBytes: Number(row.vectorIndexBytes),
  };
}
