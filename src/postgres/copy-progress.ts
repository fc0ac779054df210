import type { Progress } from '../pipeline/step.js';
import type { ServerRef } from '../steps/refs.js';
import type { Session, Sessions } from './session.js';

/** Rows of each table, to know how far a copy has come. */
export type RowTotals = ReadonlyMap<string, number>;

interface CopyRow {
  readonly label: string;
  readonly bytes: number;
  readonly rows: number;
}

interface BuildRow {
  readonly label: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

const copies = `SELECT format('%I.%I', n.nspname, c.relname) AS label, sum(p.bytes_processed)::float8 AS bytes, sum(p.tuples_processed)::float8 AS rows
  FROM pg_stat_progress_copy p JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE p.datname = current_database() GROUP BY 1`;

const builds = `SELECT coalesce(format('%I.%I', n.nspname, c.relname), 'index') AS label, p.phase,
    greatest(p.tuples_done, p.blocks_done)::float8 AS done, greatest(p.tuples_total, p.blocks_total)::float8 AS total
  FROM pg_stat_progress_create_index p LEFT JOIN pg_class c ON c.oid = p.index_relid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE p.datname = current_database()`;

export interface ProgressWatch {
  readonly totals: RowTotals;
  readonly report: (progress: Progress) => void;
  readonly everyMs: number;
  /** Called whenever the server has answered. */
  readonly answered: () => void;
  /** Rows that earlier copies have brought, where one table takes several; absent when each is done by one. */
  readonly finishedRows?: (label: string) => number;
}

/**
 * Runs `work` and meanwhile tells, from the server's own views, how many rows and bytes of each table were copied and
 * how far index builds are (PostgreSQL: Progress Reporting; COPY from version 14 on). Progress that cannot be read is no failure.
 */
export async function watchCopies<T>(
  sessions: Sessions,
  server: ServerRef,
  watch: ProgressWatch,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const session = await sessions.open(server, { mode: 'read', signal: over.signal }).catch(() => undefined);
  if (session === undefined) return work();
  const last = new Map<string, number>();
  let reading = Promise.resolve();
  const timer = setInterval(() => {
    reading = reading.then(() => readOnce(session, watch, last)).then(watch.answered, () => undefined);
  }, watch.everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // Not waited for: it may hang with all the rest.
    over.abort();
    await reading;
    await session.close();
  }
}

async function readOnce(session: Session, watch: ProgressWatch, last: Map<string, number>): Promise<void> {
  const seen = new Set<string>();
  for (const row of await session.rows<CopyRow>(copies)) {
    seen.add(row.label);
    const total = watch.totals.get(row.label);
    const done = row.rows + (watch.finishedRows?.(row.label) ?? 0);
    watch.report({ item: row.label, done, ...(total === undefined ? {} : { total }), unit: 'rows' });
    if (watch.finishedRows !== undefined) continue;
    last.set(row.label, row.rows);
    watch.report({ item: row.label, done: row.bytes, unit: 'bytes' });
  }
  for (const label of last.keys()) {
    if (seen.has(label)) continue;
    last.delete(label);
    const total = watch.totals.get(label);
    if (total !== undefined) watch.report({ item: label, done: total, total, unit: 'rows' });
  }
  for (const row of await session.rows<BuildRow>(builds)) {
    if (row.total > 0)
      watch.report({ item: `${row.label} (${row.phase})`, done: row.done, total: row.total, unit: 'items' });
  }
}
