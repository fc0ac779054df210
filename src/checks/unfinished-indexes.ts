import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';

/** Indexes that are not valid, as `schema.index`. Reads only. */
export type ListUnfinishedIndexes = (server: ServerRef) => Promise<readonly string[]>;

/** pg_dump leaves them out, and the comparison would miss them once the data is over. Source: CREATE INDEX, Building Indexes Concurrently. */
export function createUnfinishedIndexesCheck(listUnfinishedIndexes: ListUnfinishedIndexes): ReadinessCheck {
  return {
    id: 'unfinished-indexes',
    title: 'Every index is valid',
    find: async ({ server }) => {
      const indexes = await listUnfinishedIndexes(server);
      if (indexes.length === 0) return [];
      return [
        {
          code: 'UnfinishedIndexes',
          what: `indexes of ${server.database} are not valid: ${indexes.join(', ')}`,
          why: 'They are what a failed CREATE INDEX CONCURRENTLY left; a dump leaves them out, so the target would lack them',
          fix: `${indexes.map((index) => `REINDEX INDEX CONCURRENTLY ${index};`).join(' ')} or drop them`,
        },
      ];
    },
  };
}
