import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import type { dumpDatabase, fingerprintSource } from '../../src/steps/refs.js';
import { createStreamDatabase } from '../../src/steps/stream-database.js';
import { finish, openDataWorld, openIo } from './data-world.js';
import type { DataWorld, TestIo } from './data-world.js';

const journal = openIo();
let world: DataWorld;
let fingerprint: ReturnType<typeof fingerprintSource.output.parse>;
let definitions: ReturnType<typeof dumpDatabase.output.parse>;

/** More than the zoo: large enough for parts, more than one index on them, large objects enough for two batches. */
const more = `
  CREATE TABLE app.wide (id bigint PRIMARY KEY, body text, twice bigint GENERATED ALWAYS AS (id * 2) STORED);
  ALTER TABLE app.wide ALTER body SET STORAGE EXTERNAL;
  INSERT INTO app.wide SELECT i, repeat(md5(i::text), 150) FROM generate_series(1, 30000) i;
  DELETE FROM app.wide WHERE id BETWEEN 1000 AND 1200;
  CREATE INDEX wide_md5 ON app.wide (md5(body));
  CREATE TABLE app.notes (wide_id bigint REFERENCES app.wide ON DELETE CASCADE, note text);
  INSERT INTO app.notes SELECT 25000 + i % 5000, md5(i::text) FROM generate_series(1, 150000) i;
  CREATE INDEX notes_wide_id ON app.notes (wide_id);
  CREATE MATERIALIZED VIEW app.per_wide AS SELECT wide_id, count(*) AS n FROM app.notes GROUP BY wide_id;
  CREATE MATERIALIZED VIEW app.of_per_wide AS SELECT sum(n) AS total FROM app.per_wide;
  CREATE TABLE app.moods (mood app.mood NOT NULL, n int) PARTITION BY HASH (mood);
  CREATE TABLE app.moods_0 PARTITION OF app.moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE app.moods_1 PARTITION OF app.moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
  INSERT INTO app.moods SELECT (enum_range(NULL::app.mood))[1 + i % 3], i FROM generate_series(1, 200) i;
  CREATE TABLE app.oids (moods app.mood[], class regclass, pairs app.pair[], x xml);
  INSERT INTO app.oids VALUES ('{sad,ok}', 'app.users', ARRAY[ROW(1, 'a')::app.pair], '<b>ä</b>');
`;

beforeAll(async () => {
  world = await openDataWorld();
  const { gateways, servers, clients, source } = world;
  await source.asMaster('zoo', more);
  fingerprint = await finish(createFingerprintSource(gateways), {
    server: servers.source,
    mode: 'checksum' as const,
  });
  definitions = await finish(createDumpDatabase({ ...gateways, contents: 'definitions' }), {
    ...{ server: servers.source, clients, directory: undefined, jobs: 2, databaseBytes: 1, fingerprint },
  });
  await finish(createPrepareTarget(gateways), servers);
}, 300_000);
afterAll(() => world.close());

const stream = (io: TestIo) => {
  const { servers, clients, gateways } = world;
  const { directory, manifestSha256 } = definitions;
  const input = { ...servers, clients, directory, manifestSha256, jobs: 2, maxAcu: 1, fingerprint };
  return finish(createStreamDatabase(gateways), input, io);
};

const failures = async (): Promise<string[]> => {
  const { gateways, servers } = world;
  const source = gateways.fingerprints.parse((await gateways.files.read(fingerprint.file))?.text ?? '');
  const signal = new AbortController().signal;
  const found = await gateways.fingerprints.take(servers.target, {
    mode: 'checksum',
    signal,
    comparedWith: source,
  });
  return listFailures(compareFingerprints(source, found)).map((one) => one.item);
};

const read = (sql: string) =>
  Promise.all([world.source, world.target].map((server) => server.asMaster('zoo', sql)));

describe('the streaming engine', { shuffle: false }, () => {
  test('moves a database with one of everything', async () => {
    const { parts } = await stream(journal);
    expect(parts).toBeGreaterThanOrEqual(3);
    expect(await failures()).toEqual([]);
  }, 120_000);

  test('rows whose partition is another one on the target are in it', async () => {
    const [source, target] = await read(
      'SELECT mood, count(*), sum(n) FROM app.moods GROUP BY mood ORDER BY mood',
    );
    expect(target).toEqual(source);
    expect(target).toHaveLength(3);
  });

  test('a foreign key of large tables comes after their indexes, and before the rest', () => {
    const places = ['app.wide_pkey', 'app.wide_md5', 'app.notes_wide_id', 'app.notes notes_wide_id_fkey'].map(
      (label) => journal.record.findIndex(({ call, key }) => call === 'pg_restore index' && key === label),
    );
    const rest = journal.record.findIndex(({ call }) => call === 'pg_restore post-data');
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBe(places.at(-1));
    expect(rest).toBeGreaterThan(Math.max(...places));
  });

  test('a materialized view is filled as soon as what it reads is there, one after the other', () => {
    const [below = -1, above, late] = ['app.per_wide', 'app.of_per_wide', 'app.per_document'].map((label) =>
      journal.record.findIndex(({ call, key }) => call === 'pg_restore index' && key === label),
    );
    expect(below).toBeGreaterThanOrEqual(0);
    expect(above).toBeGreaterThan(below);
    // Reads a small table, whose vector index comes with the rest.
    expect(late).toBe(-1);
  });

  test('leaves nothing of its own behind', async () => {
    const rows = await world.target.asMaster(
      'zoo',
      `SELECT nspname FROM pg_namespace WHERE nspname ~ 'rds2aurora'`,
    );
    expect(rows).toEqual([]);
  });

  test('goes on with the parts that are missing, and takes what stands for granted', async () => {
    const died = openIo(
      journal.record
        .filter(({ call }) => !/DROP SCHEMA|REVOKE/.test(call))
        .map(({ effect, ...intent }) =>
          effect === undefined || intent.call === 'pg_restore post-data' ? intent : { ...intent, effect },
        ),
    );
    const copies = (io: TestIo) => io.record.filter(({ call }) => call === 'sql:COPY');
    const missing = copies(died).find(({ key }) => key.includes('wide blocks 0'));
    const index = missing === undefined ? -1 : died.record.indexOf(missing);
    died.record[index] = { call: 'sql:COPY', key: missing?.key ?? '' };
    const marks = copies(died).flatMap(({ key, effect }) => (effect === undefined ? [] : [`('${key}')`]));
    const lastBlock = Number(/blocks 0 to (\d+)$/.exec(missing?.key ?? '')?.[1]);
    const rows = await world.source.asMaster(
      'zoo',
      `SELECT max(id) AS last FROM app.wide WHERE ctid < '(${String(lastBlock + 1)},0)'`,
    );
    await world.target.asMaster(
      'zoo',
      `CREATE SCHEMA rds2aurora_stream; CREATE TABLE rds2aurora_stream.done (part text PRIMARY KEY);
       INSERT INTO rds2aurora_stream.done VALUES ${marks.join()};
       DELETE FROM app.wide WHERE id <= ${String(rows[0]?.['last'])}`,
    );
    const before = copies(died).length;
    const { ignoredErrors } = await stream(died);
    expect(copies(died).length - before).toBe(1);
    expect(ignoredErrors).toEqual([]);
    expect(await failures()).toEqual([]);
  }, 120_000);

  test('run again it does nothing', async () => {
    const before = journal.record.length;
    await stream(journal);
    expect(journal.record.length).toBe(before);
  }, 60_000);
});
