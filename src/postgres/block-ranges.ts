/** Blocks of a relation, from `first` to before `end`. The last range has no end: the relation may have grown since. */
export interface BlockRange {
  readonly first: number;
  readonly end: number | undefined;
}

/** Before this a server reads a whole table to find a range of its blocks (PostgreSQL 14 release notes, TID range scans). */
const findsRangesFrom = 140_000;

/** About `wanted` ranges of much the same size that hold every row once; one alone where the server cannot find others. */
export function divideBlocks(pages: number, wanted: number, serverVersion: number): BlockRange[] {
  const count = serverVersion < findsRangesFrom ? 1 : Math.max(1, Math.min(pages, Math.ceil(wanted)));
  const step = Math.max(1, Math.ceil(pages / count));
  const length = Math.max(1, Math.ceil(pages / step));
  return Array.from({ length }, (_, index) => ({
    first: index * step,
    end: index === length - 1 ? undefined : (index + 1) * step,
  }));
}

/** SQL: a condition on the rows of a relation. */
export function withinBlocks({ first, end }: BlockRange): string {
  if (first === 0 && end === undefined) return 'true';
  return `ctid >= '(${first},0)'::tid${end === undefined ? '' : ` AND ctid < '(${end},0)'::tid`}`;
}
