import { PreconditionError, StoppedError } from '../errors.js';
import type { PlanIo, StepIo } from '../pipeline/step.js';
import type { ServerRef } from '../steps/refs.js';
import { settingClause } from './guc-value.js';
import { quoteIdentifier } from './identifier.js';
import { reservedRole } from './inventory/section.js';
import type { Session, Sessions } from './session.js';

export interface Quiet {
  /** `default_transaction_read_only` of the database before; null when it was not set. */
  readonly previousDefaultReadOnly: string | null;
  /** Of all attempts together. */
  readonly sessionsEnded: number;
  /** Write-ahead log position once nobody writes any more. */
  readonly lsn: string;
}

/** The database half of pausing writers. Every change goes through `io.mutate`, with the old value in the intent. */
export interface DatabaseQuiescer {
  /** Makes the database read-only, ends the other sessions and proves that nobody writes. Safe to call again. */
  pause(io: StepIo, server: ServerRef): Promise<Quiet>;
  /** Sets back what the intents of `io` say was there before. Safe to call again, and when nothing was changed. */
  resume(io: StepIo, server: ServerRef): Promise<void>;
  /** Reads only. */
  isPaused(io: PlanIo, server: ServerRef): Promise<boolean>;
}

const alter = 'sql:ALTER DATABASE default_transaction_read_only';
const terminate = 'sql:pg_terminate_backend';
const quietMs = 300;
const deadlineMs = 60_000;

const settingSql = `SELECT (SELECT split_part(v, '=', 2) FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v
    WHERE s.setrole = 0 AND s.setdatabase = d.oid AND v LIKE 'default\\_transaction\\_read\\_only=%') AS value
  FROM pg_database d WHERE d.datname = current_database()`;

/** Sessions of others in this database: AWS's and this run's stay, and so do those that replicate. */
const others = `a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
  AND a.usename !~ ${reservedRole} AND a.application_name <> $1`;

export function createQuiescer(sessions: Sessions): DatabaseQuiescer {
  return {
    pause: (io, server) =>
      sessions.use(server, { mode: 'write', signal: io.signal }, async (session) => {
        await refusePrepared(session, server);
        const previousDefaultReadOnly = await makeReadOnly(io, session, server);
        await endSessions(io, session, sessions.applicationName, server);
        const lsn = await proveQuiet(io, session, sessions.applicationName, server);
        return { previousDefaultReadOnly, sessionsEnded: countEnded(io), lsn };
      }),
    isPaused: (io, server) =>
      sessions.use(server, { mode: 'read', signal: io.signal }, async (session) => {
        const { value } = await session.row<{ value: string | null }>(settingSql);
        return value === 'on' && (await countWriters(session, sessions.applicationName)) === 0;
      }),
    resume: (io, server) => resume(io, sessions, server),
  };
}

/** A prepared transaction outlives every session and may commit at any time. */
async function refusePrepared(session: Session, server: ServerRef): Promise<void> {
  const rows = await session.rows<{ gid: string }>(
    'SELECT gid FROM pg_prepared_xacts WHERE database = current_database()',
  );
  if (rows.length === 0) return;
  throw new PreconditionError(
    'PreparedTransactions',
    `${server.database} has ${String(rows.length)} prepared transactions`,
    {
      why: 'each could still commit writes that no dump has seen',
      next: rows.map((row) => `COMMIT PREPARED or ROLLBACK PREPARED '${row.gid}'`),
    },
  );
}

async function makeReadOnly(io: StepIo, session: Session, server: ServerRef): Promise<string | null> {
  const { value } = await session.row<{ value: string | null }>(settingSql);
  const recorded = findRecorded(io);
  // After a crash the value found is ours; the oldest intent knows the one before.
  if (recorded !== undefined && value === 'on') return recorded.previous;
  const before = recorded?.previous ?? value;
  await io.mutate({ call: alter, key: server.database, before: { previousDefaultReadOnly: before } }, () =>
    session.run(`ALTER DATABASE ${quoteIdentifier(server.database)} SET default_transaction_read_only = on`),
  );
  return before;
}

