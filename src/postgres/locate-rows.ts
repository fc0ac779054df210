import { quoteIdentifier, quoteQualified } from './identifier.js';
import { hashedAs, rowDigest, type TableFacts } from './row-checksum.js';
import type { Session } from './session.js';

/** A row that is not the same on both sides, by its key. */
export interface RowDifference {
  /** `(id) = (42)`; where a table has no key, the place of the row on the side that has it: `ctid = (0,7)`. */
  readonly row: string;
  readonly how: 'changed' | 'missing on the target' | 'only on the target';
}

export interface LocatedRows {
  readonly differences: readonly RowDifference[];
  /** There may be more rows than were looked at. */
  readonly complete: boolean;
}

interface BucketRow {
  readonly bucket: number;
  readonly rows: string;
  readonly sum: string;
}

interface KeyedRow {
  readonly key: string;
  readonly place: string;
  readonly hash: string;
}

const buckets = 4096;
/** Rows of one side that are looked at one by one: bounds the memory, whatever the size of the table. */
const rowsAtOnce = 50_000;

/**
 * Finds rows that differ between two tables of the same name. Each side is read twice: once to sum hashes in buckets by
 * key, once to list the rows of buckets whose sums differ, as many buckets as memory allows.
 */
export async function locateRows(
  source: Session,
  target: Session,
  table: { readonly source: TableFacts; readonly target: TableFacts },
): Promise<LocatedRows> {
  const key = await findKey(target, table.target);
  const [onSource, onTarget] = await Promise.all([
    sqlOf(source, table.source, key),
    sqlOf(target, table.target, key),
  ]);
  const [here, there] = await Promise.all([
    source.rows<BucketRow>(onSource.buckets),
    target.rows<BucketRow>(onTarget.buckets),
  ]);
  const differing = findBuckets(here, there);
  const [looked, left] = takeUpTo(differing, rowsAtOnce);
  const wanted = looked.map(({ bucket }) => bucket);
  const [rowsHere, rowsThere] = await Promise.all([
    source.rows<KeyedRow>(onSource.rows, [wanted]),
    target.rows<KeyedRow>(onTarget.rows, [wanted]),
  ]);
  return { differences: compareRows(rowsHere, rowsThere, key), complete: left === 0 };
}

/** Columns of the primary key, or else of a unique index without NULLs, expressions or conditions; none: the whole row. */
async function findKey(session: Session, table: TableFacts): Promise<readonly string[]> {
  const of = table.root ?? table;
  const [found] = await session.rows<{ key: string[] }>(
    `SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
        WHERE k.position <= i.indnkeyatts ORDER BY k.position) AS key
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull)
      ORDER BY NOT i.indisprimary, i.indnkeyatts, i.indexrelid::regclass::text LIMIT 1`,
    [of.schema, of.name],
  );
  return found?.key ?? [];
}

async function sqlOf(
  session: Session,
  table: TableFacts,
  key: readonly string[],
): Promise<{ buckets: string; rows: string }> {
  const { encoding } = await session.row<{ encoding: string }>(
    'SELECT getdatabaseencoding()::text AS encoding',
  );
  const of = table.root ?? table;
  const hash = `encode(${rowDigest(table.columns, hashedAs(encoding))}, 'hex')`;
  const text = `ROW(${key.map(quoteIdentifier).join(', ')})::text`;
  const keyText = key.length === 0 ? hash : text;
  const from = `(SELECT ${keyText} AS key, ctid::text AS place, ${hash} AS hash
    FROM ${table.root === null ? 'ONLY ' : ''}${quoteQualified(of.schema, of.name)} OFFSET 0) hashed`;
  const bucket = `('x' || substr(encode(sha256(convert_to(key, '${hashedAs(encoding)}')), 'hex'), 1, 3))::bit(12)::int`;
  return {
    buckets: `SELECT ${bucket} AS bucket, count(*)::text AS rows,
      sum(('x' || substr(hash, 1, 16))::bit(64)::bigint)::text AS sum FROM ${from} GROUP BY 1`,
    rows: `SELECT key, place, hash FROM ${from} WHERE ${bucket} = ANY ($1::int[])`,
  };
}

interface Bucket {
  readonly bucket: number;
  readonly rows: number;
}

function findBuckets(here: readonly BucketRow[], there: readonly BucketRow[]): Bucket[] {
  const [one, other] = [here, there].map((rows) => new Map(rows.map((row) => [row.bucket, row])));
  return Array.from({ length: buckets }, (_, bucket) => bucket).flatMap((bucket) => {
    const [mine, theirs] = [one?.get(bucket), other?.get(bucket)];
    if (mine?.rows === theirs?.rows && mine?.sum === theirs?.sum) return [];
    return [{ bucket, rows: Math.max(Number(mine?.rows ?? 0), Number(theirs?.rows ?? 0)) }];
  });
}

/** @returns the first of them with no more rows than `most`, one at least, and how many are left */
function takeUpTo(all: readonly Bucket[], most: number): [Bucket[], number] {
  let rows = 0;
  const taken = all.filter((one, index) => {
    rows += one.rows;
    return index === 0 || rows <= most;
  });
  return [taken, all.length - taken.length];
}

function compareRows(
  here: readonly KeyedRow[],
  there: readonly KeyedRow[],
  key: readonly string[],
): RowDifference[] {
  const name = (row: KeyedRow): string =>
    key.length === 0 ? `ctid = ${row.place}` : `(${key.join(', ')}) = ${row.key}`;
  const theirs = groupByKey(there);
  const differences: RowDifference[] = [];
  for (const [text, mine] of groupByKey(here)) {
    const others = theirs.get(text) ?? [];
    theirs.delete(text);
    // Rows that are equal in all are as many on both sides, or some are missing or too many.
    mine
      .slice(others.length)
      .forEach((row) => differences.push({ row: name(row), how: 'missing on the target' }));
    others
      .slice(mine.length)
      .forEach((row) => differences.push({ row: name(row), how: 'only on the target' }));
    const [first, other] = [mine[0], others[0]];
    if (first && other && first.hash !== other.hash) differences.push({ row: name(first), how: 'changed' });
  }
  for (const rows of theirs.values())
    for (const row of rows) differences.push({ row: name(row), how: 'only on the target' });
  return differences.sort((one, other) => (one.row < other.row ? -1 : 1));
}

function groupByKey(rows: readonly KeyedRow[]): Map<string, KeyedRow[]> {
  const groups = new Map<string, KeyedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group) group.push(row);
    else groups.set(row.key, [row]);
  }
  return groups;
}
