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
  fingerprint = await finish(createFingerprintSource(gateways), { server: servers.source, mode: 'checksum' as const });
  const request = { server: servers.source, clients, directory: undefined, jobs: 2, databaseBytes: 1, fingerprint };
  dump = await finish(createDumpDatabase(gateways), request);
  await finish(createPrepareTarget(gateways), servers);
  await finish(createRestoreDatabase(gateways), restoreInput());
  await finish(createAnalyzeTarget(gateways), { target: servers.target, jobs: 2 });
}, 300_000);
afterAll(() => world.close());

function restoreInput() {
  return { ...world.servers, clients: world.clients, directory: dump.directory, jobs: 2, maxAcu: 1, fingerprint };
}

function verify() {
  return finish(createVerifyData(world.gateways), { target: world.servers.target, fingerprint, mode: 'checksum' as const });
}

test('a database with one of everything arrives whole', async () => {
  const { comparisons } = await verify();
  expect(listFailures(comparisons)).toEqual([]);
  expect(comparisons.length).toBeGreaterThan(50);
}, 60_000);

test('a dump that lost a byte is no longer the dump that was written', async () => {
  const { appendFile } = await import('node:fs/promises');
  const input = { server: world.servers.source, clients: world.clients, directory: undefined, jobs: 2, databaseBytes: 1, fingerprint };
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
const mutations: readonly { readonly what: string; readonly sql: string; readonly back: string }[] = [
  { what: 'a row is missing', sql: `DELETE FROM app.cache`, back: `INSERT INTO app.cache VALUES ('k', 'v')` },
  { what: 'a row is doubled', sql: `INSERT INTO app.no_key VALUES ('same')`, back: `DELETE FROM app.no_key WHERE ctid = (SELECT max(ctid) FROM app.no_key)` },
  { what: 'one letter changed', sql: `UPDATE app.users SET facts = facts || '{"n": 8}' WHERE id = 7`, back: `UPDATE app.users SET facts = facts || '{"n": 7}' WHERE id = 7` },
  { what: 'two rows swapped a value', sql: `UPDATE app.chunks SET document = 1 - document WHERE id IN (9, 10)`, back: `UPDATE app.chunks SET document = 1 - document WHERE id IN (9, 10)` },
  { what: 'minus zero became zero', sql: `UPDATE app.values SET f8 = '0' WHERE id = 1`, back: `UPDATE app.values SET f8 = '-0' WHERE id = 1` },
  { what: 'a null became empty', sql: `UPDATE app.values SET empty = '' WHERE id = 2`, back: `UPDATE app.values SET empty = NULL WHERE id = 2` },
  { what: 'a trailing zero went', sql: `UPDATE app.values SET num = 1.5 WHERE id = 1`, back: `UPDATE app.values SET num = 1.500 WHERE id = 1` },
  { what: 'a sequence is behind', sql: `SELECT setval('app.values_id_seq', 899)`, back: `SELECT setval('app.values_id_seq', 900)` },
  { what: 'a descending sequence is behind', sql: `SELECT setval('app.alone', 50)`, back: `SELECT setval('app.alone', 45)` },
  { what: 'a grant is missing', sql: `REVOKE INSERT ON app.users FROM zoo_app`, back: `GRANT INSERT ON app.users TO zoo_app WITH GRANT OPTION` },
  { what: 'a grant lost its option', sql: `REVOKE GRANT OPTION FOR SELECT ON app.users FROM zoo_app`, back: `GRANT SELECT ON app.users TO zoo_app WITH GRANT OPTION` },
  { what: 'a column grant is missing', sql: `REVOKE SELECT (body) ON app.chunks FROM "Zoo Reader"`, back: `GRANT SELECT (body) ON app.chunks TO "Zoo Reader"` },
  { what: 'public may execute again', sql: `GRANT EXECUTE ON FUNCTION app.double(int) TO PUBLIC`, back: `REVOKE EXECUTE ON FUNCTION app.double(int) FROM PUBLIC` },
  { what: 'an index is missing', sql: `DROP INDEX app.events_body`, back: `CREATE INDEX events_body ON app.events USING gin (body public.gin_trgm_ops)` },
  { what: 'an index has another operator class', sql: `DROP INDEX app.chunks_ivf; CREATE INDEX chunks_ivf ON app.chunks USING ivfflat (embedding vector_ip_ops) WITH (lists = 4)`, back: `DROP INDEX app.chunks_ivf; CREATE INDEX chunks_ivf ON app.chunks USING ivfflat (embedding vector_l2_ops) WITH (lists = 4)` },
  { what: 'a constraint is validated', sql: `DELETE FROM app.left_side WHERE id = 5; ALTER TABLE app.left_side VALIDATE CONSTRAINT unproven`, back: `ALTER TABLE app.left_side DROP CONSTRAINT unproven; INSERT INTO app.left_side VALUES (5); ALTER TABLE app.left_side ADD CONSTRAINT unproven CHECK (id < 4) NOT VALID` },
  { what: 'a trigger is enabled', sql: `ALTER TABLE app.users ENABLE TRIGGER off`, back: `ALTER TABLE app.users DISABLE TRIGGER off` },
  { what: 'row security is off', sql: `ALTER TABLE app.users DISABLE ROW LEVEL SECURITY`, back: `ALTER TABLE app.users ENABLE ROW LEVEL SECURITY` },
  { what: 'a policy says something else', sql: `ALTER POLICY put ON app.users WITH CHECK (length(name) > 2)`, back: `ALTER POLICY put ON app.users WITH CHECK (length(name) > 1)` },
  { what: 'a view says something else', sql: `CREATE OR REPLACE VIEW app.active AS SELECT u.id, u.name FROM app.users u WHERE u.mood = 'sad' WITH CASCADED CHECK OPTION`, back: `CREATE OR REPLACE VIEW app.active AS SELECT u.id, u.name FROM app.users u WHERE u.mood = 'ok' WITH CASCADED CHECK OPTION` },
  { what: 'a function says something else', sql: `CREATE OR REPLACE FUNCTION app.double(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 3'`, back: `CREATE OR REPLACE FUNCTION app.double(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 2'` },
  { what: 'a default is missing', sql: `ALTER TABLE app.users ALTER mood DROP DEFAULT`, back: `ALTER TABLE app.users ALTER mood SET DEFAULT 'ok'` },
  { what: 'a materialized view is empty', sql: `REFRESH MATERIALIZED VIEW app.on_matview WITH NO DATA`, back: `REFRESH MATERIALIZED VIEW app.on_matview` },
  { what: 'a comment is missing', sql: `COMMENT ON COLUMN app.users.mood IS NULL`, back: `COMMENT ON COLUMN app.users.mood IS 'how'` },
  { what: 'an owner changed', sql: `ALTER TABLE owned.things OWNER TO master`, back: `ALTER TABLE owned.things OWNER TO zoo_owner` },
  { what: 'a large object lost a byte', sql: `SELECT lo_put(700003, 2000000, '\\x00')`, back: `SELECT lo_put(700003, 2000000, '\\xcd')` },
  { what: 'a large object is missing', sql: `SELECT lo_unlink(700002)`, back: `SELECT lo_from_bytea(700002, '')` },
  { what: 'there is a table too many', sql: `CREATE TABLE app.extra ()`, back: `DROP TABLE app.extra` },
  { what: 'a database setting is there', sql: `ALTER DATABASE zoo SET work_mem = '8MB'`, back: `ALTER DATABASE zoo RESET work_mem` },
  { what: 'a role may log in', sql: `ALTER ROLE zoo_owner LOGIN`, back: `ALTER ROLE zoo_owner NOLOGIN` },
];

describe('one change on the target is found', () => {
  test.each(mutations)('when $what', async ({ sql, back }) => {
    const { gateways, servers, target } = world;
    const signal = new AbortController().signal;
    const source = gateways.fingerprints.parse((await gateways.files.read(fingerprint.file))?.text ?? '');
    const search = `SET search_path = public, pg_catalog; `;
    await target.asMaster('zoo', search + sql);
    const changed = await gateways.fingerprints.take(servers.target, { mode: 'checksum', signal, comparedWith: source });
    await target.asMaster('zoo', search + back);
    expect(listFailures(compareFingerprints(source, changed))).not.toEqual([]);
  }, 60_000);

  test('and once all is put back, nothing is', async () => {
    expect(listFailures((await verify()).comparisons)).toEqual([]);
  }, 60_000);
});

describe('restoring again', () => {
  test('after a finished restore changes nothing', async () => {
    const io = openIo();
    await finish(createPrepareTarget(world.gateways), world.servers, io);
    expect(io.record.filter((one) => /DROP|CREATE/.test(one.call))).toEqual([]);
  }, 60_000);

  test('after one that died half way drops what this run marked and starts again', async () => {
    const io = openIo([{ call: 'pg_restore schemas', key: 'zoo', effect: {} }, { call: 'pg_restore pre-data', key: 'zoo' }]);
    await finish(createRestoreDatabase(world.gateways), restoreInput(), io);
    expect(io.record.map((one) => one.call)).toContain('sql:DROP DATABASE');
    expect(listFailures((await verify()).comparisons)).toEqual([]);
  }, 120_000);

  test('refuses a database that another run marked', async () => {
    await expect(createRestoreDatabase(world.gateways).run(openIo([], 'other-run'), restoreInput())).rejects.toMatchObject({
      code: 'TargetNotOurs',
      exitCode: 10,
    });
  }, 60_000);

  test('refuses a target that holds something', async () => {
    await expect(createPrepareTarget(world.gateways).run(openIo([], 'other-run'), world.servers)).rejects.toMatchObject({
      code: 'TargetNotEmpty',
      exitCode: 10,
    });
  }, 60_000);

  test('is taken back to an empty, marked database', async () => {
    const { servers, gateways } = world;
    const step = createRestoreDatabase(gateways);
    if (step.reversal.kind !== 'undo') throw new Error('restoring can be undone');
    await step.reversal.undo(openIo(), restoreInput(), undefined);
    expect(await gateways.target.inspect(servers.target)).toEqual({ exists: true, comment: 'rds2aurora run zoo-1', contents: [] });
  }, 60_000);
});
