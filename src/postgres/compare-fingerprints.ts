import { isFailure, type Comparison } from '../steps/refs.js';
import { compareContents, compareLargeObjects, compareSequences } from './compare-contents.js';
import { compareSections } from './compare-sections.js';
import { compareVectors } from './compare-vectors.js';
import type { Fingerprint } from './fingerprint.js';

/**
 * Holds two fingerprints against each other. Allowed to differ, and nothing else: a newer extension, a sequence that is
 * ahead, a materialized view that was stale on the source, the order of equally near neighbours, and between major
 * versions the way in which a definition is printed.
 * @param asOf when the target's data is older than the source's: of which moment it is, ISO 8601. Data that is not equal
 * is then called `older`; that it came whole cannot be told from the source any more.
 */
export function compareFingerprints(source: Fingerprint, target: Fingerprint, asOf?: string): Comparison[] {
  const comparisons = [
    ...compareSections(source, target),
    ...compareSequences(source, target),
    compareLargeObjects(source, target),
    ...compareContents(source, target),
    ...compareVectors(source, target),
  ];
  return asOf === undefined ? comparisons : comparisons.map((one) => allowOlder(one, asOf));
}

const data = /^(rows of |value of |nearest neighbours of |large objects$)/;

/** Definitions have no such excuse: the application that goes to the target was made for those of the source. */
function allowOlder(one: Comparison, asOf: string): Comparison {
  if (one.result !== 'differ' || !data.test(one.item)) return one;
  const detail = one.detail === undefined ? '' : `; ${one.detail}`;
  return { ...one, result: 'older', detail: `not compared: the source has moved on since ${asOf}${detail}` };
}

/** What is not proven equal, and not accepted as older; empty is the only success. */
export function listFailures(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter(isFailure);
}
