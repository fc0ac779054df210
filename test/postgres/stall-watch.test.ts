import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createSessions } from '../../src/postgres/session.js';
import { whileNotStalled } from '../../src/postgres/stall-watch.js';
import { createClientLogin } from '../../src/process/client-login.js';
import { runPgDump } from '../../src/process/pg-dump.js';
import type { ServerRef } from '../../src/steps/refs.js';
import { startFaultProxy, type FaultProxy } from '../campaigns/faults/fault-proxy.js';
import { findClients, readMasterPassword, startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

const stall = { limitMs: 1500, everyMs: 300, lookMs: 3000 };
/** A loaded machine is slow to do anything; far below what nobody would wait for. */
const soonMs = 30_000;
let server: PostgresServer;
let line: FaultProxy;
let ref: ServerRef;
let directory: string;

beforeAll(async () => {
  server = await startPostgresServer();
  line = await startFaultProxy(server);
  await server.createDatabase('moved');
  await server.asMaster(
    'moved',
    `CREATE TABLE t AS SELECT i, repeat(md5(i::text), 100) AS body FROM generate_series(1, 20000) i`,
  );
  ref = { ...server.database('moved'), port: line.port };
  directory = await mkdtemp(join(tmpdir(), 'rds2aurora-stall-'));
}, 60_000);
afterEach(() => line.heal());
afterAll(async () => {
  await line.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const login = () => ({
  readPassword: readMasterPassword,
  readCa: () => Promise.resolve([server.ca]),
  applicationName: 'rds2aurora/stall',
});
const openSessions = () => createSessions({ ...login(), stall, connectTimeoutMs: 3000 });

test('a session ends wherever in its life the line falls silent', async () => {
  const sessions = createSessions({
    ...{ ...login(), connectTimeoutMs: 1000 },
    stall: { limitMs: 500, everyMs: 100, lookMs: 1000 },
  });
  const useOnce = () =>
    sessions.use(ref, { mode: 'read' }, (session) => session.rows(`SELECT repeat('x', 3000) AS x`));
  const before = line.bytes();
  await useOnce();
  const whole = line.bytes() - before;
  const outcomes = new Set<string>();
  for (let place = 0.03; place < 1; place += 0.06) {
    line.after(place * whole, (connection) => connection.stall());
    const outcome = await useOnce().then(
      () => 'ended',
      (error: unknown) => String(error instanceof Error && 'code' in error ? error.code : error),
    );
    outcomes.add(outcome);
    line.heal();
  }
  // Before the login, in the statements, and at the farewell, which is not waited for.
  expect([...outcomes].sort()).toEqual(['DatabaseStalled', 'DatabaseUnreachable', 'ended']);
});

test('a statement whose answer never comes ends where going on is safe', async () => {
  const session = await openSessions().open(ref, { mode: 'write' });
  line.setLine({ kind: 'stalled' });
  const started = performance.now();
  await expect(session.run('SELECT 1')).rejects.toMatchObject({
    code: 'DatabaseStalled',
    exitCode: 9,
    resumable: true,
  });
  await session.close();
  expect(performance.now() - started).toBeLessThan(soonMs);
});

test('it is found by what the server does when only this one connection is silent', async () => {
  const session = await openSessions().open(ref, { mode: 'write' });
  line.after(1, (connection) => connection.stall());
  await expect(session.run('SELECT 1')).rejects.toMatchObject({ code: 'DatabaseStalled' });
  await session.close();
});

test('a statement that works for longer than the limit is none', async () => {
  const rows = await openSessions().use(ref, { mode: 'write' }, (session) =>
    session.rows<{ done: string }>(`SELECT 'yes' AS done FROM pg_sleep(4)`),
  );
  // pg_sleep waits, but not for this end.
  expect(rows).toEqual([{ done: 'yes' }]);
});

test('a session is closed though nobody answers its farewell', async () => {
  const session = await openSessions().open(ref, { mode: 'read' });
  line.setLine({ kind: 'stalled' });
  const started = performance.now();
  await session.close();
  expect(performance.now() - started).toBeLessThan(soonMs);
});

test.each(['all', 'one'] as const)(
  'a dump is ended with its workers when %s of its connections are silent',
  async (which) => {
    const sessions = openSessions();
    const clients = await findClients();
    const data = join(directory, which);
    const signal = new AbortController().signal;
    const dumping = sessions.use(ref, { mode: 'read' }, async (session) => {
      await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const { snapshot } = await session.row<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
      await whileNotStalled(sessions, [ref], { signal, life: () => '' }, (stalled) =>
        runPgDump(createClientLogin({ ...login(), directory: join(directory, 'logins') }), {
          ...{
            server: ref,
            clients,
            directory: data,
            jobs: 2,
            contents: 'all',
            throughRoots: false,
            snapshot,
            compression: '0',
          },
          signal: stalled,
          tableStarted: () =>
            line.after(100_000, (connection) =>
              which === 'one' ? connection.stall() : line.setLine({ kind: 'stalled' }),
            ),
        }),
      );
    });
    const started = performance.now();
    await expect(dumping).rejects.toMatchObject({ code: 'DatabaseStalled', exitCode: 9 });
    expect(performance.now() - started).toBeLessThan(soonMs);
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(processes.split('\n').filter((one) => one.includes(data))).toEqual([]);
  },
  60_000,
);
