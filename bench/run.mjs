// Runs the benchmarks and prints a table of each; ends with 1 when one is beyond its limit. docs/bench.md says how to read it.
import { parseArgs } from 'node:util';
import { benchData } from './data-speed.mjs';
import { benchStartup } from './startup.mjs';

const names = ['startup', 'race', 'comparison'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    // 1 is a database of 1.9 GB.
    scale: { type: 'string', default: '0.1' },
    rounds: { type: 'string', default: '2' },
    'no-hnsw': { type: 'boolean', default: false },
    // Of the race, by id, with commas between; all when left out.
    ways: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`${unknown} is no benchmark: choose of ${names.join(', ')}`);
const chosen = new Set(positionals.length > 0 ? positionals : names);
const tell = (line) => console.error(`bench: ${line}`);

const results = [];
if (chosen.has('startup')) results.push(benchStartup());
if (chosen.has('race') || chosen.has('comparison')) {
  const options = {
    ...{ scale: Number(values.scale), rounds: Number(values.rounds), hnsw: !values['no-hnsw'] },
    ways: values.ways?.split(','),
  };
  results.push(
    ...(await benchData(
      { ...options, race: chosen.has('race'), comparison: chosen.has('comparison') },
      tell,
    )),
  );
}
for (const { title, table, verdict, ok, notJudged } of results) {
  const word = notJudged ? `not judged (${notJudged})` : ok ? 'ok' : 'TOO SLOW';
  console.log(`${title}\n\n${table}\n\n${word}: ${verdict}\n`);
  if (!ok) process.exitCode = 1;
}
