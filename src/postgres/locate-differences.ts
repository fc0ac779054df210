import type { Comparison, ServerRef } from '../steps/refs.js';
import { locateRows, type LocatedRows } from './locate-rows.js';
import { listTables } from './row-checksum.js';
import type { Session, Sessions } from './session.js';

/** Tables looked into, and rows of each that are named. */
const [tablesLookedInto, rowsNamed] = [5, 5];
const rowsOf = /^rows of (.+)$/;

/**
 * Adds to each comparison of rows that differs which rows those are, by their keys. Reads both servers as they are now.
 * A server that cannot be reached any more takes nothing from what was found: the comparisons stay as they were, and say
 * that no rows could be named.
 */
export async function locateDifferences(
  sessions: Sessions,
  { source, target }: { readonly source: ServerRef; readonly target: ServerRef },
  comparisons: readonly Comparison[],
  signal: AbortSignal,
): Promise<Comparison[]> {
  const wanted = comparisons.filter(isRowDifference).slice(0, tablesLookedInto);
  if (wanted.length === 0) return [...comparisons];
  const options = { mode: 'read', statementTimeoutMs: 0, signal } as const;
  const found = new Map<Comparison, string>();
  try {
    await sessions.use(source, options, (here) =>
      sessions.use(target, options, async (there) => {
        for (const one of wanted) found.set(one, await describeRows(here, there, one));
      }),
    );
  } catch {
    signal.throwIfAborted();
    for (const one of wanted) if (!found.has(one)) found.set(one, 'which rows could not be read');
  }
  return comparisons.map((one) => {
    const rows = found.get(one);
    return rows === undefined ? one : { ...one, detail: [one.detail, rows].filter(Boolean).join(': ') };
  });
}

function isRowDifference({ item, result, source, target }: Comparison): boolean {
  // Without a side there is no table there to look into.
  return result === 'differ' && rowsOf.test(item) && source !== undefined && target !== undefined;
}

async function describeRows(here: Session, there: Session, { item }: Comparison): Promise<string> {
  const label = rowsOf.exec(item)?.[1];
  const [mine, theirs] = (await Promise.all([listTables(here), listTables(there)])).map((tables) =>
    tables.find((one) => one.label === label),
  );
  if (mine === undefined || theirs === undefined) return 'the table is not there any more';
  return describeLocated(await locateRows(here, there, { source: mine, target: theirs }));
}

function describeLocated({ differences, complete }: LocatedRows): string {
  if (differences.length === 0) return 'no row differs now';
  const named = differences.slice(0, rowsNamed).map(({ row, how }) => `${row} ${how}`);
  const rest = differences.length - named.length;
  if (!complete) return `${named.join(', ')}, and more`;
  return rest === 0 ? named.join(', ') : `${named.join(', ')}, and ${String(rest)} more`;
}
