import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sizeRestore } from '../../src/postgres/restore-settings.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import { finish, openDataWorld, type DataWorld } from './data-world.js';

const { signal } = new AbortController();
const nothing = (): void => undefined;
let world: DataWorld;
let directory: string;

beforeAll(async () => {
  world = await openDataWorld(17, ['schema-zoo.sql']);
  const { gateways, servers, clients, target } = world;
  // Else the WAL writer may have flushed what nobody waited for (PostgreSQL: Asynchronous Commit).
  await target.asSuperuser('postgres', `ALTER SYSTEM SET wal_writer_delay = '10s'`);
  await target.asSuperuser('postgres', 'SELECT pg_reload_conf()');
  const fingerprint = await finish(createFingerprintSource(gateways), {
    server: servers.source,
    mode: 'checksum' as const,
  });
  const dumping = { server: servers.source, clients, directory: undefined, jobs: 2, databaseBytes: 1 };
  const dump = await finish(createDumpDatabase({ ...gateways, contents: 'definitions' }), {
    ...{ ...dumping, fingerprint },
  });
  directory = dump.directory;
  await finish(createPrepareTarget(gateways), servers);
}, 300_000);
afterAll(() => world.close());

const countThere = async (sql: string): Promise<unknown> =>
  (await world.target.asMaster('zoo', `SELECT count(*)::int AS found FROM ${sql}`))[0]?.['found'];

describe('what is told to be done survives a crash of the server', { shuffle: false }, () => {
  test.each(['schemas', 'pre-data'] as const)(
    '%s',
    async (part) => {
      const { gateways, servers, clients, target } = world;
      const options = { jobs: 1, sizing: sizeRestore(1, 1), totals: new Map(), signal, progress: nothing };
      await gateways.restores.restore({
        ...{ server: servers.target, clients, directory, part, existingSchemas: [] },
        ...options,
      });
      const objects = `pg_class WHERE relnamespace::regnamespace::text = 'app'`;
      const schemas = `pg_namespace WHERE nspname = 'app'`;
      const before = [await countThere(schemas), await countThere(objects)];
      await target.restart('SIGKILL');
      expect([await countThere(schemas), await countThere(objects)]).toEqual(before);
      expect(before[0]).toBe(1);
      expect(Number(before[1]) > 0).toBe(part === 'pre-data');
    },
    60_000,
  );

  test('an index', async () => {
    const { gateways, servers, clients, source, target } = world;
    const [index] = await source.asMaster(
      'zoo',
      `SELECT '1259 ' || 'app.chunks_ivf'::regclass::oid AS entry`,
    );
    await gateways.restores.restore({
      ...{ server: servers.target, clients, directory, part: 'post-data', existingSchemas: [] },
      ...{ entries: { kind: 'only', of: new Set([String(index?.['entry'])]) } },
      ...{ jobs: 1, sizing: sizeRestore(1, 1), totals: new Map(), signal, progress: nothing },
    });
    await target.restart('SIGKILL');
    expect(await countThere(`pg_index WHERE indexrelid = to_regclass('app.chunks_ivf') AND indisvalid`)).toBe(
      1,
    );
  }, 60_000);

  test('large objects', async () => {
    const { gateways, servers, clients, target } = world;
    const order = { ...servers, clients, totals: new Map(), signal, progress: nothing };
    await gateways.streams.copy(order, (copier) => copier.largeObjects(signal));
    const before = await countThere('pg_largeobject_metadata');
    await target.restart('SIGKILL');
    expect(before).toBeGreaterThan(0);
    expect(await countThere('pg_largeobject_metadata')).toBe(before);
  }, 60_000);
});
