import { divideBlocks, withinBlocks } from './block-ranges.js';
import type { TableContent } from './fingerprint.js';
import { hashedColumns, hashedRow, type HashedColumn } from './hashed-row.js';
import { quoteQualified } from './identifier.js';
import { notOfExtension, userSchema } from './inventory/section.js';
import { unsteadyRoot } from './partition-keys.js';
import type { Session } from './session.js';
import type { SnapshotSessions } from './snapshot-sessions.js';

/** A table with rows of its own, or a materialized view. Foreign tables' rows live elsewhere. */
export interface TableFacts {
  readonly schema: string;
  readonly name: string;
  /** `schema.name`, quoted only where needed; of `root` where there is one. */
  readonly label: string;
  /** The partitioned table whose rows are compared as one, since they lie in other partitions on another server. */
  readonly root: { readonly schema: string; readonly name: string } | null;
  readonly kind: 'table' | 'materialized-view';
  readonly populated: boolean;
  readonly columns: readonly HashedColumn[];
  readonly pages: number;
  /** With TOAST. */
  readonly bytes: number;
  /** The query of a materialized view, where it can be run: not when it reads another one that has no rows yet. */
  readonly query: string | null;
}

interface Chunk {
  readonly table: TableFacts;
  readonly from: string;
  readonly bytes: number;
  readonly fresh: boolean;
}

export interface ContentOptions {
  readonly mode: 'checksum' | 'count';
  readonly chunkBytes: number;
  /** As in server_version_num. */
  readonly serverVersion: number;
  /** The text whose bytes are hashed: `SQL_ASCII` where the server knows no encoding. */
  readonly encoding: 'SQL_ASCII' | 'UTF8';
  /** Whether the queries of materialized views are run too, to know what they would hold now. */
  readonly runsViews: boolean;
  readonly progressed?: (table: string, doneBytes: number, totalBytes: number) => void;
}

/** Relations that have never been populated, among all that the definition of `c` reads, through views too. */
const unpopulatedBelow = `WITH RECURSIVE reads(oid) AS (
    SELECT c.oid UNION SELECT d.refobjid FROM reads r JOIN pg_rewrite w ON w.ev_class = r.oid
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass)
  SELECT FROM reads r JOIN pg_class m ON m.oid = r.oid WHERE NOT m.relispopulated`;

export async function listTables(session: Session): Promise<TableFacts[]> {
  return session.rows<TableFacts>(`SELECT n.nspname AS schema, c.relname AS name, c.relispopulated AS populated,
      format('%I.%I', coalesce(u.schema, n.nspname), coalesce(u.name, c.relname)) AS label,
      CASE WHEN u.oid IS NOT NULL THEN json_build_object('schema', u.schema, 'name', u.name) END AS root,
      CASE c.relkind WHEN 'm' THEN 'materialized-view' ELSE 'table' END AS kind,
      ${hashedColumns('coalesce(u.oid, c.oid)')} AS columns,
      (pg_relation_size(c.oid) / current_setting('block_size')::int)::int AS pages, pg_table_size(c.oid)::float8 AS bytes,
      CASE WHEN c.relkind = 'm' AND NOT EXISTS (${unpopulatedBelow}) THEN pg_get_viewdef(c.oid) END AS query
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN LATERAL (SELECT r.oid, rn.nspname AS schema, r.relname AS name FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
      WHERE c.relispartition AND r.oid = ${unsteadyRoot('c.oid')}) u ON true
    WHERE c.relkind IN ('r', 'm') AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY pg_table_size(c.oid) DESC, n.nspname, c.relname`);
}

/**
 * Of what each sum adds up: the digest of a row made one number, under another seed for each. The server has no cast of
 * bytes to numbers before 18, and to print and read them takes as long as SHA-256 itself. This function places rows of
 * partitioned tables (source: access/hash, `hash_array_extended`), so no version may give another number.
 */
const seeds = [1, 2];

/**
 * Counts rows and sums up their SHA-256, in ranges of blocks shared out among the sessions. Nothing depends on the order
 * of rows or on where the ranges begin, so two servers with the same rows give the same sums.
 */
