import type { Comparison } from '../steps/refs.js';
import type { Fingerprint, Neighbour, VectorSearch } from './fingerprint.js';
import { tolerance } from './index-recall.js';
import { searchKey } from './search-vectors.js';

/** Share of the true neighbours that an index searched thoroughly must find. */
const goodRecall = 0.9;

/** Each search of the source: the same neighbours, and an index that is used and finds them. */
export function compareVectors(source: Fingerprint, target: Fingerprint): Comparison[] {
  const there = new Map(target.vectors.map((one) => [searchKey(one), one]));
  const lines = source.vectors.flatMap((one) => compareSearch(one, there.get(searchKey(one))));
  const known = new Set(source.vectors.map(searchKey));
  const extra = target.vectors.filter((one) => !known.has(searchKey(one)));
  return [
    ...lines,
    ...extra.map((one): Comparison => ({
      item: titleOf(one),
      result: 'differ',
      detail: 'only on the target',
    })),
  ];
}

function compareSearch(one: VectorSearch, other: VectorSearch | undefined): Comparison[] {
  const item = titleOf(one);
  if (other === undefined)
    return [{ item, result: 'differ', detail: 'no such vector column or index on the target' }];
  if (one.type !== other.type)
    return [
      { item, result: 'differ', source: one.type, target: other.type, detail: 'other type or dimension' },
    ];
  return [compareNeighbours(item, one, other), ...compareIndex(one, other)];
}

function compareNeighbours(item: string, one: VectorSearch, other: VectorSearch): Comparison {
  for (const [index, query] of one.queries.entries()) {
    const found = other.queries[index];
    if (found?.vector !== query.vector)
      return { item, result: 'not-compared', detail: 'other vectors were searched for' };
    if (!isSame(query.nearest, found.nearest)) {
      return {
        item,
        result: 'differ',
        source: listOf(query.nearest),
        target: listOf(found.nearest),
        detail: `neighbours of sample ${String(index + 1)}`,
      };
    }
  }
  return {
    item,
    result: 'match',
    detail: `${one.type}: the same nearest ${String(one.queries[0]?.nearest.length ?? 0)} for ${String(one.queries.length)} samples`,
  };
}

/** Same rows at the same distances; rows that are equally far may have changed places. */
function isSame(here: readonly Neighbour[], there: readonly Neighbour[]): boolean {
  if (here.length !== there.length) return false;
  return here.every((one, index) => {
    const other = there[index];
    return (
      other !== undefined &&
      (Object.is(one.distance, other.distance) ||
        Math.abs(one.distance - other.distance) <= tolerance(one.distance))
    );
  });
}

function compareIndex(one: VectorSearch, other: VectorSearch): Comparison[] {
  if (one.index === undefined || one.queries.length === 0) return [];
  const item = `index ${one.index} (${one.method ?? ''})`;
  const text = (search: VectorSearch): string =>
    `${search.indexUsed === true ? 'used' : 'not used'}, recall ${String(search.recall ?? 0)}`;
  const enough = Math.min(goodRecall, one.recall ?? goodRecall);
  const good = (other.indexUsed === true || one.indexUsed !== true) && (other.recall ?? 0) >= enough;
  return good
    ? [{ item, result: 'match', detail: text(other) }]
    : [
        {
          item,
          result: 'differ',
          source: text(one),
          target: text(other),
          detail: 'the index does not serve as it did',
        },
      ];
}

function titleOf(one: VectorSearch): string {
  return `nearest neighbours of ${one.table} by ${one.expression} ${one.operator}`;
}

function listOf(neighbours: readonly Neighbour[]): string {
  return neighbours.map((one) => `${one.key} at ${String(one.distance)}`).join(', ');
}
