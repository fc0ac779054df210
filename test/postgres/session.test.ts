import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessions } from '../../src/postgres/session.js';
import { createCertificateAuthority } from '../../src/sandbox/postgres/certificate-authority.js';
import type { ServerRef } from '../../src/steps/refs.js';
import { readMasterPassword, startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

let server: PostgresServer;
let database: ServerRef;

beforeAll(async () => {
  server = await startPostgresServer();
  database = server.database('postgres');
}, 60_000);
afterAll(() => server.stop());

const applicationName = 'rds2aurora/test-run';

function open(changes: Partial<ServerRef>, options: { ca?: string; password?: string } = {}) {
  const sessions = createSessions({
    readPassword: () =>
      options.password === undefined ? readMasterPassword() : Promise.resolve(options.password),
    readCa: () => Promise.resolve([options.ca ?? server.ca]),
    applicationName,
    connectTimeoutMs: 5000,
  });
  return sessions.use({ ...database, ...changes }, { mode: 'read' }, (session) => session.rows('SELECT 1'));
}

describe('a session is refused', () => {
  test('when another CA signed the certificate', async () => {
    await expect(open({}, { ca: createCertificateAuthority().certificate })).rejects.toMatchObject({
      code: 'TlsRefused',
    });
  });

  test('when the certificate is for another host, whatever PGSSLMODE says', async () => {
    await expect(open({ host: 'localhost' })).rejects.toMatchObject({
      code: expect.stringMatching(/TlsRefused|DatabaseUnreachable/) as string,
    });
  });

  test('when the server has no TLS', async () => {
    const plain = createServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(open({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'TlsRefused' });
    plain.close();
  });

  test('with exit 4 when the password is wrong, and the password is not told', async () => {
    const failure = await open({}, { password: 'canary-7' }).then(String, (error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DatabaseLoginRefused', exitCode: 4 });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('canary-7');
  });

  test('when the secret is empty, instead of trying another password', async () => {
    await expect(open({}, { password: '' })).rejects.toMatchObject({ code: 'EmptyPassword' });
  });

  test('with exit 9 when nothing listens', async () => {
    await expect(open({ port: 1 })).rejects.toMatchObject({
      code: 'DatabaseUnreachable',
      exitCode: 9,
      resumable: true,
    });
  });
});

test('a read session is held read-only by the server', async () => {
  await expect(
    server.sessions.use(database, { mode: 'read' }, (session) => session.run('CREATE TABLE t ()')),
  ).rejects.toThrow('read-only transaction');
});

test('a write session writes although the database is read-only, and is named', async () => {
  const held = await server.createDatabase('held');
  await server.asMaster('postgres', 'ALTER DATABASE held SET default_transaction_read_only = on');
  const [row] = await server.sessions.use(held, { mode: 'write' }, async (session) => {
    await session.run('CREATE TABLE public.t ()');
    return session.rows<{ name: string; path: string }>(
      `SELECT current_setting('application_name') AS name, current_setting('search_path') AS path`,
    );
  });
  expect(row).toEqual({ name: applicationName, path: 'pg_catalog,pg_temp' });
});

test('an abort ends the statement under way with the reason given', async () => {
  const abort = new AbortController();
  const sleeping = server.sessions.use(database, { mode: 'write', signal: abort.signal }, (session) =>
    session.run('SELECT pg_sleep(30)'),
  );
  setImmediate(() => abort.abort(new Error('stop now')));
  await expect(sleeping).rejects.toThrow('stop now');
});

test('every statement after the server has ended the session can be tried again', async () => {
  await server.sessions.use(database, { mode: 'read' }, async (session) => {
    const lost = { code: 'DatabaseUnreachable', exitCode: 9, resumable: true };
    const { pid } = await session.row<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await server.asSuperuser('postgres', `SELECT pg_terminate_backend(${pid}, 5000)`);
    await expect(session.run('SELECT 1')).rejects.toMatchObject(lost);
    await expect(session.run('SELECT 1')).rejects.toMatchObject(lost);
  });
});

test('a statement that takes too long can be tried again', async () => {
  const slow = server.sessions.use(database, { mode: 'read', statementTimeoutMs: 50 }, (session) =>
    session.run('SELECT pg_sleep(5)'),
  );
  await expect(slow).rejects.toMatchObject({ code: 'DatabaseTimeout', exitCode: 9 });
});
