import { renderTable } from './table.js';

export interface ComparisonRow {
  readonly item: string;
  readonly result: 'match' | 'differ' | 'not-compared' | 'older';
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  readonly detail?: string | undefined;
}

export interface CheckRow {
  readonly check: string;
  readonly result: 'pass' | 'fail' | 'not-checked';
  readonly detail: string;
}

/** What was compared between source and target, what differs first, and a line of counts. */
export function renderComparisons(comparisons: readonly ComparisonRow[]): string {
  if (comparisons.length === 0) return 'Nothing was compared.';
  const table = renderTable(sortComparisons(comparisons), [
    { title: 'RESULT', cell: (row) => row.result },
    { title: 'ITEM', cell: (row) => row.item },
    { title: 'SOURCE', cell: (row) => shorten(row.source ?? '') },
    { title: 'TARGET', cell: (row) => shorten(row.target ?? '') },
    { title: 'DETAIL', cell: (row) => shorten(row.detail ?? '') },
  ]);
  return `${table}\n${countComparisons(comparisons)}`;
}

const rank = { differ: 0, 'not-compared': 1, older: 2, match: 3 } as const;

/** What differs first, then what could not be compared. */
export function sortComparisons(comparisons: readonly ComparisonRow[]): readonly ComparisonRow[] {
  return [...comparisons].sort((left, right) => rank[left.result] - rank[right.result]);
}

/** `84 match, 0 differ, 0 not compared`; the older ones where there are any. */
export function countComparisons(comparisons: readonly ComparisonRow[]): string {
  const count = (result: ComparisonRow['result']) =>
    comparisons.filter((one) => one.result === result).length;
  const older = count('older') === 0 ? '' : `, ${count('older')} older than the source`;
  return `${count('match')} match, ${count('differ')} differ, ${count('not-compared')} not compared${older}`;
}

export function renderChecks(checks: readonly CheckRow[]): string {
  if (checks.length === 0) return 'Nothing was checked.';
  return renderTable(checks, [
    { title: 'RESULT', cell: (row) => row.result },
    { title: 'CHECK', cell: (row) => row.check },
    { title: 'DETAIL', cell: (row) => row.detail },
  ]);
}

const longest = 60;

/** A checksum or a list of neighbours need not fill the screen: JSON and the report have it whole. */
function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
