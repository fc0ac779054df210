import { notOfExtension, userSchema } from '../inventory/section.js';
import { unsteadyRoot } from '../partition-keys.js';
import type { Session } from '../session.js';
import type { TypeFacts } from './binary-types.js';

/** A table that rows are copied from. */
export interface StreamTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly label: string;
  /** Without generated columns, which the target computes itself. */
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  /** Has no columns at all, or generated ones among the others. */
  readonly generated: boolean;
  readonly pages: number;
  readonly bytes: number;
  /** Which rows of an extension's own table are the user's (PostgreSQL: pg_extension_config_dump). */
  readonly condition: string | null;
  /** Where the rows go when they may belong into another partition there. */
  readonly root: { readonly schema: string; readonly name: string } | null;
}

export interface StreamIndex {
  readonly table: number;
  readonly label: string;
  readonly entry: string;
  readonly vector: boolean;
  readonly constraint: boolean;
}

/** A foreign key between two tables. */
export interface StreamForeignKey {
  readonly table: number;
  readonly references: number;
  /** The entry of the index that it leans on. */
  readonly index: string;
  readonly label: string;
  readonly entry: string;
}

export function listStreamTables(session: Session): Promise<StreamTable[]> {
  return session.rows<StreamTable>(`SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS label,
      (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8) ORDER BY a.attnum), '[]') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> '') AS generated,
      (pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 AS pages, pg_table_size(c.oid)::float8 AS bytes,
      x.condition,
      (SELECT json_build_object('schema', rn.nspname, 'name', r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
        WHERE c.relispartition AND r.oid = ${unsteadyRoot('c.oid')}) AS root
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) x ON x.oid = c.oid
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND (x.oid IS NOT NULL OR ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')})
    ORDER BY pg_table_size(c.oid) DESC, n.nspname, c.relname`);
}

/** Every type that a column is of, and those that it is made of. */
export async function readTypes(session: Session): Promise<Map<number, TypeFacts>> {
  const parts = `SELECT t.oid, p.part FROM pg_type t LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid), LATERAL (
      SELECT t.typelem WHERE t.typelem <> 0 AND t.typcategory = 'A' UNION SELECT t.typbasetype WHERE t.typbasetype <> 0
      UNION SELECT r.rngsubtype WHERE r.rngsubtype IS NOT NULL
      UNION SELECT a.atttypid FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) p(part)`;
  const { multi } = await session.row<{ multi: boolean }>(
    `SELECT current_setting('server_version_num')::int >= 140000 AS multi`,
  );
  const sql = multi ? parts : parts.replace('t.oid IN (r.rngtypid, r.rngmultitypid)', 't.oid = r.rngtypid');
  const rows = await session.rows<TypeFacts>(`WITH RECURSIVE used(oid) AS (
      SELECT a.atttypid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      UNION SELECT p.part FROM used JOIN (${sql}) p ON p.oid = used.oid)
    SELECT t.oid::int8::float8 AS oid, t.typname AS name, n.nspname = 'pg_catalog' AS builtin, t.typtype::text AS kind,
      t.typsend <> 0 AND t.typreceive <> 0 AS binary, t.typcategory = 'A' AND t.typelem <> 0 AS array,
      (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
        WHERE d.classid = 'pg_type'::regclass AND d.objid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AND d.deptype = 'e' LIMIT 1) AS extension,
      ARRAY(SELECT p.part::int8::float8 FROM (${sql}) p WHERE p.oid = t.oid) AS parts
    FROM used u JOIN pg_type t ON t.oid = u.oid JOIN pg_namespace n ON n.oid = t.typnamespace`);
  return new Map(rows.map((row) => [row.oid, row]));
}

/** Indexes of tables, named as an archive names them: by the constraint where they belong to one. */
export function listStreamIndexes(session: Session): Promise<StreamIndex[]> {
  return session.rows<StreamIndex>(`SELECT i.indrelid::int8::float8 AS table, format('%I.%I', n.nspname, c.relname) AS label,
      coalesce('2606 ' || k.oid, '1259 ' || c.oid) AS entry, am.amname IN ('hnsw', 'ivfflat') AS vector, k.oid IS NOT NULL AS constraint
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = i.indrelid AND r.relkind = 'r'
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    WHERE ${userSchema} AND ${notOfExtension('pg_class', 'r.oid')} AND i.indisvalid
    ORDER BY am.amname IN ('hnsw', 'ivfflat') DESC, pg_relation_size(i.indexrelid) DESC, n.nspname, c.relname`);
}

/** Those of partitioned tables are of several tables, and one that was never validated takes no time. */
export function listForeignKeys(session: Session): Promise<StreamForeignKey[]> {
  return session.rows<StreamForeignKey>(`SELECT k.conrelid::int8::float8 AS table, k.confrelid::int8::float8 AS references,
      coalesce((SELECT '2606 ' || u.oid FROM pg_constraint u WHERE u.conindid = k.conindid AND u.conrelid = k.confrelid
        AND u.contype IN ('p', 'u', 'x')), '1259 ' || k.conindid) AS index,
      format('%I.%I %I', n.nspname, c.relname, k.conname) AS label, '2606 ' || k.oid AS entry
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = k.confrelid
    WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND c.relkind = 'r' AND r.relkind = 'r'
      AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY pg_table_size(c.oid) DESC, n.nspname, c.relname, k.conname`);
}
