import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';

/** Tables that are not logged and hold rows, as `schema.table`. Reads only. */
export type ListUnloggedTables = (server: ServerRef) => Promise<readonly string[]>;

/** A snapshot is like a crash: recovery empties unlogged tables. Source: CREATE TABLE, UNLOGGED. */
export function createUnloggedTablesCheck(listUnloggedTables: ListUnloggedTables): ReadinessCheck {
  return {
    id: 'unlogged-tables',
    title: 'No table with rows is unlogged',
    find: async ({ server }) => {
      const tables = await listUnloggedTables(server);
      if (tables.length === 0) return [];
      return [
        {
          code: 'UnloggedTables',
          what: `unlogged tables of ${server.database} hold rows: ${tables.join(', ')}`,
          why: 'Their rows are not in a snapshot: the restored cluster would have them empty',
          fix: `${tables.map((table) => `ALTER TABLE ${table} SET LOGGED;`).join(' ')} (rewrites the table under an exclusive lock), or empty them, or use: rds2aurora migrate dump-restore`,
        },
      ];
    },
  };
}
