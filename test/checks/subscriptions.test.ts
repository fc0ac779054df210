import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSubscriptionsCheck } from '../../src/checks/subscriptions.js';
import { listSubscriptions } from '../../src/postgres/subscriptions.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';
import { readinessContext } from './readiness-context.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await server.createDatabase('pulling');
  await server.createDatabase('other');
  await server.asSuperuser(
    'pulling',
    `CREATE SUBSCRIPTION "Pull" CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)`,
  );
}, 60_000);
afterAll(() => server.stop());

const find = (database: string) =>
  createSubscriptionsCheck((one) => listSubscriptions(server.sessions, one)).find(
    readinessContext({ server: server.database(database) }),
  );

test('a subscription, which no dump takes along, is named with what to do', async () => {
  const [problem, ...others] = await find('pulling');
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    code: 'Subscriptions',
    what: 'pulling has subscriptions, which are not moved: "Pull"',
  });
  expect(problem?.fix).toContain('copy_data = false');
});

test('those of another database of the server are none of its own', async () => {
  expect(await find('other')).toEqual([]);
});
