import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/** Subscriptions of the database. Their connection strings are shown to superusers only, and not asked for. */
export async function listSubscriptions(sessions: Sessions, server: ServerRef): Promise<string[]> {
  const rows = await sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<{ name: string }>(`SELECT quote_ident(subname) AS name FROM pg_subscription
      WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`),
  );
  return rows.map(({ name }) => name);
}
