import pg from 'pg';
import type { QueryResultRow } from 'pg';
import { CredentialsError } from '../errors.js';
import type { StoppedError } from '../errors.js';
import { assertNetworkAddress } from '../process/network-address.js';
import type { ServerRef } from '../steps/refs.js';
import { postgresError } from './postgres-error.js';
import { startupOptions } from './session-settings.js';
import type { SessionOptions } from './session-settings.js';
import { lookAtServer, nameServer } from './server-look.js';
import { stallDefaults } from './stall-judge.js';
import type { StallSettings } from './stall-judge.js';
import { watchForStall } from './stall-watch.js';
import { knownTimeLimits } from './time-limits.js';

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
  /** When a connection counts as stalled; default `stallDefaults`. */
  readonly stall?: StallSettings;
}

/** Opens sessions. Every one is verified in full: CA, host name, TLS 1.2 or later. */
export interface Sessions {
  readonly applicationName: string;
  readonly stall: StallSettings;
  /** Whether a backend serves a session that is open here, and not a client program. */
  isOwn(server: ServerRef, pid: number): boolean;
  open(server: ServerRef, options: SessionOptions): Promise<Session>;
  /** Opens, works, closes; closes on failure too. */
  use<T>(server: ServerRef, options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T>;
}

/** Milliseconds that a server has to close a session. */
const farewellMs = 2000;

/**
 * So that a statement ends with its client (PostgreSQL 14 and later, where the platform can tell), and so that limits of the
 * role or the database end no long work. Not among the settings of the start: there a server refuses what it does not know.
 */
const afterStart = [
  `SELECT set_config('client_connection_check_interval', '2s', false)
    WHERE current_setting('server_version_num')::int >= 140000`,
  `SELECT set_config(name, '0', false) FROM ${knownTimeLimits}`,
];

export function createSessions(dependencies: SessionDependencies): Sessions {
  const { stall = stallDefaults } = dependencies;
  const own = new Set<string>();
  const nameOf = (server: ServerRef, pid: number): string => `${nameServer(server)} ${String(pid)}`;
  const open = async (server: ServerRef, options: SessionOptions): Promise<Session> => {
    const { session, pid } = await openSession(dependencies, server, options, (of, life, stalled) =>
      watchForStall({
        ...{ settings: stall, servers: [nameServer(server)], stalled, life: () => String(life()) },
        look: async () => {
          const { backends, ...rest } = await lookAtServer(
            sessions,
            server,
            stall.lookMs,
            (one) => one.pid === of,
          );
          // Rows that come show in no view of the server.
          return [{ ...rest, backends: backends?.map((one) => ({ ...one, mark: `${one.mark} ${life()}` })) }];
        },
      }),
    );
    own.add(nameOf(server, pid));
    const close = async (): Promise<void> => {
      await session.close();
      own.delete(nameOf(server, pid));
    };
    return { ...session, close };
  };
  const sessions: Sessions = {
    applicationName: dependencies.applicationName,
    stall,
    isOwn: (server, pid) => own.has(nameOf(server, pid)),
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
  return sessions;
}

async function openSession(
  dependencies: SessionDependencies,
  server: ServerRef,
  options: SessionOptions,
  watch: (pid: number, life: () => number, stalled: (error: StoppedError) => void) => () => void,
): Promise<{ readonly session: Session; readonly pid: number }> {
  options.signal?.throwIfAborted();
  const client = new pg.Client(await clientConfig(dependencies, server, options));
  // Without a listener a connection that the server ends between two statements would end this process.
  client.on('error', () => undefined);
  let reason: Error | undefined;
  const end = (error: Error): void => {
    reason = error;
    client.connection.stream.destroy(error);
  };
  const abort = (): void => end(asError(options.signal?.reason));
  options.signal?.addEventListener('abort', abort, { once: true });
  // When we ended it, that shows itself as a lost connection: our reason is the truth.
  const fail = (error: unknown): Error => reason ?? postgresError(error, server);
  const life = (): number => Number(Reflect.get(client.connection.stream, 'bytesRead'));
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    const unwatch = options.watched === false ? () => undefined : watch(processOf(client), life, end);
    try {
      return await work();
    } catch (error) {
      throw fail(error);
    } finally {
      unwatch();
    }
  };
  try {
    await client.connect();
    for (const sql of afterStart) await watched(() => client.query(sql)).catch(() => undefined);
    if (reason !== undefined) throw reason;
  } catch (error) {
    options.signal?.removeEventListener('abort', abort);
    throw fail(error);
  }
  const rows = async <Row extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> => {
    options.signal?.throwIfAborted();
    return (await watched(() => client.query<Row>(sql, [...parameters]))).rows;
  };
  const close = async (): Promise<void> => {
    options.signal?.removeEventListener('abort', abort);
    await endClient(client);
  };
  return { session: sessionOf(server, rows, close), pid: processOf(client) };
}

/** Of the server. */
const processOf = (client: pg.Client): number => Number(Reflect.get(client, 'processID'));

function sessionOf(server: ServerRef, rows: Session['rows'], close: () => Promise<void>): Session {
  return {
    ...{ server, rows, close },
    row: async <Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row> => {
      const [first] = await rows<Row>(sql, parameters);
      if (first === undefined) throw postgresError(new Error('expected a row, got none'), server);
      return first;
    },
    run: async (sql, parameters) => void (await rows(sql, parameters)),
  };
}

/** A server that is not heard of any more does not answer a farewell either. */
async function endClient(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), farewellMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
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

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
