import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface LargeTableLimits {
  /** In the archive, compressed. */
  readonly leastBytes: number;
  /** Of what each job would have, were all data the same for all. */
  readonly leastShare: number;
}

const usual: LargeTableLimits = { leastBytes: 16 * 1024 ** 2, leastShare: 0.5 };

/**
 * The lines, in the table of contents, of the data of tables with so much of the archive that all other sessions would
 * have nothing left to do. An archive in directory format has a file for the data of each table, named by the number of
 * its entry (PostgreSQL: pg_dump, `--format`).
 */
export async function findLargeTables(
  list: string,
  directory: string,
  jobs: number,
  { leastBytes, leastShare } = usual,
): Promise<string[]> {
  if (jobs < 2) return [];
  const sizes = new Map<string, number>();
  for (const name of await readdir(directory)) {
    const number = /^(\d+)\.dat/.exec(name)?.[1];
    if (number !== undefined) sizes.set(number, (await stat(join(directory, name))).size);
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const least = Math.max(leastBytes, (total / jobs) * leastShare);
  return list.split('\n').filter((entry) => {
    const number = /^(\d+); 0 \d+ TABLE DATA /.exec(entry)?.[1];
    return number !== undefined && (sizes.get(number) ?? 0) >= least;
  });
}
