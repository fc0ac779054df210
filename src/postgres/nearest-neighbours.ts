import type { Neighbour, VectorSearch } from './fingerprint.js';
import { quoteIdentifier, quoteQualified } from './identifier.js';
import type { Session } from './session.js';
import type { VectorColumn } from './vector-columns.js';

const sampledVectors = 5;
const nearest = 10;

/** Without index scans the search is exact; without sequential ones the planner takes the index if it can. */
const exact = {
  enable_indexscan: 'off',
  enable_indexonlyscan: 'off',
  enable_bitmapscan: 'off',
  enable_seqscan: 'on',
};
const approximate = { enable_indexscan: 'on', enable_seqscan: 'off', enable_sort: 'off' };

/**
 * The nearest rows to a few vectors of the table, found exactly and, where there is an index, through it. Query vectors
 * are `vectors` when given (those of the other server), else sampled by a hash of the rows' keys.
 */
export async function searchVectors(
  session: Session,
  column: VectorColumn,
  vectors: readonly string[] | undefined,
): Promise<VectorSearch> {
  await set(session, exact);
  const sampled = vectors ?? (await sampleVectors(session, column));
  const queries = [];
  for (const vector of sampled) queries.push({ vector, nearest: await search(session, column, vector) });
  return {
    table: column.label,
    expression: column.expression,
    type: column.type,
    operator: column.operator,
    queries,
    ...(column.index === null || column.method === null
      ? {}
      : { index: column.index, method: column.method, ...(await searchByIndex(session, column, queries)) }),
  };
}

async function searchByIndex(
  session: Session,
  column: VectorColumn,
  queries: VectorSearch['queries'],
): Promise<Pick<VectorSearch, 'indexUsed' | 'recall'>> {
  const [first] = queries;
  if (first === undefined) return {};
  // A thorough search: what is judged is the index, not the speed that an application chose.
  await set(session, { ...approximate, 'hnsw.ef_search': '400', 'ivfflat.probes': '32768' });
  const plan = await session.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${searchSql(column)}`, [first.vector]);
  const indexUsed = plan.some((line) =>
    line['QUERY PLAN'].includes(` ${quotedIfNeeded(column.index ?? '')} `),
  );
  let found = 0;
  let expected = 0;
  for (const query of queries) {
    const worst = query.nearest.at(-1)?.distance ?? 0;
    const got = await search(session, column, query.vector);
    // By distance, so that rows equally far away may stand in for one another.
    found += got.filter((one) => one.distance <= worst + tolerance(worst)).length;
    expected += query.nearest.length;
  }
  return { indexUsed, recall: expected === 0 ? 1 : found / expected };
}

/** Processors round differently in the last digits of a distance. */
export function tolerance(distance: number): number {
  return Math.max(1e-6, Math.abs(distance) * 1e-5);
}

async function search(session: Session, column: VectorColumn, vector: string): Promise<Neighbour[]> {
  return session.rows<Neighbour>(
    `SELECT * FROM (${searchSql(column)} OFFSET 0) q ORDER BY q.distance, q.key COLLATE "C"`,
    [vector],
  );
}

function searchSql(column: VectorColumn): string {
  const distance = `(${column.expression}) OPERATOR(${column.operator}) $1::${column.type}`;
  return `SELECT ${keyOf(column)} AS key, (${distance})::float8 AS distance
    FROM ${quoteQualified(column.schema, column.name)} t WHERE ${condition(column)} ORDER BY ${distance} LIMIT ${nearest}`;
}

async function sampleVectors(session: Session, column: VectorColumn): Promise<string[]> {
  // Printed after the choice: to print every vector of a table takes longer than all else here.
  const rows = await session.rows<{
    vector: string;
  }>(`SELECT vector::text FROM (SELECT (${column.expression}) AS vector
    FROM ${quoteQualified(column.schema, column.name)} t WHERE ${condition(column)}
    ORDER BY sha256(convert_to(${keyOf(column)}, 'UTF8')) LIMIT ${sampledVectors}) sampled`);
  return rows.map((row) => row.vector);
}

function condition(column: VectorColumn): string {
  return `(${column.expression}) IS NOT NULL${column.predicate === null ? '' : ` AND (${column.predicate})`}`;
}

/** The primary key as text; without one, the whole row. */
function keyOf(column: VectorColumn): string {
  if (column.key.length === 0) return `md5(t::text)`;
  return `ROW(${column.key.map((name) => `t.${quoteIdentifier(name)}`).join(', ')})::text`;
}

async function set(session: Session, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await session.run('SELECT set_config($1, $2, true)', [name, value]);
  }
}

function quotedIfNeeded(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}
