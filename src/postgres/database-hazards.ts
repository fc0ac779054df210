import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/** What a database holds that a move cannot carry, as the login of the move sees it. */
export interface DatabaseHazards {
  /** Global ids of transactions that were prepared and are neither committed nor rolled back. */
  readonly prepared: readonly string[];
  /** Tables whose row security hides rows from this login, quoted as SQL wants them. */
  readonly rowSecurity: readonly string[];
  /** Tables, views and sequences that this login may not read. */
  readonly unreadable: readonly string[];
}

/** Objects of users: not the catalog's, not a member of an extension. */
const userRelations = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const named = `coalesce(array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname), '{}') AS names FROM ${userRelations}`;

const preparedSql = `SELECT coalesce(array_agg(gid ORDER BY gid), '{}') AS names FROM pg_prepared_xacts
  WHERE database = current_database()`;
const rowSecuritySql = `SELECT ${named} AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND row_security_active(c.oid)`;
const unreadableSql = `SELECT ${named} AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'SELECT')
    ELSE c.relkind IN ('r', 'p', 'm', 'v') AND NOT has_table_privilege(c.oid, 'SELECT') END`;

/** Reads the catalog only. Source: "Row Security Policies"; `pg_prepared_xacts`; pg_dump, notes on privileges. */
export function readDatabaseHazards(sessions: Sessions, server: ServerRef): Promise<DatabaseHazards> {
  return sessions.use(server, { mode: 'read' }, async (session) => {
    const namesOf = async (sql: string): Promise<readonly string[]> =>
      (await session.row<{ names: string[] }>(sql)).names;
    return {
      prepared: await namesOf(preparedSql),
      rowSecurity: await namesOf(rowSecuritySql),
      unreadable: await namesOf(unreadableSql),
    };
  });
}
