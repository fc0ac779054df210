import type { ServerRef } from '../steps/refs.js';
import { quoteIdentifier } from './identifier.js';
import type { Sessions } from './session.js';

const unloggedSql = `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relpersistence = 'u' AND c.relkind = 'r' ORDER BY 1, 2`;

/** Unlogged tables with at least one row, quoted as SQL wants them. Partitions count one by one. */
export function listUnloggedTables(sessions: Sessions, server: ServerRef): Promise<string[]> {
  return sessions.use(server, { mode: 'read' }, async (session) => {
    const found: string[] = [];
    for (const { schema, name } of await session.rows<{ schema: string; name: string }>(unloggedSql)) {
      const table = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
      const { filled } = await session.row<{ filled: boolean }>(
        `SELECT EXISTS (SELECT FROM ${table}) AS filled`,
      );
      if (filled) found.push(table);
    }
    return found;
  });
}
