import { quoteIdentifier, quoteQualified } from './identifier.js';
import type { Session } from './session.js';
import type { VectorColumn } from './vector-columns.js';

const sampled = 5;

/** A few vectors as text, chosen by a hash of their rows' keys. */
export async function sampleVectors(session: Session, column: VectorColumn): Promise<string[]> {
  // Printed after the choice: to print every vector of a table takes longer than all else here.
  const rows = await session.rows<{ vector: string }>(`SELECT vector::text FROM (
    SELECT (${column.expression}) AS vector FROM ${vectorRows(column)}
    ORDER BY hashtextextended(${rowKey(column)}, 0) LIMIT ${sampled}) sampled`);
  return rows.map((row) => row.vector);
}

/** SQL: the table as `t` with a condition, that there is a vector to search for. */
export function vectorRows({ schema, name, expression, predicate }: VectorColumn): string {
  const condition = `(${expression}) IS NOT NULL${predicate === null ? '' : ` AND (${predicate})`}`;
  return `ONLY ${quoteQualified(schema, name)} t WHERE ${condition}`;
}

/** SQL: the primary key of `t` as text; without one, a hash of the whole row. */
export function rowKey({ key }: VectorColumn): string {
  if (key.length === 0) return `md5(t::text)`;
  return `ROW(${key.map((name) => `t.${quoteIdentifier(name)}`).join(', ')})::text`;
}
