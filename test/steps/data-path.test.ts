import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import { createAnalyzeTarget } from '../../src/steps/analyze-target.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import type { dumpDatabase, fingerprintSource } from '../../src/steps/refs.js';
import { createRestoreDatabase } from '../../src/steps/restore-database.js';
import { createVerifyData } from '../../src/steps/verify-data.js';
import { finish, openDataWorld, openIo } from './data-world.js';
import type { DataWorld } from './data-world.js';

let world: DataWorld;
let fingerprint: ReturnType<typeof fingerprintSource.output.parse>;
let dump: ReturnType<typeof dumpDatabase.output.parse>;

beforeAll(async () => {
  world = await openDataWorld();
  const { gateways, servers, clients } = world;
  fingerprint = await finish(createFingerprintSource(gateways), {
    server: servers.source,
    mode: 'checksum' as const,
  });
  const request = {
    server: servers.source,
    clients,
    directory: undefined,
    jobs: 2,
    databaseBytes: 1,
    fingerprint,
  };
  dump = await finish(createDumpDatabase(gateways), request);
  await finish(createPrepareTarget(gateways), servers);
  await finish(createRestoreDatabase(gateways), restoreInput());
  await finish(createAnalyzeTarget(gateways), { target: servers.target, jobs: 2 });
}, 300_000);
afterAll(() => world.close());

function restoreInput() {
  return {
    ...world.servers,
    clients: world.clients,
    directory: dump.directory,
    manifestSha256: dump.manifestSha256,
    jobs: 2,
    maxAcu: 1,
    fingerprint,
  };
}

function verify() {
  return finish(createVerifyData(world.gateways), {
    source: world.servers.source,
    target: world.servers.target,
    fingerprint,
    mode: 'checksum' as const,
    marked: true,
  });
}

