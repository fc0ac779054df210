import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { MigrationError } from '../../src/errors.js';
import { createSessions } from '../../src/postgres/session.js';
import { createClientLogin } from '../../src/process/client-login.js';
import { copySettings } from '../../src/process/copy-lane.js';
import { withCopyLanes } from '../../src/process/copy-lanes.js';
import { moveLargeObjects } from '../../src/process/move-large-objects.js';
import { runPgDump } from '../../src/process/pg-dump.js';
import { runPgRestore } from '../../src/process/pg-restore.js';
import type { PostgresClients } from '../../src/process/postgres-clients.js';
import type { ServerRef } from '../../src/steps/refs.js';
import { findClients, masterPassword, readMasterPassword, startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';
import { makeHostileEnvironment } from './tls/hostile-environment.js';
import { listImpostors } from './tls/impostors.js';
import { startTlsFront } from './tls/tls-front.js';

let impostors: ReturnType<typeof listImpostors>;
let server: PostgresServer;
/** Speaks no TLS, and would let the master in without. */
let bare: PostgresServer;
let clients: PostgresClients;
let folder: string;
let archive: string;

beforeAll(async () => {
  [server, bare] = await Promise.all([startPostgresServer(), startPostgresServer({ forceSsl: false })]);
  impostors = listImpostors(server.host);
  clients = await findClients();
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-tls-'));
  archive = join(folder, 'archive');
  await server.createDatabase('moved');
  await bare.createDatabase('moved');
  await server.asMaster('moved', `CREATE TABLE t AS SELECT 1 AS a; SELECT lo_from_bytea(0, 'x')`);
  const login = loginTo([server.ca]);
  await withSnapshot((snapshot) => dump(login, server.database('moved'), snapshot, archive));
  await bare.asSuperuser('postgres', 'ALTER SYSTEM SET ssl = off');
  await bare.asSuperuser('postgres', 'SELECT pg_reload_conf()');
}, 120_000);
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await Promise.all([server.stop(), bare.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function loginTo(trusted: readonly string[]) {
  const dependencies = {
    readPassword: readMasterPassword,
    readCa: () => Promise.resolve(trusted),
    applicationName: 'rds2aurora/tls',
  };
  return {
    sessions: createSessions({ ...dependencies, connectTimeoutMs: 5000 }),
    client: createClientLogin({ ...dependencies, directory: join(folder, 'logins') }),
  };
}
type Login = ReturnType<typeof loginTo>;

const signal = new AbortController().signal;
const nobody = (): void => undefined;

function withSnapshot<T>(work: (snapshot: string) => Promise<T>): Promise<T> {
  return server.sessions.use(server.database('moved'), { mode: 'read' }, async (session) => {
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { snapshot } = await session.row<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    return work(snapshot);
  });
}

function dump({ client }: Login, ref: ServerRef, snapshot: string, directory: string): Promise<void> {
  const request = {
    server: ref,
    clients,
    directory,
    jobs: 1,
    contents: 'all' as const,
    throughRoots: false,
    snapshot,
  };
  return runPgDump(client, { ...request, compression: '1', signal, tableStarted: nobody });
}

type Way = (login: Login, ref: ServerRef, snapshot: string) => Promise<unknown>;

/** Every way in which the program comes to a database. */
const ways: Readonly<Record<string, Way>> = {
  session: ({ sessions }, ref) => sessions.use(ref, { mode: 'read' }, (session) => session.rows('SELECT 1')),
  pg_dump: async (login, ref, snapshot) =>
    dump(login, ref, snapshot, join(await mkdtemp(join(folder, 'dump-')), 'data')),
  pg_restore: ({ client }, ref) =>
    runPgRestore(client, {
      ...{ server: ref, clients, directory: archive, part: 'pre-data', existingSchemas: [], jobs: 1 },
      ...{ settings: {}, signal, allow: () => ({ name: 'there already' }), itemFinished: nobody },
    }),
  psql: ({ client }, ref, snapshot) =>
    client(ref, copySettings, (environment) => {
      const logins = { source: environment, target: environment };
      const [out, into] = [['COPY public.t TO STDOUT'], ['CREATE TEMP TABLE u (a int)', 'COPY u FROM STDIN']];
      return withCopyLanes({ source: ref, target: ref, clients, logins, snapshot }, (copy) =>
        copy({ what: 'copying t', out, into, marking: 'SELECT 1', signal }),
      );
    }),
  'pg_dump into pg_restore': ({ client }, ref, snapshot) =>
    client(ref, copySettings, (environment) =>
      moveLargeObjects({
        ...{ source: ref, target: ref, clients, snapshot, signal, moved: nobody },
        ...{ logins: { source: environment, target: environment }, allow: () => ({ name: 'there already' }) },
      }),
    ),
};

const environments: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
  'its own environment': () => Promise.resolve({}),
  'a hostile environment': async () => {
    const caFile = join(folder, 'hostile.pem');
    const pems = impostors.flatMap(({ behaviour }) =>
      behaviour.kind === 'tls' ? [String(behaviour.identity.cert)] : [],
    );
    await writeFile(caFile, pems.join('\n'));
    return makeHostileEnvironment(folder, caFile);
  },
};

/** @returns why this is not a proper refusal, or nothing */
async function findFault(attempt: Promise<unknown>, secret: string): Promise<string | undefined> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return 'was believed';
  if (!(error instanceof MigrationError)) return `ended as a bug: ${String(error)}`;
  const { code, message, why, next, exitCode } = error;
  if (code !== 'TlsRefused' || exitCode !== 1) return `${code} (${exitCode}): ${message}`;
  if (why === undefined || next.length === 0) return `says neither why nor what next: ${message}`;
  return JSON.stringify([message, why, next]).includes(secret) ? 'told the password' : undefined;
}

test('whoever is not the server is refused, by every way and in every environment', async () => {
  const cases = [
    ...impostors.map((one) => ({ hears: false, ...one, upstream: server })),
    {
      ...{ what: 'a server without TLS', behaviour: undefined, hears: false },
      ...{ trusted: [server.ca], upstream: bare },
    },
  ];
  const faults: string[] = [];
  let count = 0;
  for (const [situation, makeEnvironment] of Object.entries(environments)) {
    for (const [name, value] of Object.entries(await makeEnvironment())) vi.stubEnv(name, value);
    for (const { what, trusted, behaviour, hears, upstream } of cases) {
      const front = behaviour === undefined ? undefined : await startTlsFront(upstream, behaviour);
      const ref = { ...upstream.database('moved'), ...(front && { host: front.host, port: front.port }) };
      for (const [way, attempt] of Object.entries(ways)) {
        count += 1;
        const fault = await findFault(attempt(loginTo(trusted), ref, '00000003-0000001B-1'), masterPassword);
        if (fault !== undefined) faults.push(`${way} to ${what} in ${situation}: ${fault}`);
      }
      const heard = front?.heard() ?? '';
      if ((heard !== '' && !hears) || heard.includes(masterPassword))
        faults.push(`${what} in ${situation} heard ${heard}`);
      await front?.close();
    }
  }
  process.stderr.write(`TLS campaign: ${count - faults.length} of ${count} refused as they must be\n`);
  expect(faults).toEqual([]);
  expect(count).toBe(2 * cases.length * Object.keys(ways).length);
}, 240_000);

test('the server itself is believed through an honest line, by every way and in every environment', async () => {
  for (const makeEnvironment of Object.values(environments)) {
    for (const [name, value] of Object.entries(await makeEnvironment())) vi.stubEnv(name, value);
    const front = await startTlsFront(server, { kind: 'line' });
    const ref = { ...server.database('moved'), port: front.port };
    await withSnapshot(async (snapshot) => {
      for (const attempt of Object.values(ways)) await attempt(loginTo([server.ca]), ref, snapshot);
    });
    expect(front.heard()).not.toBe('');
    await front.close();
  }
}, 120_000);

test.each(['', '/tmp', '@abstract', 'a.example,b.example'])(
  'the host %j is no server that could prove anything, whatever PGHOST says',
  async (host) => {
    vi.stubEnv('PGHOST', server.host);
    for (const attempt of Object.values(ways))
      await expect(
        attempt(loginTo([server.ca]), { ...server.database('moved'), host }, 's'),
      ).rejects.toMatchObject({ code: 'NoServerAddress' });
  },
);
