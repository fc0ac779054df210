import type { Session } from './session.js';

/** One way to search vectors: the column or expression, the operator, and the index made for it, if any. */
export interface VectorColumn {
  readonly schema: string;
  readonly name: string;
  readonly label: string;
  /** SQL over the table's columns. */
  readonly expression: string;
  /** With dimension, e.g. `public.vector(384)`. */
  readonly type: string;
  /** SQL: a function of a value, its type modifier and whether it is cast in so many words, that gives the value itself. */
  readonly itself: string | null;
  /** Schema-qualified, for use in `OPERATOR(...)`. */
  readonly operator: string;
  readonly index: string | null;
  readonly method: string | null;
  /** Predicate of a partial index. */
  readonly predicate: string | null;
  /** Columns of the primary key; empty when there is none. */
  readonly key: readonly string[];
  readonly pages: number;
  /** With TOAST. */
  readonly bytes: number;
}

const ofExtension = (oid: string): string =>
  `EXISTS (SELECT 1 FROM pg_depend x JOIN pg_extension e ON e.oid = x.refobjid AND e.extname = 'vector'
    WHERE x.classid = 'pg_type'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;

const keyColumns = `ARRAY(SELECT a.attname::text FROM pg_index p CROSS JOIN LATERAL unnest(p.indkey::int2[]) WITH ORDINALITY k(num, position)
    JOIN pg_attribute a ON a.attrelid = p.indrelid AND a.attnum = k.num
    WHERE p.indrelid = c.oid AND p.indisprimary ORDER BY k.position) AS key,
  (pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 AS pages, pg_table_size(c.oid)::float8 AS bytes`;

/** The cast of a type to itself, which applies a length or dimension. */
const itself = `(SELECT k.castfunc::regproc::text FROM pg_cast k WHERE k.castsource = a.atttypid AND k.casttarget = a.atttypid AND k.castfunc <> 0) AS itself`;

const table = `n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS label`;

/** Indexed: each index of an access method of pgvector, by the ordering operator of its operator class. */
const indexed = `SELECT ${table}, pg_get_indexdef(i.indexrelid, 1, true) AS expression,
    format_type(a.atttypid, a.atttypmod) AS type, ${itself}, quote_ident(op_schema.nspname) || '.' || o.oprname AS operator,
    x.relname::text AS index, m.amname::text AS method, pg_get_expr(i.indpred, i.indrelid) AS predicate, ${keyColumns}
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname IN ('hnsw', 'ivfflat')
  JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'm') JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = x.oid AND a.attnum = 1
  JOIN pg_opclass f ON f.oid = (i.indclass::oid[])[0]
  JOIN pg_amop p ON p.amopfamily = f.opcfamily AND p.amoppurpose = 'o' AND p.amoplefttype = f.opcintype
  JOIN pg_operator o ON o.oid = p.amopopr JOIN pg_namespace op_schema ON op_schema.oid = o.oprnamespace`;

/** Not indexed: each vector column that no such index covers, by Euclidean distance. */
const plain = `SELECT ${table}, quote_ident(a.attname) AS expression, format_type(a.atttypid, a.atttypmod) AS type, ${itself},
    quote_ident(type_schema.nspname) || '.<->' AS operator, NULL AS index, NULL AS method, NULL AS predicate, ${keyColumns}
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'm') JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid AND t.typname IN ('vector', 'halfvec', 'sparsevec') AND ${ofExtension('t.oid')}
  JOIN pg_namespace type_schema ON type_schema.oid = t.typnamespace
  WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND c.relispopulated
    AND NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
      WHERE i.indrelid = c.oid AND m.amname IN ('hnsw', 'ivfflat') AND i.indkey[0] = a.attnum)`;

/** Every vector column and index of the database; none when pgvector is not installed. */
export function listVectorColumns(session: Session): Promise<VectorColumn[]> {
  return session.rows<VectorColumn>(
    `${indexed} UNION ALL ${plain} ORDER BY label, expression, operator, index`,
  );
}