export async function takeContents(
  group: SnapshotSessions,
  tables: readonly TableFacts[],
  options: ContentOptions,
): Promise<TableContent[]> {
  const sums = new Map<string, Sum>();
  const done = new Map<TableFacts, number>();
  // Views first: how long a query takes nobody knows, and whoever comes last keeps the others waiting.
  const chunks = [
    ...tables.flatMap((table) => viewChunk(table, options)),
    ...tables.flatMap((table) => blockChunks(table, options)),
  ];
  await group.each(chunks, async (session, chunk) => {
    const key = sumKey(chunk.table, chunk.fresh);
    const row = await session.row<SumRow>(sumSql(chunk, options));
    // Read after the wait: another session may have added to the same table meanwhile.
    sums.set(key, add(sums.get(key), row));
    if (chunk.fresh) return;
    const bytes = (done.get(chunk.table) ?? 0) + chunk.bytes;
    done.set(chunk.table, bytes);
    options.progressed?.(chunk.table.label, bytes, chunk.table.bytes);
  });
  // Partitions that are compared as one have one label, and one sum.
  const contents = new Map(tables.map((table) => [table.label, contentOf(table, sums, options)]));
  return [...contents.values()].sort((a, b) => compareText(a.table, b.table));
}

function viewChunk(table: TableFacts, { mode, runsViews }: ContentOptions): Chunk[] {
  if (!table.populated || table.query === null || mode === 'count' || !runsViews) return [];
  return [{ table, from: `(${table.query.replace(/;\s*$/, '')}) fresh`, bytes: 0, fresh: true }];
}

function blockChunks(table: TableFacts, options: ContentOptions): Chunk[] {
  if (!table.populated) return [];
  const source = `ONLY ${quoteQualified(table.schema, table.name)}`;
  const ranges = divideBlocks(table.pages, table.bytes / options.chunkBytes, options.serverVersion);
  return ranges.map((range) => {
    const from = `${source} WHERE ${withinBlocks(range)}`;
    return { table, from, bytes: table.bytes / ranges.length, fresh: false };
  });
}

function sumSql(chunk: Chunk, options: ContentOptions): string {
  if (options.mode === 'count') return `SELECT count(*)::text AS rows FROM ${chunk.from}`;
  const sums = seeds.map((seed) => `sum(hash_array_extended(digest, ${seed}))::text`);
  // OFFSET 0 keeps the planner from computing the digest once for each sum.
  return `SELECT count(*)::text AS rows, ARRAY[${sums.join(', ')}] AS sums
    FROM (SELECT ARRAY[${rowDigest(chunk.table.columns, options.encoding)}] AS digest FROM ${chunk.from} OFFSET 0) hashed`;
}

/** SQL: 32 bytes that depend on every column of a row, and on nothing else. */
export function rowDigest(columns: readonly HashedColumn[], encoding: ContentOptions['encoding']): string {
  return `sha256(${hashedRow(columns, encoding)})`;
}

/** The encoding in which the rows of a database are hashed. */
export const hashedAs = (encoding: string): ContentOptions['encoding'] =>
  encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';

interface SumRow {
  readonly rows: string;
  readonly sums?: readonly (string | null)[];
}

interface Sum {
  readonly rows: bigint;
  readonly sums: readonly bigint[];
}

function add(sum: Sum | undefined, row: SumRow): Sum {
  const more = (row.sums ?? []).map((one) => BigInt(one ?? '0'));
  return {
    rows: (sum?.rows ?? 0n) + BigInt(row.rows),
    sums: more.map((one, index) => BigInt.asUintN(64, (sum?.sums[index] ?? 0n) + one)),
  };
}

function contentOf(table: TableFacts, sums: ReadonlyMap<string, Sum>, options: ContentOptions): TableContent {
  const stored = sums.get(sumKey(table, false));
  const fresh = sums.get(sumKey(table, true));
  return {
    table: table.label,
    kind: table.kind,
    rows: String(stored?.rows ?? 0n),
    ...(options.mode === 'checksum' ? { checksum: hexOf(stored) } : {}),
    ...(fresh === undefined ? {} : { freshChecksum: hexOf(fresh) }),
  };
}

function hexOf(sum: Sum | undefined): string {
  return (sum?.sums ?? seeds.map(() => 0n)).map((one) => one.toString(16).padStart(16, '0')).join('');
}

function sumKey(table: TableFacts, fresh: boolean): string {
  return `${fresh ? 'fresh' : 'stored'} ${table.label}`;
}

export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
