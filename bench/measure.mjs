import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * Whole-process wall times of several programs, taken in turn within one run, so that whatever else the machine does
 * falls on all of them alike.
 * @param {{ name: string, args: string[], env?: NodeJS.ProcessEnv }[]} programs each run by this Node
 * @param {number} rounds after one round that is thrown away
 * @returns {{ name: string, median: number, minimum: number, maximum: number }[]} milliseconds
 */
export function measureInterleaved(programs, rounds) {
  const times = programs.map(() => []);
  for (let round = -1; round < rounds; round++) {
    programs.forEach((program, index) => {
      const time = timeOnce(program);
      if (round >= 0) times[index].push(time);
    });
  }
  return programs.map(({ name }, index) => summarize(name, times[index]));
}

function timeOnce({ name, args, env }) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', env: env ?? process.env });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return performance.now() - started;
}

export function summarize(name, times) {
  const sorted = times.toSorted((one, other) => one - other);
  return { name, median: sorted[Math.floor(sorted.length / 2)], minimum: sorted[0], maximum: sorted.at(-1) };
}

/** @param {string[][]} rows the first is the heading */
export function formatTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  '),
    )
    .join('\n');
}
