import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import type { Fingerprint } from '../../src/postgres/fingerprint.js';
import type { Session, Sessions } from '../../src/postgres/session.js';
import { takeFingerprint } from '../../src/postgres/take-fingerprint.js';
import { seededRandom } from '../../src/sandbox/seeded-random.js';
import { readZoo } from '../fixtures/zoo-of.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';
import { findHarmlessChanges } from './mutations/harmless-changes.js';
import { findCatalogMutations } from './mutations/catalog-mutations.js';
import { firstOfKinds, pick, shuffle, type Mutation } from './mutations/mutation.js';
import { findRowMutations } from './mutations/row-mutations.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const [mutationsWanted, pairsWanted] = full ? [2000, 200] : [24, 2];
const timeout = full ? 4 * 3_600_000 : 240_000;
const signal = new AbortController().signal;

let server: PostgresServer;
let session: Session;
let baseline: Fingerprint | undefined;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('zoo');
  for (const file of ['schema-zoo.sql', 'schema-zoo-rare.sql'])
    await server.asMaster('zoo', await readZoo(file, 17));
  session = await server.sessions.open(server.database('zoo'), { mode: 'write' });
  baseline = await take(server.sessions);
}, 120_000);
afterAll(async () => {
  await session.close();
  await server.stop();
});

test('every single change is found, with its place', { timeout }, async () => {
  const random = seededRandom(seed);
  const all = [
    ...(await findCatalogMutations(session, random)),
    ...(await findRowMutations(session, random)),
  ];
  // One of each kind first: chance must not leave out a kind.
  const chosen: Mutation[] = [];
  const missed: string[] = [];
  for (const mutation of firstOfKinds(shuffle(all, random))) {
    if (chosen.length === mutationsWanted) break;
    const places = await tryMutation(mutation);
    // PostgreSQL refuses it by a constraint: nothing was changed that could be found.
    if (places === undefined) continue;
    chosen.push(mutation);
    if (!places.some((place) => place.startsWith(mutation.place)))
      missed.push(
        `${mutation.kind}: ${mutation.sql}: looked for ${mutation.place}, found ${places.join('; ') || 'nothing'}`,
      );
  }
  const kinds = new Set(chosen.map(({ kind }) => kind)).size;
  process.stdout.write(
    `mutations: ${chosen.length - missed.length} of ${chosen.length} found with their place, ${kinds} kinds, ${all.length} possible, CAMPAIGN_SEED=${seed}\n`,
  );
  expect(missed).toEqual([]);
});

test('what changes nothing that a reader could see is no difference', { timeout }, async () => {
  const random = seededRandom(seed + 1);
  const harmless = await findHarmlessChanges(session);
  const alarms: string[] = [];
  for (let pair = 0; pair < pairsWanted; pair += 1) {
    const sql = Array.from({ length: 5 }, () => pick(harmless, random));
    const places = (await tryMutation({ kind: 'harmless', sql: sql.join('; '), place: '' })) ?? ['refused'];
    if (places.length > 0) alarms.push(`${sql.join('; ')}: ${places.join('; ')}`);
  }
  process.stdout.write(
    `clean pairs: ${pairsWanted}, false alarms: ${alarms.length}, CAMPAIGN_SEED=${seed}\n`,
  );
  expect(alarms).toEqual([]);
});

/** @returns the items that do not match; undefined where a constraint forbids the change; the database is afterwards as it was before */
async function tryMutation(mutation: Mutation): Promise<string[] | undefined> {
  if (mutation.undo === undefined) {
    await session.run('BEGIN');
    try {
      if (!(await isMade(mutation))) return undefined;
      return await findPlaces(within(session));
    } catch (error) {
      return [`failed: ${String(error)}`];
    } finally {
      await session.run('ROLLBACK');
      // Rows that were rolled back stay in an HNSW index, one beside the other, and it finds less and less: no target has thousands of them.
      if (mutation.sql.includes('app.chunks')) await session.run('VACUUM app.chunks');
    }
  }
  const execute = mutation.asSuperuser === true ? server.asSuperuser : server.asMaster;
  await execute('zoo', mutation.sql);
  try {
    return await findPlaces(server.sessions);
  } finally {
    await execute('zoo', mutation.undo);
  }
}

/** @returns false where a constraint of the table forbids it */
async function isMade({ sql }: Mutation): Promise<boolean> {
  try {
    await session.run(`SET LOCAL search_path = public; ${sql}; SET LOCAL search_path = pg_catalog, pg_temp`);
    return true;
  } catch (error) {
    if (/\(23\d{3}\)$/.test(String(error))) return false;
    throw error;
  }
}

async function findPlaces(sessions: Sessions): Promise<string[]> {
  if (baseline === undefined) throw new Error('no baseline');
  return listFailures(compareFingerprints(baseline, await take(sessions))).map(({ item }) => item);
}

function take(sessions: Sessions): Promise<Fingerprint> {
  const same = baseline === undefined ? {} : { comparedWith: baseline };
  return takeFingerprint(sessions, server.database('zoo'), { mode: 'checksum', jobs: 1, signal, ...same });
}

/** Reads in the transaction that the session has open, so that changes need never be committed. */
function within(open: Session): Sessions {
  const inside: Session = {
    ...open,
    run: (sql, parameters) => (sql.startsWith('BEGIN ') ? Promise.resolve() : open.run(sql, parameters)),
    close: () => Promise.resolve(),
  };
  return {
    ...server.sessions,
    open: () => Promise.resolve(inside),
    use: (_server, _options, work) => work(inside),
  };
}
