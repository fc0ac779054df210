import pg from 'pg';
import { configSchema, type Config } from '../../src/config/schema.js';
import { createQuiescer } from '../../src/postgres/quiesce.js';
import { createSessions, type Sessions } from '../../src/postgres/session.js';
import { createPauseWriters } from '../../src/steps/pause-writers.js';
import { FakeApplication } from '../fakes/fake-application.js';
import { masterPassword, readMasterPassword, startPostgresServer } from '../postgres-server.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';

export const pausableConfig: Config = configSchema.parse({
  ...lawConfig,
  app: { ecsCluster: 'production-rag', ecsService: 'rag' },
});

const database = 'ragdb';
const applicationNames = { somebody: 'app', own: 'rds2aurora/law-000000' };

export type PausableWorlds = Awaited<ReturnType<typeof openPausableWorlds>>;
export type PausableWorld = Awaited<ReturnType<PausableWorlds['make']>>;

/** A real server whose one database every world is given anew, as nobody had touched it. */
export async function openPausableWorlds() {
  const server = await startPostgresServer();
  const ref = await server.createDatabase(database);
  const connect = async (to: string, applicationName: string): Promise<pg.Client> => {
    const { host, port, ca } = server;
    const client = new pg.Client({
      ...{ host, port, ssl: { ca }, database: to, user: 'master', password: masterPassword },
      application_name: applicationName,
    });
    // Ending it is what the step does.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const onlooker = await connect('postgres', 'onlooker');
  const sessions = seeingThemGo(
    createSessions({
      ...{ readPassword: readMasterPassword, readCa: () => Promise.resolve([server.ca]) },
      applicationName: applicationNames.own,
    }),
    onlooker,
  );
  const make = async () => {
    await onlooker.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${database}'`,
    );
    await onlooker.query(`ALTER DATABASE ${database} RESET ALL`);
    const application = new FakeApplication();
    const watch = watchDatabase(onlooker);
    return {
      step: createPauseWriters({
        ecs: application.ecs,
        scaling: application.autoScaling,
        waits: application.waits,
        database: createQuiescer(sessions),
      }),
      application,
      connect: (who: keyof typeof applicationNames) => connect(database, applicationNames[who]),
      setReadOnly: async (value: string | null) => {
        const change =
          value === null
            ? 'RESET default_transaction_read_only'
            : `SET default_transaction_read_only = ${value}`;
        await onlooker.query(`ALTER DATABASE ${database} ${change}`);
      },
      earlier: {
        'check-readiness': {
          ...lawEarlier['check-readiness'],
          source: { ...lawEarlier['check-readiness'].source, server: ref },
        },
      },
      snapshot: async () => ({ ...application.snapshot(), readOnly: (await watch.read()).setting }),
      mutations: async () => [...application.mutations, ...(await watch.listChanges())],
    };
  };
  return {
    make,
    ref,
    close: async () => {
      await onlooker.end();
      await server.stop();
    },
  };
}

/** A session that is told to end is gone a moment later; here, before its end is answered, so that the change is seen in the call. */
function seeingThemGo(sessions: Sessions, onlooker: pg.Client): Sessions {
  const gone = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = '${database}' AND application_name = '${applicationNames.somebody}'`;
  return {
    ...sessions,
    use: (server, options, work) =>
      sessions.use(server, options, (session) =>
        work({
          ...session,
          rows: async (sql, parameters) => {
            const rows = await session.rows<never>(sql, parameters);
            if (sql.includes('pg_terminate_backend')) await onlooker.query(gone);
            return rows;
          },
        }),
      ),
  };
}

interface Seen {
  readonly setting: string | null;
  /** Which transaction wrote the settings. */
  readonly written: string | null;
  readonly somebody: number;
}

/** Sees what becomes of the database from outside: settings written anew, sessions gone. */
function watchDatabase(onlooker: pg.Client) {
  let last: Seen | undefined;
  const changes: string[] = [];
  const read = async (): Promise<Seen> => {
    const { rows } = await onlooker.query<Seen>(`SELECT s.xmin::text AS written,
        (SELECT split_part(v, '=', 2) FROM unnest(s.setconfig) v WHERE v LIKE 'default_transaction_read_only=%') AS setting,
        (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datname = d.datname AND a.application_name = '${applicationNames.somebody}') AS somebody
      FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0
      WHERE d.datname = '${database}'`);
    return rows[0]!;
  };
  return {
    read,
    listChanges: async (): Promise<readonly string[]> => {
      const now = await read();
      if (last !== undefined && now.written !== last.written)
        changes.push(`settings: ${now.setting ?? 'none'}`);
      if (last !== undefined && now.somebody < last.somebody) changes.push('sessions ended');
      last = now;
      return changes;
    },
  };
}
