import type { Progress } from '../pipeline/step.js';
import type { ServerRef } from '../steps/refs.js';
import { quoteQualified } from './identifier.js';
import { notOfExtension, userSchema } from './inventory/section.js';
import type { Sessions } from './session.js';

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly label: string;
  readonly bytes: number;
}

const ofUsers = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.relispopulated AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`;

export interface StatisticsGateway {
  /** ANALYZE of every table, by `jobs` sessions; gives their number. */
  analyze(
    server: ServerRef,
    jobs: number,
    signal: AbortSignal,
    progress: (progress: Progress) => void,
  ): Promise<number>;
  /** Tables that the planner knows nothing of. */
  listUnanalyzed(server: ServerRef): Promise<string[]>;
}

export function createStatisticsGateway(sessions: Sessions): StatisticsGateway {
  return {
    analyze: (server, jobs, signal, progress) => analyze(sessions, server, jobs, signal, progress),
    listUnanalyzed: (server) =>
      sessions.use(server, { mode: 'read' }, async (session) => {
        // -1: never analyzed (PostgreSQL: pg_class.reltuples, from 14 on). A partitioned table without partitions stays so.
        const rows = await session.rows<{
          label: string;
        }>(`SELECT format('%I.%I', n.nspname, c.relname) AS label FROM ${ofUsers}
          AND c.relkind <> 'p' AND c.reltuples < 0 ORDER BY 1`);
        return rows.map((row) => row.label);
      }),
  };
}

async function analyze(
  sessions: Sessions,
  server: ServerRef,
  jobs: number,
  signal: AbortSignal,
  progress: (progress: Progress) => void,
): Promise<number> {
  const tables = await sessions.use(server, { mode: 'read', signal }, (session) =>
    session.rows<Table>(`SELECT n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS label,
        pg_table_size(c.oid)::float8 AS bytes FROM ${ofUsers} ORDER BY pg_table_size(c.oid) DESC`),
  );
  const queue = tables.values();
  let done = 0;
  const work = (): Promise<void> =>
    sessions.use(server, { mode: 'write', lockTimeoutMs: 0, signal }, async (session) => {
      for (const table of queue) {
        await session.run(`ANALYZE ${quoteQualified(table.schema, table.name)}`);
        done += 1;
        progress({ item: 'tables', done, total: tables.length, unit: 'items' });
      }
    });
  await Promise.all(Array.from({ length: Math.min(jobs, Math.max(1, tables.length)) }, work));
  return tables.length;
}
