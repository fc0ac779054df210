// How long the whole comparison of two databases takes, held against reading their tables once and throwing them away.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createFingerprintGateway } from '../../dist/postgres/fingerprint-gateway.js';
import { listFailures } from '../../dist/postgres/compare-fingerprints.js';
import { conninfo } from '../../dist/process/conninfo.js';
import { clientEnvironment } from './race.mjs';
import { summarize } from '../measure.mjs';
import { largestServerProcess, processorSeconds } from './usage.mjs';

/** Both servers hold the same rows. @param {import('./race.mjs').Race} race */
export async function measureVerification({ servers, jobs, rounds }, tell) {
  const runs = [];
  for (let round = 1; round <= rounds; round++) {
    const reading = await timed(() => readTables(servers, jobs));
    const comparing = await timed(() => compare(servers, jobs));
    tell(`round ${round}: read ${reading.seconds.toFixed(1)} s, compare ${comparing.seconds.toFixed(1)} s`);
    runs.push({ reading, comparing });
  }
  const of = (name, figure) =>
    summarize(
      name,
      runs.map((run) => run[name][figure]),
    ).median;
  const ratios = runs.map(({ reading, comparing }) => comparing.seconds / reading.seconds);
  return {
    reading: { seconds: of('reading', 'seconds'), processor: of('reading', 'processor') },
    comparing: { seconds: of('comparing', 'seconds'), processor: of('comparing', 'processor') },
    ratio: summarize('ratio', ratios).median,
    clientMemory: Math.max(...runs.map((run) => run.comparing.clientMemory)),
    serverMemory: Math.max(...runs.map((run) => run.comparing.serverMemory)),
  };
}

async function timed(work) {
  const processor = ownProcessor();
  const started = performance.now();
  const memory = watchMemory();
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { seconds, processor: ownProcessor() - processor, ...memory.end() };
}

const ownProcessor = () => processorSeconds() + (process.cpuUsage().user + process.cpuUsage().system) / 1e6;

function watchMemory() {
  const peak = { clientMemory: 0, serverMemory: 0 };
  const look = () => {
    peak.clientMemory = Math.max(peak.clientMemory, process.memoryUsage.rss());
    peak.serverMemory = Math.max(peak.serverMemory, largestServerProcess(process.pid));
  };
  const timer = setInterval(look, 200);
  return { end: () => (clearInterval(timer), look(), peak) };
}

async function compare({ sessions, source, target }, jobs) {
  const fingerprints = createFingerprintGateway(sessions, jobs);
  const request = { mode: 'checksum', signal: new AbortController().signal };
  const first = await fingerprints.take(source, request);
  const second = await fingerprints.take(target, { ...request, comparedWith: first });
  const failures = listFailures(fingerprints.compare(first, second));
  if (failures.length > 0) throw new Error(`${failures[0].item} differs: ${failures[0].detail ?? ''}`);
}

const tablesSql = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND n.nspname = 'public' ORDER BY pg_table_size(c.oid) DESC`;

async function readTables(servers, jobs) {
  for (const server of [servers.source, servers.target]) {
    const tables = await servers.sessions.use(server, { mode: 'read' }, (session) => session.rows(tablesSql));
    const queue = tables.values();
    const read = async () => {
      for (const { name } of queue) await readTable(servers, server, name);
    };
    await Promise.all(Array.from({ length: jobs }, read));
  }
}

async function readTable(servers, server, name) {
  const sql = `COPY (SELECT * FROM ${name}) TO STDOUT (FORMAT binary)`;
  const args = ['--no-psqlrc', '--quiet', `--command=${sql}`, conninfo(server)];
  const options = {
    env: clientEnvironment(servers, servers.directory),
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  const child = spawn(join(servers.clients.binDir, 'psql'), args, options);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`reading ${name} ended with ${code}`);
}
