import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/** Limits that a role may have and that no client program sets off by itself; since PostgreSQL 14 and 17. */
export const timeLimits = ['idle_session_timeout', 'transaction_timeout'] as const;

/**
 * Settings by which client programs are held to no limit of time: a worker of pg_restore is idle for as long as another
 * one builds an index. Only what the server knows, since it refuses a login with any other.
 */
export async function readTimeLimitsOff(
  sessions: Sessions,
  server: ServerRef,
): Promise<Readonly<Record<string, string>>> {
  const known = await sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<{ name: string }>('SELECT name FROM pg_settings WHERE name = ANY($1)', [timeLimits]),
  );
  return Object.fromEntries(known.map(({ name }) => [name, '0']));
}
