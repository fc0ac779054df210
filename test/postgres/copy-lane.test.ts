import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClientLogin } from '../../src/process/client-login.js';
import type { ClientLogin } from '../../src/process/client-login.js';
import { copySettings } from '../../src/process/copy-lane.js';
import type { CopyLane, CopyOrder } from '../../src/process/copy-lane.js';
import { withCopyLanes } from '../../src/process/copy-lanes.js';
import type { ServerRef } from '../../src/steps/refs.js';
import { findClients, readMasterPassword, startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

let server: PostgresServer;
let folder: string;
let login: ClientLogin;
let source: ServerRef;
let target: ServerRef;

/** A quote, a backslash, a newline, what psql takes for a variable, and what LATIN1 has a byte of its own for. */
const hostile = `"t '""\\n\\\n:HOST ü"`;
/** A key that only this file locks. */
const gate = 4711;

beforeAll(async () => {
  server = await startPostgresServer();
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-lane-'));
  login = createClientLogin({
    ...{ directory: join(folder, `o'dd "folder`), applicationName: 'lane' },
    ...{ readPassword: readMasterPassword, readCa: () => Promise.resolve([server.ca]) },
  });
  for (const name of ['source', 'target']) {
    await server.asMaster(
      'postgres',
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`,
    );
    for (const table of [hostile, 'a', 'b', 'once'])
      await server.asMaster(name, `CREATE TABLE ${table} (n int PRIMARY KEY, "wört" text)`);
    await server.asMaster(name, 'CREATE TABLE marks (part text)');
  }
  for (const table of [hostile, 'a', 'b', 'once'])
    await server.asMaster(
      'source',
      `INSERT INTO ${table} SELECT n, E'é\\\\.\\n' || n FROM generate_series(1, 1000) n`,
    );
  [source, target] = [server.database('source'), server.database('target')];
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lends lanes out of a snapshot of the source. */
async function lend<T>(work: (copy: CopyLane['copy']) => Promise<T>): Promise<T> {
  const clients = await findClients();
  return server.sessions.use(source, { mode: 'read' }, async (session) => {
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { snapshot } = await session.row<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    return login(source, copySettings, (from) =>
      login(target, copySettings, (to) =>
        withCopyLanes({ source, target, clients, snapshot, logins: { source: from, target: to } }, work),
      ),
    );
  });
}

const options = (format: 'binary' | 'text'): string => `(FORMAT ${format}, ENCODING 'LATIN1')`;

function order(
  tables: readonly string[],
  format: 'binary' | 'text',
  more: Partial<CopyOrder> = {},
): CopyOrder {
  return {
    what: 'copying',
    out: tables.map((table) => `COPY public.${table} TO STDOUT ${options(format)}`),
    into: tables.map((table) => `COPY public.${table} FROM STDIN ${options(format)}`),
    marking: `INSERT INTO public.marks VALUES ('${tables.join().replaceAll("'", "''")}')`,
    signal: new AbortController().signal,
    ...more,
  };
}

const inTarget = async (sql: string): Promise<unknown> =>
  Object.values((await server.asMaster('target', sql))[0] ?? {})[0];
const rowsOf = (table: string): Promise<unknown> => inTarget(`SELECT count(*)::int FROM ${table}`);
const sessionsLeft = (): Promise<unknown> =>
  inTarget(`SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'lane'`);
const contents = (database: string, table: string): Promise<unknown> =>
  server.asMaster(database, `SELECT n, "wört" FROM ${table} ORDER BY n`);

describe('a lane', { shuffle: false }, () => {
  test('copies one part after the other, whatever names and values hold', async () => {
    const copied = await lend(async (copy) => [
      await copy(
        order([hostile], 'binary', {
          into: [`TRUNCATE public.${hostile}`, ...order([hostile], 'binary').into],
        }),
      ),
      await copy(order(['a', 'b'], 'text')),
    ]);
    expect(copied).toEqual([1000, 2000]);
    for (const table of [hostile, 'a', 'b'])
      expect(await contents('target', table)).toEqual(await contents('source', table));
    expect(await server.asMaster('target', 'SELECT part FROM marks ORDER BY part')).toEqual(
      [hostile, 'a,b'].map((part) => ({ part })).sort((one, other) => one.part.localeCompare(other.part)),
    );
  });

  test('leaves no session behind', async () => {
    await vi.waitFor(async () => expect(await sessionsLeft()).toBe(0), { timeout: 10_000 });
  });

  test('commits nothing when the source fails in the middle, which it names', async () => {
    const out = [
      `COPY (SELECT n, "wört" FROM public.once WHERE 1 / (900 - n) <> 2) TO STDOUT ${options('binary')}`,
    ];
    await expect(lend((copy) => copy(order(['once'], 'binary', { out })))).rejects.toThrow(
      /division by zero/,
    );
    expect(await rowsOf('once')).toBe(0);
  });

  test('commits nothing when the target fails, which it names', async () => {
    const into = ['INSERT INTO public.once VALUES (7)', ...order(['once'], 'binary').into];
    await expect(lend((copy) => copy(order(['once'], 'binary', { into })))).rejects.toThrow(
      /^copying failed: ERROR: +duplicate key value violates unique constraint "once_pkey"$/,
    );
    expect(await rowsOf('once')).toBe(0);
  });

  test('commits nothing when the end of the transaction fails', async () => {
    const marking = `INSERT INTO public.nowhere VALUES (1)`;
    await expect(lend((copy) => copy(order(['once'], 'binary', { marking })))).rejects.toThrow(/nowhere/);
    expect(await rowsOf('once')).toBe(0);
  });

  /** Waits at the gate after some rows. */
  const gated = {
    out: [
      `COPY (SELECT n, "wört" FROM public.once WHERE n < 900 OR pg_advisory_xact_lock(${String(gate)}) IS NOT NULL) TO STDOUT ${options('binary')}`,
    ],
  };
  const atGate = `FROM pg_locks WHERE locktype = 'advisory' AND objid = ${String(gate)} AND NOT granted`;

  /** Runs a copy that waits at the gate, and does something meanwhile. */
  async function meanwhile(signal: AbortSignal, something: () => unknown): Promise<number> {
    return server.sessions.use(source, { mode: 'read' }, async (holder) => {
      await holder.run(`SELECT pg_advisory_lock(${String(gate)})`);
      const copying = lend((copy) => copy(order(['once'], 'binary', { ...gated, signal })));
      void copying.catch(() => undefined);
      await vi.waitFor(
        async () => expect(await server.asMaster('source', `SELECT 1 ${atGate}`)).toHaveLength(1),
        {
          timeout: 10_000,
        },
      );
      await something();
      return copying;
    });
  }

  test('that is aborted commits nothing, and tells why', async () => {
    const stop = new AbortController();
    await expect(meanwhile(stop.signal, () => stop.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(await rowsOf('once')).toBe(0);
  });

  test('whose session of the source ends commits nothing, and may be tried again', async () => {
    const end = () => server.asMaster('source', `SELECT pg_terminate_backend(pid) ${atGate}`);
    const copying = meanwhile(new AbortController().signal, end);
    await expect(copying).rejects.toMatchObject({ code: 'CopyInterrupted' });
    expect(await rowsOf('once')).toBe(0);
    await vi.waitFor(async () => expect(await sessionsLeft()).toBe(0), { timeout: 10_000 });
    expect(await lend((copy) => copy(order(['once'], 'binary')))).toBe(1000);
  });
});
