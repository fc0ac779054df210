import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClientSettings } from '../../src/postgres/client-settings.js';
import { hasServer, oldestMajor, serverLacks } from '../older-server.js';
import { startPostgresServer, type PostgresServer } from '../postgres-server.js';

const majors = [
  { major: 17, known: { idle_session_timeout: '0', transaction_timeout: '0' }, hasLz4: true },
  { major: oldestMajor, known: {}, hasLz4: false },
];

for (const one of majors) {
  const name = `client programs at a server of PostgreSQL ${String(one.major)}`;
  if (hasServer(one.major)) describe(name, () => tell(one));
  else test.skip(`${name}: ${serverLacks(one.major)}`, () => undefined);
}

function tell({ major, known, hasLz4 }: (typeof majors)[number]): void {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ major });
  }, 120_000);
  afterAll(() => server.stop());

  test('are given what it knows', async () => {
    const found = await readClientSettings(server.sessions, await server.createDatabase('plain'));
    expect(found).toEqual({ ...known, ...(hasLz4 ? { default_toast_compression: 'lz4' } : {}) });
  });

  if (!hasLz4) return;
  test('are left the compression that somebody has chosen', async () => {
    const database = await server.createDatabase('chosen');
    await server.asMaster('postgres', `ALTER DATABASE chosen SET default_toast_compression = 'pglz'`);
    expect(await readClientSettings(server.sessions, database)).toEqual(known);
  });
}
