import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createSessions } from '../src/postgres/session.js';
import type { Sessions } from '../src/postgres/session.js';
import { findPostgresInstallations } from '../src/process/postgres-installations.js';
import type { PostgresInstallation } from '../src/process/postgres-installations.js';
import { createCertificateAuthority } from '../src/sandbox/postgres/certificate-authority.js';
import { PostgresRuntime } from '../src/sandbox/postgres/postgres-runtime.js';
import type { ServerRef } from '../src/steps/refs.js';

export const masterPassword = `p'a"s\\s%$ w:örd`;

/** A throwaway server set up as RDS does it: `rdsadmin` is the superuser, `master` a member of rds_superuser. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly caFile: string;
  readonly sessions: Sessions;
  /** Names a database as the master user sees it. */
  database(name: string): ServerRef;
  asSuperuser(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Runs statements as the master user with an ordinary search_path; the rows of the last. */
  asMaster(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** A new empty database owned by the master. */
  createDatabase(name: string): Promise<ServerRef>;
  /**
   * Ends the server by a signal and starts it anew, once it is gone: SIGTERM waits for the sessions, SIGINT ends them,
   * SIGKILL is a crash (PostgreSQL: Shutting Down the Server).
   */
  restart(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void>;
  stop(): Promise<void>;
}

/** The newest programs of a major version that can read and write a server of it. */
export async function findClients(major = 17): Promise<PostgresInstallation> {
  const found = (await findPostgresInstallations()).find((one) => one.clients && one.major === major);
  if (found === undefined) throw new Error(`no PostgreSQL ${String(major)} clients: run npm run setup`);
  return found;
}

/** The password of the master user, whichever secret is asked for. */
export function readMasterPassword(): Promise<string> {
  return Promise.resolve(masterPassword);
}

export async function startPostgresServer(
  options: {
    readonly major?: number;
    readonly parameters?: Readonly<Record<string, string>>;
    /** Default: true, as on RDS. */
    readonly forceSsl?: boolean;
  } = {},
): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'rds2aurora-test-'));
  const authority = createCertificateAuthority();
  const runtime = await PostgresRuntime.create({ directory, authority });
  const volume = await runtime.createVolume(options.major ?? 17, {
    username: 'master',
    password: masterPassword,
  });
  const settings = { parameters: options.parameters ?? {}, forceSsl: options.forceSsl ?? true };
  const server = await runtime.startServer(volume, await runtime.allotAddress(5432), settings);
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  const { host, port } = server.listener;
  const database = (name: string): ServerRef => ({
    host,
    port,
    database: name,
    user: 'master',
    secret: 'master-secret',
  });
  const asMaster = (name: string, sql: string): Promise<Record<string, unknown>[]> =>
    execute(
      {
        host,
        port,
        database: name,
        user: 'master',
        password: masterPassword,
        ssl: { ca: authority.certificate, host },
      },
      sql,
    );
  return {
    host,
    port,
    ca: authority.certificate,
    caFile,
    sessions: createSessions({
      readPassword: readMasterPassword,
      readCa: () => Promise.resolve([authority.certificate]),
      applicationName: 'rds2aurora/test-run',
    }),
    database,
    asSuperuser: async (name, sql) => (await server.query(sql, name)).rows,
    asMaster,
    createDatabase: async (name) => {
      await asMaster('postgres', `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0`);
      return database(name);
    },
    restart: async (signal) => {
      const [found] = (
        await server.query(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`)
      ).rows;
      const pid = Number(found?.['pid']);
      process.kill(pid, signal);
      await untilGone(pid);
      await startAgain(() => server.restart(settings));
    },
    stop: async () => {
      await runtime.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
  throw new Error(`server ${String(pid)} does not end`);
}

/** After a crash the processes of the old server may still hold its memory for a moment. */
async function startAgain(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(200);
    }
  }
}

async function execute(config: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const result: Result | Result[] = await client.query(sql);
    return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
  } finally {
    await client.end();
  }
}

type Result = pg.QueryResult<Record<string, unknown>>;
