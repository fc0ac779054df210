import type { MigrationError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { codeOf } from './postgres-error.js';
import type { Session, Sessions } from './session.js';
import type { Backend, ServerLook } from './stall-judge.js';

/** PostgreSQL: "Viewing Statistics", wait_event_type Client: the server waits for what is at the other end of the line. */
const lookSql = `SELECT a.pid,
    a.state = 'active' AND a.wait_event_type IS DISTINCT FROM 'Client' AS working,
    a.state = 'active' AND a.wait_event_type = 'Client' AS blocked,
    concat_ws(' ', a.state, a.query_start, a.state_change, c.bytes_processed, c.tuples_processed) AS mark
  FROM pg_stat_activity a LEFT JOIN pg_stat_progress_copy c ON c.pid = a.pid
  WHERE a.application_name = current_setting('application_name') AND a.usename = current_user
    AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()`;

/** Before 14 it cannot be seen how far a copy is: every statement counts as work, and only a silent server is a stall. */
const lookSqlBefore14 = `SELECT a.pid, a.state = 'active' AS working, false AS blocked,
    concat_ws(' ', a.state, a.query_start, a.state_change) AS mark
  FROM pg_stat_activity a
  WHERE a.application_name = current_setting('application_name') AND a.usename = current_user
    AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()`;

export const nameServer = ({ host, port }: ServerRef): string => `${host}:${String(port)}`;

/**
 * Asks a server, by a connection made for that, what its sessions of this run do. Never throws: a server that does not
 * answer is a finding.
 * @param timeoutMs what it may take altogether
 */
export async function lookAtServer(
  sessions: Pick<Sessions, 'use'>,
  server: ServerRef,
  timeoutMs: number,
  wanted: (backend: Backend) => boolean,
): Promise<ServerLook> {
  const name = nameServer(server);
  const options = { mode: 'read', signal: AbortSignal.timeout(timeoutMs), watched: false } as const;
  try {
    const backends = await sessions.use(server, options, readBackends);
    return { server: name, backends: backends.filter(wanted) };
  } catch (error) {
    return { server: name, backends: isAnswer(error) ? [] : undefined };
  }
}

async function readBackends(session: Session): Promise<Backend[]> {
  const { major } = await session.row<{ major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  );
  return session.rows<Backend & Record<string, unknown>>(major < 14 ? lookSqlBefore14 : lookSql);
}

/** A server that says no is there: too many connections, starting up, shutting down. */
function isAnswer(error: unknown): boolean {
  const cause = error instanceof Error ? (error as MigrationError).cause : undefined;
  return /^[0-9A-Z]{5}$/.test(codeOf(cause)) && !codeOf(cause).startsWith('08') && codeOf(cause) !== 'EPIPE';
}
