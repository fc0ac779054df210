// What could not be had is remembered for a day, so that each run of the tests does not ask the network again.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const day = 24 * 3600 * 1000;

const fileOf = (cache, { major }) => join(cache, `postgresql-${major}.lacking`);

/** @returns {string | undefined} why there is none, when that was found out within a day */
export function readLack(cache, edition, now = Date.now()) {
  try {
    const file = fileOf(cache, edition);
    return now - statSync(file).mtimeMs < day ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

export function writeLack(cache, edition, why) {
  writeFileSync(fileOf(cache, edition), `${why}\n`);
}

export function forget(cache, edition) {
  rmSync(fileOf(cache, edition), { force: true });
}