describe('the data path', { shuffle: false }, () => {
  test('a database with one of everything arrives whole', async () => {
    const { comparisons } = await verify();
    expect(listFailures(comparisons)).toEqual([]);
    expect(comparisons.length).toBeGreaterThan(50);
  }, 60_000);

  test('a dump that lost a byte is no longer the dump that was written', async () => {
    const { appendFile } = await import('node:fs/promises');
    const input = {
      server: world.servers.source,
      clients: world.clients,
      directory: undefined,
      jobs: 2,
      databaseBytes: 1,
      fingerprint,
    };
    const step = createDumpDatabase(world.gateways);
    const copy = await finish(step, { ...input, directory: `${world.directory}/second` });
    await appendFile(`${copy.directory}/dump/toc.dat`, 'x');
    await expect(step.verify(openIo(), input, copy)).rejects.toThrow('is not what was written');
  }, 60_000);

  test('no password is left behind', async () => {
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(`${world.directory}/logins`)).toEqual([]);
  });

  /** Each must be seen by itself; `back` undoes it. */
  interface Mutation {
    readonly what: string;
    /** The item of the comparison that must fail. */
    readonly place: string;
    readonly sql: string;
    readonly back: string;
  }

  const mutations: readonly Mutation[] = [
    {
      what: 'a row is missing',
      place: 'rows of app.cache',
      sql: `DELETE FROM app.cache`,
      back: `INSERT INTO app.cache VALUES ('k', 'v')`,
    },
    {
      what: 'a row is doubled',
      place: 'rows of app.no_key',
      sql: `INSERT INTO app.no_key VALUES ('same')`,
      back: `DELETE FROM app.no_key WHERE ctid = (SELECT max(ctid) FROM app.no_key)`,
    },
    {
      what: 'one letter changed',
      place: 'rows of app.users',
      sql: `UPDATE app.users SET facts = facts || '{"n": 8}' WHERE id = 7`,
      back: `UPDATE app.users SET facts = facts || '{"n": 7}' WHERE id = 7`,
    },
    {
      what: 'two rows swapped a value',
      place: 'rows of app.chunks',
      sql: `UPDATE app.chunks SET document = 1 - document WHERE id IN (9, 10)`,
      back: `UPDATE app.chunks SET document = 1 - document WHERE id IN (9, 10)`,
    },
    {
      what: 'minus zero became zero',
      place: 'rows of app."values"',
      sql: `UPDATE app.values SET f8 = '0' WHERE id = 1`,
      back: `UPDATE app.values SET f8 = '-0' WHERE id = 1`,
    },
    {
      what: 'a null became empty',
      place: 'rows of app."values"',
      sql: `UPDATE app.values SET empty = '' WHERE id = 2`,
      back: `UPDATE app.values SET empty = NULL WHERE id = 2`,
    },
    {
      what: 'a trailing zero went',
      place: 'rows of app."values"',
      sql: `UPDATE app.values SET num = 1.5 WHERE id = 1`,
      back: `UPDATE app.values SET num = 1.500 WHERE id = 1`,
    },
    {
      what: 'a sequence is behind',
      place: 'value of app.values_id_seq',
      sql: `SELECT setval('app.values_id_seq', 899)`,
      back: `SELECT setval('app.values_id_seq', 900)`,
    },
    {
      what: 'a descending sequence is behind',
      place: 'value of app.alone',
      sql: `SELECT setval('app.alone', 50)`,
      back: `SELECT setval('app.alone', 45)`,
    },
    {
      what: 'a grant is missing',
      place: 'grants: table app.users INSERT to zoo_app',
      sql: `REVOKE INSERT ON app.users FROM zoo_app`,
      back: `GRANT INSERT ON app.users TO zoo_app WITH GRANT OPTION`,
    },
    {
      what: 'a grant lost its option',
      place: 'grants: table app.users SELECT to zoo_app',
      sql: `REVOKE GRANT OPTION FOR SELECT ON app.users FROM zoo_app`,
      back: `GRANT SELECT ON app.users TO zoo_app WITH GRANT OPTION`,
    },
    {
      what: 'a column grant is missing',
      place: 'grants: table column app.chunks.body SELECT to "Zoo Reader"',
      sql: `REVOKE SELECT (body) ON app.chunks FROM "Zoo Reader"`,
      back: `GRANT SELECT (body) ON app.chunks TO "Zoo Reader"`,
    },
    {
      what: 'public may execute again',
      place: 'grants: function app.double(integer) EXECUTE to public',
      sql: `GRANT EXECUTE ON FUNCTION app.double(int) TO PUBLIC`,
      back: `REVOKE EXECUTE ON FUNCTION app.double(int) FROM PUBLIC`,
    },
    {
      what: 'an index is missing',
      place: 'indexes: app.events_body',
      sql: `DROP INDEX app.events_body`,
      back: `CREATE INDEX events_body ON app.events USING gin (body public.gin_trgm_ops)`,
    },
    {
      what: 'an index has another operator class',
      place: 'indexes: app.chunks_ivf',
      sql: `DROP INDEX app.chunks_ivf; CREATE INDEX chunks_ivf ON app.chunks USING ivfflat (embedding vector_ip_ops) WITH (lists = 4)`,
      back: `DROP INDEX app.chunks_ivf; CREATE INDEX chunks_ivf ON app.chunks USING ivfflat (embedding vector_l2_ops) WITH (lists = 4)`,
    },
    {
      what: 'a constraint is validated',
      place: 'constraints: app.left_side.unproven',
      sql: `DELETE FROM app.left_side WHERE id = 5; SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE app.left_side VALIDATE CONSTRAINT unproven`,
      back: `ALTER TABLE app.left_side DROP CONSTRAINT unproven; INSERT INTO app.left_side VALUES (5); SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE app.left_side ADD CONSTRAINT unproven CHECK (id < 4) NOT VALID`,
    },
    {
      what: 'a trigger is enabled',
      place: 'triggers: app.users.off',
      sql: `ALTER TABLE app.users ENABLE TRIGGER off`,
      back: `ALTER TABLE app.users DISABLE TRIGGER off`,
    },
    {
      what: 'row security is off',
      place: 'tables: app.users',
      sql: `ALTER TABLE app.users DISABLE ROW LEVEL SECURITY`,
      back: `ALTER TABLE app.users ENABLE ROW LEVEL SECURITY`,
    },
    {
      what: 'a policy says something else',
      place: 'policies: app.users.put',
      sql: `ALTER POLICY put ON app.users WITH CHECK (length(name) > 2)`,
      back: `ALTER POLICY put ON app.users WITH CHECK (length(name) > 1)`,
    },
    {
      what: 'a view says something else',
      place: 'views: app.active',
      sql: `CREATE OR REPLACE VIEW app.active AS SELECT u.id, u.name FROM app.users u WHERE u.mood = 'sad' WITH CASCADED CHECK OPTION`,
      back: `CREATE OR REPLACE VIEW app.active AS SELECT u.id, u.name FROM app.users u WHERE u.mood = 'ok' WITH CASCADED CHECK OPTION`,
    },
    {
      what: 'a function says something else',
      place: 'functions: function app.double(integer)',
      sql: `CREATE OR REPLACE FUNCTION app.double(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 3'`,
      back: `CREATE OR REPLACE FUNCTION app.double(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 2'`,
    },
    {
      what: 'a default is missing',
      place: 'columns: app.users.mood',
      sql: `ALTER TABLE app.users ALTER mood DROP DEFAULT`,
      back: `ALTER TABLE app.users ALTER mood SET DEFAULT 'ok'`,
    },
    {
      what: 'a materialized view is empty',
      place: 'views: app.on_matview',
      sql: `REFRESH MATERIALIZED VIEW app.on_matview WITH NO DATA`,
      back: `REFRESH MATERIALIZED VIEW app.on_matview`,
    },
    {
      what: 'a comment is missing',
      place: 'comments: table column app.users.mood',
      sql: `COMMENT ON COLUMN app.users.mood IS NULL`,
      back: `COMMENT ON COLUMN app.users.mood IS 'how'`,
    },
    {
      what: 'an owner changed',
      place: 'tables: owned.things',
      sql: `ALTER TABLE owned.things OWNER TO master`,
      back: `ALTER TABLE owned.things OWNER TO zoo_owner`,
    },
    {
      what: 'a large object lost a byte',
      place: 'large objects',
      sql: `SELECT lo_put(700003, 2000000, '\\x00')`,
      back: `SELECT lo_put(700003, 2000000, '\\xcd')`,
    },
    {
      what: 'a large object is missing',
      place: 'large objects',
      sql: `SELECT lo_unlink(700002)`,
      back: `SELECT lo_from_bytea(700002, '')`,
    },
    {
      what: 'there is a table too many',
      place: 'tables: app.extra',
      sql: `CREATE TABLE app.extra ()`,
      back: `DROP TABLE app.extra`,
    },
    {
      what: 'a database setting is there',
      place: 'database settings: (every role) work_mem',
      sql: `ALTER DATABASE zoo SET work_mem = '8MB'`,
      back: `ALTER DATABASE zoo RESET work_mem`,
    },
    {
      what: 'a role may log in',
      place: 'roles: zoo_owner',
      sql: `ALTER ROLE zoo_owner LOGIN`,
      back: `ALTER ROLE zoo_owner NOLOGIN`,
    },
  ];

  test('each single change on the target is found, in its place', async () => {
    const { gateways, servers, target } = world;
    const signal = new AbortController().signal;
    const source = gateways.fingerprints.parse((await gateways.files.read(fingerprint.file))?.text ?? '');
    const search = `SET search_path = public, pg_catalog; `;
    const waves = arrangeWaves(mutations);
    const missed: string[] = [];
    for (const wave of waves) {
      for (const one of wave) await target.asMaster('zoo', search + one.sql);
      const changed = await gateways.fingerprints.take(servers.target, {
        mode: 'checksum',
        signal,
        comparedWith: source,
      });
      const found = listFailures(compareFingerprints(source, changed)).map((one) => one.item);
      missed.push(
        ...wave
          .filter((one) => !found.includes(one.place))
          .map((one) => `${one.what}: ${one.place} in ${found.join(', ')}`),
      );
      for (const one of wave) await target.asMaster('zoo', search + one.back);
    }
    expect(missed).toEqual([]);
    expect(listFailures((await verify()).comparisons)).toEqual([]);
  }, 300_000);

  /** No two changes of a wave show in the same place, so that none can hide behind another. */
  function arrangeWaves(all: readonly Mutation[]): Mutation[][] {
    const waves: Mutation[][] = [];
    for (const one of all) {
      const free = waves.find((wave) => wave.every((other) => other.place !== one.place));
      if (free === undefined) waves.push([one]);
      else free.push(one);
    }
    return waves;
  }

  // Each goes on from where the one before it left the target.
  describe('restoring again', { shuffle: false }, () => {
    test('after a finished restore changes nothing', async () => {
      const io = openIo();
      await finish(createPrepareTarget(world.gateways), world.servers, io);
      expect(io.record.filter((one) => /DROP|CREATE/.test(one.call))).toEqual([]);
    }, 60_000);

    test('after one that died half way drops what this run marked and starts again', async () => {
      const io = openIo([
        { call: 'pg_restore schemas', key: 'zoo', effect: {} },
        { call: 'pg_restore pre-data', key: 'zoo' },
      ]);
      await finish(createRestoreDatabase(world.gateways), restoreInput(), io);
      expect(io.record.map((one) => one.call)).toContain('sql:DROP DATABASE');
      expect(listFailures((await verify()).comparisons)).toEqual([]);
    }, 120_000);

    test('after an older version, which restored the data by itself, starts again', async () => {
      const io = openIo(
        ['schemas', 'pre-data', 'data'].map((part) => ({
          call: `pg_restore ${part}`,
          key: 'zoo',
          effect: {},
        })),
      );
      await finish(createRestoreDatabase(world.gateways), restoreInput(), io);
      expect(io.record.map((one) => one.call)).toContain('sql:DROP DATABASE');
      expect(listFailures((await verify()).comparisons)).toEqual([]);
    }, 120_000);

    test('refuses a database that another run marked', async () => {
      await expect(
        createRestoreDatabase(world.gateways).run(openIo([], 'other-run'), restoreInput()),
      ).rejects.toMatchObject({
        code: 'TargetNotOurs',
        exitCode: 10,
      });
    }, 60_000);

    test('refuses a target that holds something', async () => {
      await expect(
        createPrepareTarget(world.gateways).run(openIo([], 'other-run'), world.servers),
      ).rejects.toMatchObject({
        code: 'TargetNotEmpty',
        exitCode: 10,
      });
    }, 60_000);

    test('is taken back to an empty, marked database', async () => {
      const { servers, gateways } = world;
      const step = createRestoreDatabase(gateways);
      if (step.reversal.kind !== 'undo') throw new Error('restoring can be undone');
      await step.reversal.undo(openIo(), restoreInput(), undefined);
      expect(await gateways.target.inspect(servers.target)).toEqual({
        exists: true,
        comment: 'rds2aurora run zoo-1',
        form: await gateways.target.readForm(servers.source),
        contents: [],
      });
    }, 60_000);
  });
});
