// Runs the benchmarks and prints a table of each; ends with 1 when one is beyond its limit. docs/bench.md says how to read it.
import { parseArgs } from 'node:util';
import { benchData } from './data-speed.mjs';
import { benchStartup } from './startup.mjs';

const names = ['startup', 'race', 'comparison'];
const usage = `npm run bench -- [${names.join('] [')}] [options]

  --scale N      size of the database, 1 for 1.9 GB (0.1)
  --rounds N     rounds of each measurement (2)
  --no-hnsw      leave out the race with a vector index
  --ways A,B     the ways that race, by id; all when left out
  --help         this text`;
const { values, positionals } = readArguments();
if (values.help) {
  console.log(usage);
  process.exit();
}
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

function readArguments() {
  try {
    const given = parseArgs({
      allowPositionals: true,
      options: {
        scale: { type: 'string', default: '0.1' },
        rounds: { type: 'string', default: '2' },
        'no-hnsw': { type: 'boolean', default: false },
        ways: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = given.positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`${unknown} is no benchmark`);
    for (const name of ['scale', 'rounds'])
      if (!(Number(given.values[name]) > 0))
        throw new Error(`--${name} ${given.values[name]} is no number above 0`);
    return given;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
