import type { RecordedIntent } from '../../src/pipeline/step.js';

/** What the journal of an earlier attempt may say of one call: the columns of every decision table. */
export const journals = ['no intent', 'an intent', 'an effect'] as const;
export type Journal = (typeof journals)[number];

export function recordedAs(journal: Journal, intent: RecordedIntent): RecordedIntent[] {
  if (journal === 'no intent') return [];
  return [journal === 'an intent' ? intent : { ...intent, effect: {} }];
}

/** The cells of a table whose rows are what is found, each with what is expected in the three columns. */
export function cellsOf<Found extends string, Expected>(
  table: Readonly<Record<Found, readonly [none: Expected, intent: Expected, effect: Expected]>>,
): [found: Found, journal: Journal, expected: Expected][] {
  return (Object.keys(table) as Found[]).flatMap((found) =>
    journals.map((journal, column): [Found, Journal, Expected] => [found, journal, table[found][column]!]),
  );
}
