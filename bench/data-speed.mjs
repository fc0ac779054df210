// Moving and comparing a database: this project's engines and steps against what else there is.
import { loadavg } from 'node:os';
import { formatTable } from './measure.mjs';
import { findPgcopydb } from './data/pgcopydb.mjs';
import { emptyTarget, fillTarget, prepareRace, runRace } from './data/race.mjs';
import { hnswIndex, renderRagDatabase } from './data/rag-database.mjs';
import { startTwoServers } from './data/two-servers.mjs';
import { measureVerification } from './data/verification.mjs';
import { listWays } from './data/ways.mjs';

const seed = 1;
/** Sessions at once: what the product takes on two processors. */
const jobs = 2;
/** Below this most of the time goes into starting programs. */
const judgedFrom = 0.5;
/** Share of the time of another way that an engine may take. */
const limits = {
  plain: { stream: { documented: 0.47, pgcopydb: 0.65 }, archive: { documented: 0.8 } },
  hnsw: { stream: { documented: 0.62, pgcopydb: 0.9 }, archive: { documented: 0.75 } },
};
/** The comparison may take so many times as long as reading all tables. */
const comparisonLimit = 2;

/**
 * @param {{ scale: number, rounds: number, hnsw: boolean, race: boolean, comparison: boolean, ways?: string[] }} options
 *   `ways`: the ids of those that race; all when left out
 */
export async function benchData({ scale, rounds, hnsw, race, comparison, ways }, tell) {
  const servers = await startTwoServers();
  try {
    const bytes = await fillSource(servers, scale);
    tell(
      `source: ${megabytes(bytes)} MB, scale ${scale}, seed ${seed}, PostgreSQL ${servers.clients.version}`,
    );
    const results = [];
    if (race)
      results.push(
        await raceOnce(servers, { title: 'without HNSW', rounds, limits: limits.plain, scale, ways }, tell),
      );
    if (comparison) results.push(await compareOnce(servers, { rounds, bytes }, tell));
    if (race && hnsw) {
      await addHnsw(servers);
      results.push(
        await raceOnce(servers, { title: 'with HNSW', rounds, limits: limits.hnsw, scale, ways }, tell),
      );
    }
    return results;
  } finally {
    await servers.stop();
  }
}

async function fillSource({ sessions, source }, scale) {
  await sessions.use({ ...source, database: 'postgres' }, { mode: 'write' }, (session) =>
    session.run('CREATE DATABASE rag TEMPLATE template0'),
  );
  const statements = [...renderRagDatabase(scale, seed), 'VACUUM ANALYZE'];
  return inSource({ sessions, source }, statements);
}

const addHnsw = (servers) => inSource(servers, [`SET maintenance_work_mem = '2GB'`, hnswIndex]);

function inSource({ sessions, source }, statements) {
  return sessions.use(source, { mode: 'write', settings: { search_path: 'public' } }, async (session) => {
    for (const sql of statements) await session.run(sql);
    const { bytes } = await session.row('SELECT pg_database_size(current_database())::float8 AS bytes');
    return bytes;
  });
}

async function raceOnce(servers, { title, rounds, limits, scale, ways }, tell) {
  const pgcopydb = await findPgcopydb();
  if ('why' in pgcopydb) tell(`SKIPPED: pgcopydb is not in this race: ${pgcopydb.why}`);
  const load = loadavg()[0].toFixed(1);
  const race = await prepareRace(servers, { jobs, rounds });
  const racing = chooseWays(listWays(race, 'why' in pgcopydb ? undefined : pgcopydb), ways);
  const results = await runRace(race, racing, tell);
  const judged = judge(results, limits);
  const isJudged = scale >= judgedFrom;
  return {
    title: `Moving the database ${title}, ${rounds} interleaved rounds; ratios are those of the same round; load when it began: ${load}`,
    table: formatTable([
      ['way', 'seconds', 'min', 'max', '/ psql', '/ pgcopydb', 'cpu s', 'memory MB', 'disk MB', 'phases'],
      ...results.map((one) => rowOf(one, results)),
    ]),
    verdict: judged.map(({ text }) => text).join('; '),
    ...(isJudged ? {} : { notJudged: `scale below ${judgedFrom}` }),
    ok: !isJudged || judged.every(({ ok }) => ok),
  };
}

function chooseWays(all, ids = all.map(({ id }) => id)) {
  const unknown = ids.find((id) => !all.some((way) => way.id === id));
  if (unknown !== undefined)
    throw new Error(`${unknown} does not race: choose of ${all.map(({ id }) => id).join(', ')}`);
  return all.filter(({ id }) => ids.includes(id));
}

function rowOf(one, results) {
  const phases = Object.entries(one.phases).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);
  const figures = [one.median, one.minimum, one.maximum].map((seconds) => seconds.toFixed(1));
  const ratios = ['documented', 'pgcopydb'].map((id) => ratioOf(one, results, id)?.toFixed(2) ?? '-');
  return [
    ...[one.name, ...figures, ...ratios, one.processor.toFixed(1)],
    ...[megabytes(one.memory), megabytes(one.disk), phases.join(', ')],
  ];
}

/** The median of the ratios of each round: whatever else the machine does changes from round to round. */
function ratioOf(one, results, id) {
  const other = results.find((result) => result.id === id);
  if (other === undefined) return undefined;
  const ratios = one.times.map((time, round) => time / other.times[round]).toSorted((a, b) => a - b);
  return ratios[Math.floor(ratios.length / 2)];
}

function judge(results, limits) {
  return Object.entries(limits).flatMap(([id, others]) =>
    Object.entries(others).flatMap(([other, limit]) => {
      const own = results.find((one) => one.id === id);
      const ratio = own && ratioOf(own, results, other);
      if (ratio === undefined) return [];
      return [{ text: `${id} / ${other} ${ratio.toFixed(2)} (limit ${limit})`, ok: ratio <= limit }];
    }),
  );
}

async function compareOnce(servers, { rounds, bytes }, tell) {
  const race = await prepareRace(servers, { jobs, rounds });
  await fillTarget(
    race,
    listWays(race).find(({ id }) => id === 'stream'),
  );
  // Autovacuum would do it some time while something is measured.
  await servers.sessions.use(servers.target, { mode: 'write' }, (session) => session.run('VACUUM ANALYZE'));
  const { reading, comparing, ratio, clientMemory, serverMemory } = await measureVerification(race, tell);
  await emptyTarget(servers);
  const row = (name, { seconds, processor }) => [name, seconds.toFixed(1), processor.toFixed(1)];
  return {
    title: `Comparing both databases (${megabytes(bytes)} MB each), ${rounds} interleaved rounds`,
    table: formatTable([
      ['what', 'seconds', 'cpu s'],
      row('COPY of every table to nowhere, both', reading),
      row('fingerprints of both, compared', comparing),
    ]),
    verdict: `the comparison takes ${ratio.toFixed(2)} times as long as reading (limit ${comparisonLimit}); at most ${megabytes(clientMemory)} MB here and ${megabytes(serverMemory)} MB in a process of a server`,
    ok: ratio <= comparisonLimit,
  };
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
