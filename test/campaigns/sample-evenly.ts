import { seededRandom } from '../../src/sandbox/seeded-random.js';

/** `count` of the items: one at random from each of `count` equal stretches, spread over the whole list. */
export function sampleEvenly<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const random = seededRandom(seed);
  const stretch = items.length / count;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index + random()) * stretch)]!);
}
