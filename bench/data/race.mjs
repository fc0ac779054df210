// Moves one database by each way in turn, several rounds, and says what each took.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFingerprintGateway } from '../../dist/postgres/fingerprint-gateway.js';
import { listFailures } from '../../dist/postgres/compare-fingerprints.js';
import { summarize } from '../measure.mjs';
import { processorSeconds, watchUsage } from './usage.mjs';

/**
 * @typedef {object} Race
 * @property {Awaited<ReturnType<typeof import('./two-servers.mjs').startTwoServers>>} servers
 * @property {number} jobs sessions at once
 * @property {number} rounds
 * @property {(folder: string) => string} order the file that tells our own steps what to do
 */

/** The size of a server with about two processors: an Aurora capacity unit is about 2 GiB of memory with what goes with it. */
const maxAcu = 8;

/** @returns {Promise<Race & { fingerprint: object }>} */
export async function prepareRace(servers, { jobs, rounds }) {
  const fingerprints = createFingerprintGateway(servers.sessions, jobs);
  const signal = new AbortController().signal;
  const fingerprint = await fingerprints.take(servers.source, { mode: 'checksum', signal });
  const file = join(servers.directory, 'source-fingerprint.json');
  writeFileSync(file, fingerprints.print(fingerprint));
  const order = (folder) => {
    const path = join(servers.directory, 'order.json');
    const { source, target, clients, caFile, password } = servers;
    const directory = join(folder, 'run');
    writeFileSync(
      path,
      JSON.stringify({
        source,
        target,
        clients,
        caFile,
        password,
        directory,
        jobs,
        maxAcu,
        fingerprint: { file },
      }),
    );
    return path;
  };
  return { servers, jobs, rounds, order, fingerprint, fingerprints };
}

/** @param {Race} race @param {import('./ways.mjs').Way[]} ways */
export async function runRace(race, ways, tell) {
  const results = ways.map((way) => ({ way, runs: [] }));
  for (let round = 1; round <= race.rounds; round++) {
    for (const result of results) {
      const run = await moveOnce(race, result.way, { check: round === race.rounds });
      tell(`round ${round}: ${result.way.name} ${run.seconds.toFixed(1)} s`);
      result.runs.push(run);
    }
  }
  return results.map(({ way, runs }) => ({
    id: way.id,
    ...summarize(
      way.name,
      runs.map((run) => run.seconds),
    ),
    times: runs.map((run) => run.seconds),
    processor: Math.min(...runs.map((run) => run.processor)),
    phases: medians(runs.map((run) => run.phases)),
    memory: Math.max(...runs.map((run) => run.memory)),
    disk: Math.max(...runs.map((run) => run.disk)),
    wal: Math.max(...runs.map((run) => run.wal)),
  }));
}

function medians(all) {
  const names = Object.keys(all[0]);
  return Object.fromEntries(
    names.map((name) => [
      name,
      summarize(
        name,
        all.map((one) => one[name]),
      ).median,
    ]),
  );
}

/** Fills the target by a way, and leaves it there. */
export async function fillTarget({ servers }, way) {
  const folder = join(servers.directory, 'way');
  mkdirSync(folder, { mode: 0o700 });
  for (const phase of way.phases(folder)) await runPhase(servers, phase, folder);
  rmSync(folder, { recursive: true });
}

async function moveOnce(race, way, { check }) {
  const { servers } = race;
  const folder = join(servers.directory, 'way');
  mkdirSync(folder, { mode: 0o700 });
  if (!way.makesDatabase) await inPostgres(servers, 'CREATE DATABASE rag TEMPLATE template0');
  await servers.checkpoint();
  const before = await walPosition(servers);
  const processor = processorSeconds();
  const result = { phases: {}, seconds: 0, memory: 0, disk: 0 };
  try {
    for (const phase of way.phases(folder)) {
      const { seconds, output, memory, disk } = await runPhase(servers, phase, folder);
      result.seconds += seconds;
      Object.assign(result.phases, phase.tellsPhases ? JSON.parse(output) : { [phase.name]: seconds });
      result.memory = Math.max(result.memory, memory);
      result.disk = Math.max(result.disk, disk);
    }
    result.processor = processorSeconds() - processor;
    result.wal = (await walPosition(servers)) - before;
    if (check) await refuseDifferences(race, way);
    return result;
  } finally {
    await emptyTarget(servers);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function refuseDifferences({ servers, fingerprint, fingerprints }, way) {
  const signal = new AbortController().signal;
  const found = await fingerprints.take(servers.target, {
    mode: 'checksum',
    signal,
    comparedWith: fingerprint,
  });
  const failures = listFailures(fingerprints.compare(fingerprint, found));
  if (failures.length === 0) return;
  const places = failures.map((one) => `${one.item}: ${one.result} ${one.detail ?? ''}`);
  throw new Error(`${way.name} did not move all:\n${places.slice(0, 10).join('\n')}`);
}

export const emptyTarget = (servers) => inPostgres(servers, 'DROP DATABASE IF EXISTS rag WITH (FORCE)');

const inPostgres = ({ sessions, target }, sql) =>
  sessions.use({ ...target, database: 'postgres' }, { mode: 'write' }, (session) => session.run(sql));

async function walPosition({ sessions, target }) {
  const { position } = await sessions.use({ ...target, database: 'postgres' }, { mode: 'read' }, (session) =>
    session.row(`SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS position`),
  );
  return position;
}

/** Nothing that a program could stumble over: pgcopydb reads all of PATH. */
export const clientEnvironment = ({ clients, password, caFile }, home) => ({
  PATH: `${clients.binDir}:/usr/bin:/bin`,
  HOME: home,
  LC_ALL: 'C',
  TMPDIR: home,
  PGPASSWORD: password,
  PGSSLMODE: 'verify-full',
  PGSSLROOTCERT: caFile,
});

/** @param {import('./ways.mjs').Phase} phase */
async function runPhase(servers, phase, folder) {
  const files = [
    phase.input && openSync(phase.input, 'r'),
    phase.output && openSync(phase.output, 'w', 0o600),
  ];
  const [input, output] = files;
  const env = clientEnvironment(servers, folder);
  const started = performance.now();
  const stdio = [input ?? 'ignore', output ?? (phase.tellsPhases ? 'pipe' : 'ignore'), 'pipe'];
  const child = spawn(phase.program, phase.arguments, { cwd: folder, env, stdio });
  const usage = watchUsage(child.pid, folder);
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name]?.on('data', (chunk) => (told[name] = (told[name] + chunk).slice(-20_000)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  const peak = usage.end();
  for (const file of files.filter((one) => one !== undefined)) closeSync(file);
  if (code !== 0) throw new Error(`${phase.program} ended with ${code}:\n${told.stderr.slice(-3000)}`);
  return { seconds, output: told.stdout, ...peak };
}
