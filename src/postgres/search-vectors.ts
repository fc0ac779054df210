import type { VectorSearch } from './fingerprint.js';
import { recallOf } from './index-recall.js';
import { findNearest } from './nearest-neighbours.js';
import { sampleVectors } from './sample-vectors.js';
import type { SnapshotSessions } from './snapshot-sessions.js';
import { listVectorColumns } from './vector-columns.js';
import type { VectorColumn } from './vector-columns.js';

export interface VectorSearchOptions {
  /** Of one range of blocks, TOAST counted. */
  readonly chunkBytes: number;
  /** As in server_version_num. */
  readonly serverVersion: number;
  /** The other side's searches: the same vectors are looked for here. */
  readonly sameAs: readonly VectorSearch[] | undefined;
}

/**
 * The nearest rows to a few vectors of each vector column, found exactly and, where there is an index, through it. None
 * when pgvector is not installed.
 */
export async function searchVectors(
  group: SnapshotSessions,
  options: VectorSearchOptions,
): Promise<VectorSearch[]> {
  const columns = await listVectorColumns(group.first);
  const samples = await group.each(columns, async (session, column) => {
    const other = options.sameAs?.find((one) => searchKey(one) === keyOf(column));
    return other?.queries.map((query) => query.vector) ?? (await sampleVectors(session, column));
  });
  const searches = columns.map((column, index) => ({ column, vectors: samples[index] ?? [] }));
  const exact = await findNearest(group, searches, options);
  return group.each(columns, async (session, column, index): Promise<VectorSearch> => {
    const queries = exact[index] ?? [];
    return {
      table: column.label,
      expression: column.expression,
      type: column.type,
      operator: column.operator,
      queries,
      ...(column.index === null || column.method === null
        ? {}
        : { index: column.index, method: column.method, ...(await recallOf(session, column, queries)) }),
    };
  });
}

/** Which search of one server is to be compared with which of the other. */
export function searchKey(search: {
  readonly table: string;
  readonly expression: string;
  readonly operator: string;
  readonly index?: string | null | undefined;
}): string {
  return [search.table, search.expression, search.operator, search.index ?? ''].join(' ');
}

const keyOf = (column: VectorColumn): string => searchKey({ table: column.label, ...column });
