import type { JsonObject } from './json.js';
import { currentFormat } from './record.js';

/** Turns the records of format n into those of format n + 1. Pure; one file each: `upgrade-v1.ts` makes 2 of 1. */
export type Upgrade = (records: readonly JsonObject[]) => readonly JsonObject[];

/** By the format they start from. Complete from 1 to the current format less one. */
export type Upgrades = ReadonlyMap<number, Upgrade>;

/** Format 1 is the first: nothing to upgrade from yet. */
export const upgrades: Upgrades = new Map();

/**
 * Carries records from the format they were written in to the current one, a format at a time.
 * The chain of hashes is checked before, on the lines as they were written.
 */
export function upgradeRecords(
  records: readonly JsonObject[],
  from: number,
  to: number = currentFormat,
  chain: Upgrades = upgrades,
): readonly JsonObject[] {
  let current = records;
  for (let format = from; format < to; format += 1) {
    const upgrade = chain.get(format);
    if (upgrade === undefined) throw new Error(`no upgrade from journal format ${String(format)}`);
    current = upgrade(current);
  }
  return current;
}
