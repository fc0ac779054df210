import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUnfinishedIndexesCheck } from '../../src/checks/unfinished-indexes.js';
import { listUnfinishedIndexes } from '../../src/postgres/unfinished-indexes.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';
import { readinessContext } from './readiness-context.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('indexed');
  await server.asMaster(
    'indexed',
    `CREATE TABLE doubled (id int); INSERT INTO doubled VALUES (1), (1);
     CREATE TABLE parted (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parted DEFAULT;
     CREATE INDEX of_some ON ONLY parted (id)`,
  );
}, 60_000);
afterAll(() => server.stop());

const find = () =>
  createUnfinishedIndexesCheck((one) => listUnfinishedIndexes(server.sessions, one)).find(
    readinessContext({ server: server.database('indexed') }),
  );

test('an index that lacks partitions is dumped as it is, and stands in no way', async () => {
  expect(await find()).toEqual([]);
});

test('what a failed CREATE INDEX CONCURRENTLY left is named, with the way out', async () => {
  const building = server.asMaster('indexed', 'CREATE UNIQUE INDEX CONCURRENTLY "left" ON doubled (id)');
  await expect(building).rejects.toThrow('could not create unique index');
  expect(await find()).toMatchObject([
    {
      code: 'UnfinishedIndexes',
      what: 'indexes of indexed are not valid: public."left"',
      fix: 'REINDEX INDEX CONCURRENTLY public."left"; or drop them',
    },
  ]);
});
