import pg from 'pg';
import type { QueryResultRow } from 'pg';
import { CredentialsError } from '../errors.js';
import { assertNetworkAddress } from '../process/network-address.js';
import type { ServerRef } from '../steps/refs.js';
import { postgresError } from './postgres-error.js';
import { startupOptions } from './session-settings.js';
import type { SessionOptions } from './session-settings.js';

/** One login. Errors are ours (see `postgresError`); the password is known to nobody but the driver. */
export interface Session {
  readonly server: ServerRef;
  rows<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** The only row. @throws MigrationError when there is none. */
  row<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row>;
  run(sql: string, parameters?: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

export interface SessionDependencies {
  /** Password of the user, from the secret's name or ARN. */
  readonly readPassword: (secretId: string) => Promise<string>;
  /** PEM certificates of the CAs to trust; read when a session opens. */
  readonly readCa: () => Promise<readonly string[]>;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly connectTimeoutMs?: number;
}

/** Opens sessions. Every one is verified in full: CA, host name, TLS 1.2 or later. */
export interface Sessions {
  readonly applicationName: string;
  open(server: ServerRef, options: SessionOptions): Promise<Session>;
  /** Opens, works, closes; closes on failure too. */
  use<T>(server: ServerRef, options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T>;
}

/** So that a statement ends with its client (PostgreSQL 14 and later, where the platform can tell). */
const endWithClient = `SELECT set_config('client_connection_check_interval', '2s', false)
  WHERE current_setting('server_version_num')::int >= 140000`;

export function createSessions(dependencies: SessionDependencies): Sessions {
  const open = (server: ServerRef, options: SessionOptions): Promise<Session> =>
    openSession(dependencies, server, options);
  return {
    applicationName: dependencies.applicationName,
    open,
    use: async (server, options, work) => {
      const session = await open(server, options);
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    },
  };
}

async function openSession(
  dependencies: SessionDependencies,
  server: ServerRef,
  options: SessionOptions,
): Promise<Session> {
  options.signal?.throwIfAborted();
  const client = new pg.Client(await clientConfig(dependencies, server, options));
  // Without a listener a connection that the server ends between two statements would end this process.
  client.on('error', () => undefined);
  const abort = (): void => {
    client.connection.stream.destroy(asError(options.signal?.reason));
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    await client.query(endWithClient).catch(() => undefined);
  } catch (error) {
    options.signal?.removeEventListener('abort', abort);
    throw failure(error, server, options);
  }
  return sessionOf(client, server, options, () => options.signal?.removeEventListener('abort', abort));
}

function sessionOf(
  client: pg.Client,
  server: ServerRef,
  options: SessionOptions,
  released: () => void,
): Session {
  const rows = async <Row extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> => {
    options.signal?.throwIfAborted();
    try {
      return (await client.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      throw failure(error, server, options);
    }
  };
  return {
    server,
    rows,
    row: async <Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row> => {
      const [first] = await rows<Row>(sql, parameters);
      if (first === undefined) throw postgresError(new Error('expected a row, got none'), server);
      return first;
    },
    run: async (sql, parameters) => void (await rows(sql, parameters)),
    close: async () => {
      released();
      await client.end().catch(() => undefined);
    },
  };
}

async function clientConfig(
  dependencies: SessionDependencies,
  server: ServerRef,
  options: SessionOptions,
): Promise<pg.ClientConfig> {
  assertNetworkAddress(server);
  const password = await dependencies.readPassword(server.secret);
  // The driver would take PGPASSWORD or a passfile in the place of an empty password.
  if (password === '')
    throw new CredentialsError('EmptyPassword', `secret ${server.secret} holds an empty password`);
  return {
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    password,
    // All explicit: what is missing here the driver would take from PGSSLMODE, PGSSLNEGOTIATION, PGHOST and the like.
    sslnegotiation: 'postgres',
    // Binds the proof of the password to the certificate: whoever stole a key cannot stand in between.
    enableChannelBinding: true,
    ssl: { ca: [...(await dependencies.readCa())], rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    application_name: dependencies.applicationName,
    client_encoding: 'UTF8',
    options: startupOptions(options),
    connectionTimeoutMillis: dependencies.connectTimeoutMs ?? 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
  };
}

/** An abort shows itself as a lost connection: the reason of the abort is the truth. */
function failure(error: unknown, server: ServerRef, options: SessionOptions): Error {
  return options.signal?.aborted === true ? asError(options.signal.reason) : postgresError(error, server);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
