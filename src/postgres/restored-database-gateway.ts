import { PreconditionError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { compareVersions } from './compare-sections.js';
import { settingClause } from './guc-value.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import { codeOf } from './postgres-error.js';
import type { Sessions } from './session.js';

export interface ExtensionUpdate {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A database that came with a snapshot: its extensions are as old as the source's, and it is as read-only. */
export interface RestoredDatabaseGateway {
  /** @throws CredentialsError when the server refuses the secret's password */
  logIn(server: ServerRef): Promise<void>;
  /**
   * Extensions whose default version on this server is newer than the one installed.
   * @throws PreconditionError naming those that this server does not know, or knows only in older versions
   */
  planUpdates(server: ServerRef): Promise<readonly ExtensionUpdate[]>;
  update(server: ServerRef, update: ExtensionUpdate): Promise<void>;
  /** `default_transaction_read_only` of the database itself; null when it is not set. */
  readReadOnly(server: ServerRef): Promise<string | null>;
  setReadOnly(server: ServerRef, value: string | null): Promise<void>;
}

interface InstalledRow {
  readonly name: string;
  readonly installed: string;
  readonly offered: string | null;
  readonly known: boolean;
}

const installedSql = `SELECT e.extname::text AS name, e.extversion AS installed, a.default_version AS offered,
    EXISTS (SELECT FROM pg_available_extension_versions v WHERE v.name = e.extname AND v.version = e.extversion) AS known
  FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname ORDER BY e.oid`;

const readOnlySql = `SELECT (SELECT split_part(v, '=', 2) FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v
  WHERE s.setrole = 0 AND s.setdatabase = d.oid AND v LIKE 'default_transaction_read_only=%') AS value
  FROM pg_database d WHERE d.datname = current_database()`;

export function createRestoredDatabaseGateway(sessions: Sessions): RestoredDatabaseGateway {
  return {
    logIn: (server) => sessions.use(server, { mode: 'read' }, (session) => session.run('SELECT 1')),
    planUpdates: async (server) => {
      const rows = await sessions.use(server, { mode: 'read' }, (session) =>
        session.rows<InstalledRow>(installedSql),
      );
      refuseUnknown(rows, server);
      return rows.flatMap(({ name, installed, offered }) =>
        offered !== null && compareVersions(installed, offered) < 0
          ? [{ name, from: installed, to: offered }]
          : [],
      );
    },
    update: (server, { name, to }) =>
      sessions.use(server, { mode: 'write' }, async (session) => {
        try {
          await session.run(`ALTER EXTENSION ${quoteIdentifier(name)} UPDATE TO ${quoteLiteral(to)}`);
        } catch (error) {
          // 22023: PostgreSQL knows no way between the two versions; the old one goes on working.
          if (!(error instanceof Error) || codeOf(error.cause) !== '22023') throw error;
          throw new PreconditionError('ExtensionNotUpdatable', `${name} cannot be updated to ${to}`, {
            why: 'The extension has no update script between these versions',
            next: [`update ${name} on the source first, or choose another engine version`],
            resource: server.host,
            cause: error,
          });
        }
      }),
    readReadOnly: async (server) =>
      sessions.use(server, { mode: 'read' }, async (session) => {
        const { value } = await session.row<{ value: string | null }>(readOnlySql);
        return value;
      }),
    setReadOnly: (server, value) =>
      sessions.use(server, { mode: 'write' }, (session) =>
        session.run(
          `ALTER DATABASE ${quoteIdentifier(server.database)} ${
            value === null
              ? 'RESET default_transaction_read_only'
              : `SET ${settingClause(`default_transaction_read_only=${value}`)}`
          }`,
        ),
      ),
  };
}

/** Their functions would fail when they are called: better said before the application is there. */
function refuseUnknown(rows: readonly InstalledRow[], server: ServerRef): void {
  const unknown = rows.filter(({ known, installed, offered }) => {
    const isNewer = offered !== null && compareVersions(installed, offered) > 0;
    return !known && (offered === null || isNewer);
  });
  if (unknown.length === 0) return;
  throw new PreconditionError(
    'ExtensionTooNew',
    `the target cannot run ${String(unknown.length)} extensions of the source`,
    {
      why: unknown
        .map(({ name, installed, offered }) => `${name} ${installed}: the target has ${offered ?? 'none'}`)
        .join('; '),
      next: [
        'choose a newer target.engineVersion, or use migrate dump-restore after dropping these extensions',
      ],
      resource: server.host,
    },
  );
}
