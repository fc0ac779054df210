import type { ServerRef } from '../steps/refs.js';
import { notOfExtension, userSchema } from './inventory/section.js';
import type { Sessions } from './session.js';

/** Indexes that a failed CREATE INDEX CONCURRENTLY has left. Those of partitioned tables lack partitions instead, and are dumped. */
export async function listUnfinishedIndexes(sessions: Sessions, server: ServerRef): Promise<string[]> {
  const rows = await sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<{ name: string }>(`SELECT format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${userSchema} AND ${notOfExtension('pg_class', 'i.indrelid')} ORDER BY 1`),
  );
  return rows.map(({ name }) => name);
}
