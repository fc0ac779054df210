// Whole-process start-up against an empty Node program. A ratio, because milliseconds are those of the machine.
import { join } from 'node:path';
import { root } from '../scripts/project.mjs';
import { formatTable, measureInterleaved } from './measure.mjs';

/** A bare oclif program is about 2.5; above this, something is loaded that `--help` does not need. */
const limit = 3.5;
const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const command = join(root, 'bin', 'run.js');

export function benchStartup() {
  const programs = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'rds2aurora --help', args: [command, '--help'] },
    { name: 'rds2aurora --version', args: [command, '--version'] },
    { name: 'rds2aurora migrate dump-restore --help', args: [command, 'migrate', 'dump-restore', '--help'] },
  ];
  const results = measureInterleaved(programs, rounds);
  const base = results[0].median;
  const ms = (value) => value.toFixed(0);
  const rows = results.map(({ name, median, minimum, maximum }) => [
    name,
    ms(median),
    ms(minimum),
    ms(maximum),
    (median / base).toFixed(2),
  ]);
  const ratio = results[1].median / base;
  return {
    title: `Start-up, ${rounds} interleaved rounds, milliseconds`,
    table: formatTable([['program', 'median', 'min', 'max', 'ratio'], ...rows]),
    verdict: `--help takes ${ratio.toFixed(2)} times an empty Node program (limit ${limit})`,
    ok: ratio < limit,
  };
}
