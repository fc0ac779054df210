// Runs the benchmarks and prints a table of each; ends with 1 when one is beyond its limit.
import { benchStartup } from './startup.mjs';

for (const bench of [benchStartup]) {
  const { title, table, verdict, ok } = bench();
  console.log(`${title}\n\n${table}\n\n${ok ? 'ok' : 'TOO SLOW'}: ${verdict}\n`);
  if (!ok) process.exitCode = 1;
}
