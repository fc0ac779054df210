import type { Comparison } from '../steps/refs.js';
import { compareContents, compareLargeObjects, compareSequences } from './compare-contents.js';
import { compareSections } from './compare-sections.js';
import { compareVectors } from './compare-vectors.js';
import type { Fingerprint } from './fingerprint.js';

/**
 * Holds two fingerprints against each other. Allowed to differ, and nothing else: a newer extension, a sequence that is
 * ahead, a materialized view that was stale on the source, the order of equally near neighbours, and between major
 * versions the way in which a definition is printed.
 */
export function compareFingerprints(source: Fingerprint, target: Fingerprint): Comparison[] {
  return [
    ...compareSections(source, target),
    ...compareSequences(source, target),
    compareLargeObjects(source, target),
    ...compareContents(source, target),
    ...compareVectors(source, target),
  ];
}

/** What is not proven equal; empty is the only success. */
export function listFailures(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter((one) => one.result !== 'match');
}