async function endSessions(io: StepIo, session: Session, own: string, server: ServerRef): Promise<void> {
  const found = await session.rows<{ pid: number }>(`SELECT a.pid FROM pg_stat_activity a WHERE ${others}`, [
    own,
  ]);
  if (found.length === 0) return;
  await io.mutate(
    { call: terminate, key: server.database, before: { sessions: found.map(({ pid }) => pid) } },
    async () => {
      const ended = await session.rows<{ ended: boolean }>(
        `SELECT pg_terminate_backend(a.pid) AS ended FROM pg_stat_activity a WHERE ${others}`,
        [own],
      );
      return ended.filter((row) => row.ended).length;
    },
    (count) => ({ detail: { sessions: count } }),
  );
}

/** Counted by their processes: an attempt that was killed has not written how many it ended, and the next finds none. */
function countEnded(io: StepIo): number {
  const found = io
    .intents()
    .filter(({ call }) => call === terminate)
    .flatMap(({ before }) => before?.['sessions'] ?? []);
  return new Set(found).size;
}

interface Pulse {
  readonly lsn: string;
  /** The next transaction number: rises with every writing transaction of the whole server. */
  readonly next: string;
  readonly changes: string;
  readonly writers: number;
}

/**
 * Quiet means: no other session has a writing transaction, and over a while neither the server's transaction counter nor
 * the database's tuple counters move. Autovacuum may move the first now and then, so it is asked again until a deadline.
 */
async function proveQuiet(io: StepIo, session: Session, own: string, server: ServerRef): Promise<string> {
  const end = io.clock.monotonicMs() + deadlineMs;
  let last = await readPulse(session, own);
  while (io.clock.monotonicMs() < end) {
    await io.clock.sleep(quietMs, io.signal);
    const pulse = await readPulse(session, own);
    if (
      pulse.writers === 0 &&
      last.writers === 0 &&
      pulse.next === last.next &&
      pulse.changes === last.changes
    )
      return pulse.lsn;
    io.observed(
      server.database,
      pulse.writers > 0 ? `${String(pulse.writers)} sessions still write` : 'transactions still end',
    );
    if (pulse.writers > 0) await endSessions(io, session, own, server);
    last = pulse;
  }
  throw new StoppedError('NotQuiet', `somebody still writes to ${server.database} on ${server.host}`, {
    why: 'the database is read-only for new sessions, but a session may choose otherwise',
    next: ['look for it in pg_stat_activity, stop it, and resume'],
    resumable: true,
    changed: true,
  });
}

async function readPulse(session: Session, own: string): Promise<Pulse> {
  const pulse = await session.row<Omit<Pulse, 'writers'>>(`SELECT pg_current_wal_lsn()::text AS lsn,
      pg_snapshot_xmax(pg_current_snapshot())::text AS next,
      (SELECT (tup_inserted + tup_updated + tup_deleted)::text FROM pg_stat_database WHERE datname = current_database()) AS changes`);
  return { ...pulse, writers: await countWriters(session, own) };
}

/** Sessions that were there before are ended and new ones begin read-only: who has a transaction number chose to write. */
async function countWriters(session: Session, own: string): Promise<number> {
  const { count } = await session.row<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity a WHERE ${others} AND a.backend_xid IS NOT NULL`,
    [own],
  );
  return count;
}

async function resume(io: StepIo, sessions: Sessions, server: ServerRef): Promise<void> {
  const recorded = findRecorded(io);
  if (recorded === undefined) return;
  await sessions.use(server, { mode: 'write' }, async (session) => {
    const { value } = await session.row<{ value: string | null }>(settingSql);
    if (value === recorded.previous) return;
    const database = `ALTER DATABASE ${quoteIdentifier(server.database)}`;
    const sql =
      recorded.previous === null
        ? `${database} RESET default_transaction_read_only`
        : `${database} SET ${settingClause(`default_transaction_read_only=${recorded.previous}`)}`;
    await io.mutate({ call: `${alter} back`, key: server.database, before: { value } }, () =>
      session.run(sql),
    );
  });
}

/** The oldest intent holds the value from before this run. */
function findRecorded(io: StepIo): { readonly previous: string | null } | undefined {
  const intent = io.intents().find((one) => one.call === alter);
  if (intent === undefined) return undefined;
  const previous = intent.before?.['previousDefaultReadOnly'];
  return { previous: typeof previous === 'string' ? previous : null };
}
