import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MigrationError } from '../../src/errors.js';
import { createDumpGateway } from '../../src/postgres/dump-gateway.js';
import { createRestoreGateway } from '../../src/postgres/restore-gateway.js';
import { sizeRestore } from '../../src/postgres/restore-settings.js';
import { createSessions } from '../../src/postgres/session.js';
import { createClientLogin } from '../../src/process/client-login.js';
import {
  findClients,
  readMasterPassword,
  startPostgresServer,
  type PostgresServer,
} from '../postgres-server.js';

const jobs = 3;
const { signal } = new AbortController();
const common = { jobs, signal, totals: new Map<string, number>(), progress: () => undefined };

let server: PostgresServer;
let directory: string;
beforeAll(async () => {
  server = await startPostgresServer();
  directory = await mkdtemp(join(tmpdir(), 'rds2aurora-large-'));
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A database with a table and its rows is dumped, and its rows are restored into the table as it is there. */
async function move(name: string, source: string, form = ''): Promise<(sql: string) => Promise<unknown[]>> {
  const [table] = source.split(';');
  const [from, to] = [`${name}_from`, `${name}_to`];
  for (const database of [from, to])
    await server.asMaster('postgres', `CREATE DATABASE ${database} TEMPLATE template0 ${form}`);
  await server.asMaster(from, source);
  await server.asMaster(to, table ?? '');
  return restore.bind(undefined, from, to);
}

async function restore(from: string, to: string, before: string): Promise<unknown[]> {
  const login = {
    readPassword: readMasterPassword,
    readCa: () => Promise.resolve([server.ca]),
    applicationName: 'rds2aurora/large',
  };
  const sessions = createSessions(login);
  const clientLogin = createClientLogin({ ...login, directory: join(directory, 'logins') });
  const clients = await findClients();
  const parent = join(directory, from);
  const dump = await createDumpGateway(sessions, clientLogin).take({
    ...{ run: 'rag-000000', server: server.database(from), clients, parent, contents: 'all' },
    ...common,
  });
  if (before !== '') await server.asMaster(to, before);
  const gateway = createRestoreGateway(sessions, clientLogin, 50, { leastBytes: 0, leastShare: 0.5 });
  return gateway.restore({
    ...{ server: server.database(to), clients, directory: dump.directory, part: 'data and post-data' },
    ...{ existingSchemas: [], sizing: sizeRestore(1, jobs), ...common },
  });
}

/** What the rows are, and how many transactions brought them: each session is one. */
async function look(database: string, table: string): Promise<unknown> {
  const [row] = await server.asMaster(
    database,
    `SELECT count(*)::int AS rows, sum(hashtextextended(t::text, 0)) AS hash, count(DISTINCT xmin::text)::int AS sessions FROM ${table} t`,
  );
  return row;
}

const rows = (table: string): string =>
  `INSERT INTO ${table} SELECT n, repeat('é\\' || chr(10) || n, 20) FROM generate_series(1, 40000) n; CREATE INDEX ON ${table} (id)`;

test.each([
  ['plain', 't', '', jobs],
  ['latin', 't', `ENCODING 'LATIN1' LOCALE 'C'`, jobs],
  // These names cannot be read out of what pg_restore writes, which then loads the rows itself.
  ['accent', '"é"', `ENCODING 'LATIN1' LOCALE 'C'`, 1],
  ['newline', '"a\nb"', '', 1],
])('rows of a large table are loaded, all of them: %s', async (name, table, form, sessions) => {
  const run = await move(name, `CREATE TABLE ${table} (id int, body text); ${rows(table)}`, form);
  expect(await run('')).toEqual([]);
  const there = await look(`${name}_from`, table);
  expect(await look(`${name}_to`, table)).toEqual({ ...(there as object), sessions });
  const indexes = await server.asMaster(
    `${name}_to`,
    'SELECT FROM pg_index WHERE indrelid >= 16384 AND NOT indisunique',
  );
  expect(indexes).toHaveLength(1);
});

test('what is compressed anew is by lz4, but not where somebody has chosen', async () => {
  const long = `repeat('words of a document ', 2000)`;
  const run = await move(
    'compressed',
    `CREATE TABLE t (id int, body text, old text COMPRESSION pglz); INSERT INTO t SELECT n, ${long}, ${long} FROM generate_series(1, 30) n`,
  );
  await run('');
  const found = await server.asMaster(
    'compressed_to',
    'SELECT DISTINCT pg_column_compression(body) AS body, pg_column_compression(old) AS old FROM t',
  );
  expect(found).toEqual([{ body: 'lz4', old: 'pglz' }]);
});

const failing = {
  'a row that the target refuses': ['t', 'ALTER TABLE t ADD CHECK (id <> 39999)', 'CopyFailed', 1],
  'a session that is ended': [
    't',
    `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
     CREATE TRIGGER die BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 39999) EXECUTE FUNCTION die()`,
    'CopyInterrupted',
    9,
  ],
} as const;

test.each(Object.entries(failing))('%s ends the restore', async (what, [table, before, code, exitCode]) => {
  const run = await move(`failing_${exitCode}`, `CREATE TABLE ${table} (id int, body text); ${rows(table)}`);
  const error = await run(before).catch((caught: unknown) => caught);
  expect(error, what).toBeInstanceOf(MigrationError);
  expect(error).toMatchObject({ code, exitCode });
});
