import type { DatabaseForm, Loss, ServerRef } from '../steps/refs.js';
import { readDatabaseForm } from './database-form.js';
import { notOfExtension, reservedRole, userSchema } from './inventory/section.js';
import { codeOf } from './postgres-error.js';
import type { Session, Sessions } from './session.js';

/** Tables up to this size are counted; a larger one is estimated, since counting reads all of it. */
const countedBytes = 64 * 1024 * 1024;

interface DatabaseRow {
  readonly name: string;
  readonly bytes: string | null;
  readonly connectable: boolean;
}

interface TableRow {
  readonly table: string;
  readonly bytes: string;
  readonly heap: string;
  readonly estimate: string | null;
  readonly countable: boolean;
}

/** AWS's own database cannot be entered by anybody else (RDS User Guide, "Master user account privileges"). */
const databasesSql = `SELECT datname::text AS name,
    CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
      THEN pg_database_size(oid)::text END AS bytes,
    datallowconn AND has_database_privilege(oid, 'CONNECT') AS connectable
  FROM pg_database WHERE NOT datistemplate AND datname <> 'rdsadmin' ORDER BY datname`;

/** -1 in reltuples: neither vacuumed nor analysed yet (PostgreSQL: pg_class). */
const tablesSql = `SELECT format('%I.%I', n.nspname, c.relname) AS "table", pg_total_relation_size(c.oid)::text AS bytes,
    pg_relation_size(c.oid)::text AS heap,
    CASE WHEN c.reltuples >= 0 THEN round(c.reltuples)::bigint::text END AS estimate,
    has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AS countable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
  ORDER BY pg_total_relation_size(c.oid) DESC, 1`;

const rolesSql = `SELECT rolname::text AS name FROM pg_roles WHERE rolname !~ ${reservedRole} ORDER BY 1`;

/** The time of the newest commit of the whole server is kept only where it is switched on (PostgreSQL: track_commit_timestamp). */
const lastWriteSql = `SELECT to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at FROM pg_last_committed_xact()`;

/** Lists what a server holds, database by database. Reads only. */
export interface LossReader {
  readLoss(server: ServerRef, signal: AbortSignal): Promise<Loss>;
  /** How the configured database was made. */
  readForm(server: ServerRef): Promise<DatabaseForm>;
}

export function createLossReader(sessions: Sessions): LossReader {
  return {
    readForm: (server) => sessions.use(server, { mode: 'read' }, readDatabaseForm),
    readLoss: async (server, signal) => {
      const { rows, roles, lastWrite } = await sessions.use(
        server,
        { mode: 'read', signal },
        async (session) => ({
          rows: await session.rows<DatabaseRow>(databasesSql),
          roles: await session.rows<{ name: string }>(rolesSql),
          lastWrite: await readLastWrite(session),
        }),
      );
      const databases: Loss['databases'] = [];
      for (const row of rows) databases.push(await readDatabase(sessions, server, row, signal));
      return {
        databases,
        roles: roles.map(({ name }) => name).filter((name) => name !== server.user),
        lastWrite,
      };
    },
  };
}

async function readLastWrite(session: Session): Promise<Loss['lastWrite']> {
  const { tracked } = await session.row<{ tracked: string }>(
    `SELECT current_setting('track_commit_timestamp') AS tracked`,
  );
  if (tracked !== 'on')
    return { at: null, detail: 'not known: track_commit_timestamp is off, so the server keeps no such time' };
  const { at } = await session.row<{ at: string | null }>(lastWriteSql);
  return at === null
    ? { at, detail: 'not known: nothing was committed since track_commit_timestamp was switched on' }
    : { at, detail: `${at} (newest commit of the server)` };
}

async function readDatabase(
  sessions: Sessions,
  server: ServerRef,
  { name, bytes, connectable }: DatabaseRow,
  signal: AbortSignal,
): Promise<Loss['databases'][number]> {
  const size = bytes === null ? null : Number(bytes);
  if (!connectable)
    return {
      name,
      bytes: size,
      tables: [],
      unread: `${server.user} may not connect to it: its tables are not listed`,
    };
  const tables = await sessions.use({ ...server, database: name }, { mode: 'read', signal }, readTables);
  return { name, bytes: size, tables, unread: null };
}

async function readTables(session: Session): Promise<Loss['databases'][number]['tables']> {
  const tables: Loss['databases'][number]['tables'] = [];
  for (const row of await session.rows<TableRow>(tablesSql)) {
    const counted =
      row.countable && Number(row.heap) <= countedBytes ? await countRows(session, row.table) : undefined;
    const estimate = row.estimate === null ? null : Number(row.estimate);
    tables.push({
      table: row.table,
      rows: counted ?? estimate,
      exact: counted !== undefined,
      bytes: Number(row.bytes),
    });
  }
  return tables;
}

/** Undefined when somebody holds the table, or counting takes too long: then the estimate has to do. */
async function countRows(session: Session, table: string): Promise<number | undefined> {
  try {
    const { rows } = await session.row<{ rows: string }>(`SELECT count(*)::text AS rows FROM ${table}`);
    return Number(rows);
  } catch (error) {
    if (error instanceof Error && ['57014', '55P03'].includes(codeOf(error.cause))) return undefined;
    throw error;
  }
}
