import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';
import { knownTimeLimits } from './time-limits.js';

/**
 * Settings by which client programs move data, as far as the server knows them: it refuses a login with any other.
 * - No limit of time: a worker of pg_restore is idle for as long as another one builds an index.
 * - What is compressed anew is by lz4, where nobody has chosen: pglz, which is the default for being older, takes several times
 *   as long for about the same size (PostgreSQL: `default_toast_compression`). A column with a choice of its own keeps it.
 */
export async function readClientSettings(
  sessions: Sessions,
  server: ServerRef,
): Promise<Readonly<Record<string, string>>> {
  const found = await sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<{ name: string; value: string }>(`SELECT name, '0' AS value FROM ${knownTimeLimits}
      UNION ALL SELECT name, 'lz4' FROM pg_settings
        WHERE name = 'default_toast_compression' AND source = 'default' AND 'lz4' = ANY (enumvals)`),
  );
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}
