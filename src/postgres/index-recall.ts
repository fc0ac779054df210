import type { VectorSearch } from './fingerprint.js';
import { quoteIdentifier } from './identifier.js';
import { nearest } from './nearest-neighbours.js';
import { vectorRows } from './sample-vectors.js';
import type { Session } from './session.js';
import type { VectorColumn } from './vector-columns.js';

/**
 * Without sequential scans the planner takes the index if it can. A thorough search: what is judged is the index, not
 * the speed that an application chose.
 */
const approximate = {
  enable_indexscan: 'on',
  enable_seqscan: 'off',
  enable_sort: 'off',
  'hnsw.ef_search': '400',
  'ivfflat.probes': '32768',
};

/** Whether the index of the column is used, and the share of the true neighbours that it finds. */
export async function recallOf(
  session: Session,
  column: VectorColumn,
  queries: VectorSearch['queries'],
): Promise<Pick<VectorSearch, 'indexUsed' | 'recall'>> {
  const [first] = queries;
  if (first === undefined) return {};
  for (const [name, value] of Object.entries(approximate))
    await session.run('SELECT set_config($1, $2, true)', [name, value]);
  const sql = searchSql(column);
  const plan = await session.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [first.vector]);
  const indexUsed = plan.some((line) =>
    line['QUERY PLAN'].includes(` ${quotedIfNeeded(column.index ?? '')} `),
  );
  let found = 0;
  let expected = 0;
  for (const query of queries) {
    const worst = query.nearest.at(-1)?.distance ?? 0;
    const got = await session.rows<{ distance: number }>(sql, [query.vector]);
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

function searchSql(column: VectorColumn): string {
  const distance = `(${column.expression}) OPERATOR(${column.operator}) $1::${column.type}`;
  return `SELECT (${distance})::float8 AS distance FROM ${vectorRows(column)} ORDER BY ${distance} LIMIT ${nearest}`;
}

function quotedIfNeeded(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}
