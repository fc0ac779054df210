import { divideBlocks, withinBlocks } from './block-ranges.js';
import type { BlockRange } from './block-ranges.js';
import type { Neighbour, VectorSearch } from './fingerprint.js';
import { compareText } from './row-checksum.js';
import { rowKey, vectorRows } from './sample-vectors.js';
import type { Session } from './session.js';
import type { SnapshotSessions } from './snapshot-sessions.js';
import type { VectorColumn } from './vector-columns.js';

/** Neighbours of each vector. */
export const nearest = 10;

interface Search {
  readonly column: VectorColumn;
  readonly vectors: readonly string[];
}

/** A row by its place in the table, which holds as long as the snapshot. */
interface Candidate {
  readonly place: string;
  readonly distance: number;
  /** The first block of the range in which it was found. */
  readonly block: number;
}

interface Task {
  readonly search: Search;
  /** Of `search.vectors`. */
  readonly samples: readonly number[];
  readonly range: BlockRange;
  /** The nearest that are known so far, by sample: where what is found goes. */
  readonly best: Candidate[][];
}

/**
 * The rows nearest to each vector, without any index. A range of blocks is read once for all vectors of a column, since
 * to fetch a vector out of TOAST takes far longer than to compute a distance.
 */
export async function findNearest(
  group: SnapshotSessions,
  searches: readonly Search[],
  options: { readonly chunkBytes: number; readonly serverVersion: number },
): Promise<VectorSearch['queries'][]> {
  const bests = searches.map(({ vectors }): Candidate[][] => vectors.map(() => []));
  const tasks = searches.flatMap((search, index) => tasksOf(search, bests[index] ?? [], options));
  await group.each(tasks, searchRange);
  return group.each(searches, async (session, { column, vectors }, index) => {
    const best = bests[index] ?? [];
    const keys = await readKeys(session, column, best.flat());
    return vectors.map((vector, sample) => ({
      vector,
      nearest: (best[sample] ?? []).map((one) => named(one, keys)).sort(compareNeighbours),
    }));
  });
}

function tasksOf(
  search: Search,
  best: Candidate[][],
  { chunkBytes, serverVersion }: { readonly chunkBytes: number; readonly serverVersion: number },
): Task[] {
  const { column, vectors } = search;
  const ranges = divideBlocks(column.pages, column.bytes / chunkBytes, serverVersion);
  const all = [...vectors.keys()];
  if (all.length === 0) return [];
  // The distances of all rows to several vectors are kept until the last row is read: not those of a whole large table.
  const isWhole = ranges.length === 1 && column.bytes > chunkBytes;
  const groups = isWhole ? all.map((sample) => [sample]) : [all];
  return ranges.flatMap((range) => groups.map((samples) => ({ search, samples, range, best })));
}

async function searchRange(session: Session, { search, samples, range, best }: Task): Promise<void> {
  const rows = await session.rows<{ sample: number; place: string; distance: number }>(
    rangeSql(search.column, samples.length, range),
    [...samples.map((sample) => search.vectors[sample]), ...samples.map((sample) => reachOf(best[sample]))],
  );
  for (const [index, sample] of samples.entries()) {
    const here = rows
      .filter((row) => row.sample === index && Number.isFinite(row.distance))
      .map(({ place, distance }) => ({ place, distance, block: range.first }));
    // Read after the wait: another session may have found nearer ones meanwhile.
    best[sample] = closest([...(best[sample] ?? []), ...here]);
  }
}

/** How near a row has to be to count beside those that are known. */
const reachOf = (known: readonly Candidate[] = []): number => known[nearest - 1]?.distance ?? Infinity;

function rangeSql(column: VectorColumn, vectors: number, range: BlockRange): string {
  const { expression, itself, operator, type } = column;
  // What the function gives is no longer in TOAST: each operator would fetch it again.
  const vector = itself === null ? `(${expression})` : `${itself}(${expression}, -1, false)`;
  const samples = Array.from({ length: vectors }, (_, index) => index);
  const distances = samples.map(
    (index) => `(v OPERATOR(${operator}) $${index + 1}::${type})::float8 AS d${index}`,
  );
  const best = samples.map(
    (index) =>
      `(SELECT ${index} AS sample, place::text, d${index} AS distance FROM near ORDER BY d${index}, near.place LIMIT ${nearest})`,
  );
  // Most rows are farther off than those that other ranges gave: to keep and sort these takes a third of the time.
  const near = samples.map((index) => `d${index} <= $${vectors + index + 1}::float8`);
  return `WITH near AS (SELECT * FROM (SELECT place, ${distances.join(', ')}
      FROM (SELECT t.ctid AS place, ${vector} AS v FROM ${vectorRows(column)} AND ${withinBlocks(range)} OFFSET 0) fetched OFFSET 0) measured
      WHERE ${near.join(' OR ')})
    ${best.join(' UNION ALL ')}`;
}

/** Nearest first; those of equal distance as they lie in the table, whichever range was read first. */
const closest = (candidates: readonly Candidate[]): Candidate[] =>
  candidates
    .toSorted((one, other) => one.distance - other.distance || one.block - other.block)
    .slice(0, nearest);

async function readKeys(
  session: Session,
  column: VectorColumn,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, string>> {
  if (candidates.length === 0) return new Map();
  const rows = await session.rows<{ place: string; key: string }>(
    `SELECT t.ctid::text AS place, ${rowKey(column)} AS key FROM ${vectorRows(column)} AND t.ctid = ANY($1::tid[])`,
    [[...new Set(candidates.map(({ place }) => place))]],
  );
  return new Map(rows.map(({ place, key }) => [place, key]));
}

function named({ place, distance }: Candidate, keys: ReadonlyMap<string, string>): Neighbour {
  const key = keys.get(place);
  if (key === undefined) throw new Error(`the row at ${place} is gone from its snapshot`);
  return { key, distance };
}

function compareNeighbours(one: Neighbour, other: Neighbour): number {
  return one.distance - other.distance || compareText(one.key, other.key);
}
