import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/** Limits that a role may have and that no client program sets off by itself; since PostgreSQL 14 and 17. */
const timeLimits = ['idle_session_timeout', 'transaction_timeout'];

/** SQL: those that the server knows. The view pg_settings would show all settings to find them, for every session anew. */
export const knownTimeLimits = `unnest(ARRAY['${timeLimits.join("', '")}']) name WHERE current_setting(name, true) IS NOT NULL`;

/**
 * Settings by which client programs are held to no limit of time: a worker of pg_restore is idle for as long as another
 * one builds an index. Only what the server knows, since it refuses a login with any other.
 */
export async function readTimeLimitsOff(
  sessions: Sessions,
  server: ServerRef,
): Promise<Readonly<Record<string, string>>> {
  const known = await sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<{ name: string }>(`SELECT name FROM ${knownTimeLimits}`),
  );
  return Object.fromEntries(known.map(({ name }) => [name, '0']));
}
