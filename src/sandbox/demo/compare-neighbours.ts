import type { ClientBase } from 'pg';

/** How many query vectors are tried, and how many neighbours of each are compared. */
const queries = 20;
const neighbours = 5;

export interface NeighbourComparison {
  readonly queries: number;
  /** Query vectors whose nearest neighbours are the same rows in the same order on both sides. */
  readonly equal: number;
}

/** Exact nearest neighbours of sampled chunks on the source and on the target. */
export async function compareNeighbours(
  source: ClientBase,
  target: ClientBase,
): Promise<NeighbourComparison> {
  const [before, after] = [await nearest(source), await nearest(target)];
  const equal = before.filter((ids, index) => ids === after[index]).length;
  return { queries: before.length, equal };
}

async function nearest(client: ClientBase): Promise<string[]> {
  await client.query('SET enable_indexscan = off');
  const { rows } = await client.query<{ ids: string }>(
    `SELECT (SELECT string_agg(id::text, ',' ORDER BY distance, id)
             FROM (SELECT id, embedding <-> q.embedding AS distance FROM chunks
                   ORDER BY distance, id LIMIT $2) AS near) AS ids
     FROM (SELECT id, embedding FROM chunks ORDER BY id LIMIT $1) AS q ORDER BY q.id`,
    [queries, neighbours],
  );
  return rows.map(({ ids }) => ids);
}
