import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    stop: async () => {
      await runtime.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
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
