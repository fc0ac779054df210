import type { ServerRef } from '../steps/refs.js';
import { reservedRole, userSchema } from './inventory/section.js';
import type { Sessions } from './session.js';

/** What has to be known of the two servers before the source is deleted. Reads only. */
export interface EndingGateway {
  /** Who is connected to any database of this server, AWS's own roles and this run apart; one line each. */
  listSessions(server: ServerRef, signal: AbortSignal): Promise<readonly string[]>;
  /** Tables of users in the database that the login sees. */
  countTables(server: ServerRef, signal: AbortSignal): Promise<number>;
}

/** Replication counts too: a replica would lose its source. */
const sessionsSql = `SELECT format('%s on %s from %s%s', a.usename, coalesce(a.datname, 'no database'),
    coalesce(host(a.client_addr), 'the server itself'), ' (' || nullif(a.application_name, '') || ')') AS line
  FROM pg_stat_activity a
  WHERE a.pid <> pg_backend_pid() AND a.backend_type IN ('client backend', 'walsender')
    AND a.usename !~ ${reservedRole} AND a.application_name <> $1
  ORDER BY a.backend_start`;

const tablesSql = `SELECT count(*)::int AS count FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND ${userSchema}`;

export function createEndingGateway(sessions: Sessions): EndingGateway {
  return {
    listSessions: (server, signal) =>
      sessions.use(server, { mode: 'read', signal }, async (session) => {
        const rows = await session.rows<{ line: string }>(sessionsSql, [sessions.applicationName]);
        return rows.map(({ line }) => line);
      }),
    countTables: (server, signal) =>
      sessions.use(server, { mode: 'read', signal }, async (session) => {
        const { count } = await session.row<{ count: number }>(tablesSql);
        return count;
      }),
  };
}
