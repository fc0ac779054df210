import type { ServerRef } from '../../steps/refs.js';
import { quoteLiteral } from '../identifier.js';
import type { Session, Sessions } from '../session.js';

/** A schema of this tool, there for as long as data streams in. */
const schema = 'rds2aurora_stream';

/** Says in the target itself which parts are in; written in the transaction of the part. */
export function markingOf(key: string): string {
  return `INSERT INTO ${schema}.done VALUES (${quoteLiteral(key)})`;
}

export function makeMarks(sessions: Sessions, target: ServerRef): Promise<void> {
  return sessions.use(target, { mode: 'write' }, async (session) => {
    await session.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await session.run(`CREATE TABLE IF NOT EXISTS ${schema}.done (part text PRIMARY KEY)`);
  });
}

/** Keys of the parts that are in; undefined when nothing could have said so. */
export function readMarks(sessions: Sessions, target: ServerRef): Promise<ReadonlySet<string> | undefined> {
  return sessions.use(target, { mode: 'read' }, async (session) => {
    const { there } = await session.row<{ there: boolean }>(
      `SELECT to_regclass('${schema}.done') IS NOT NULL AS there`,
    );
    if (!there) return undefined;
    const rows = await session.rows<{ part: string }>(`SELECT part FROM ${schema}.done`);
    return new Set(rows.map((row) => row.part));
  });
}

/** Waits for its commit to be on disk, and with it all that was committed before, which did not wait. */
export function dropMarks(sessions: Sessions, target: ServerRef): Promise<void> {
  return sessions.use(target, { mode: 'write', settings: { synchronous_commit: 'on' } }, (session) =>
    session.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`),
  );
}

const others = `FROM pg_stat_activity WHERE application_name = current_setting('application_name')
  AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`;

/**
 * Ends the sessions that a killed process of this run has left, and waits until they are gone: what they commit must be
 * seen by whoever asks next which parts are in.
 */
export function endLeftovers(sessions: Sessions, target: ServerRef, signal: AbortSignal): Promise<void> {
  return sessions.use(target, { mode: 'write', signal }, async (session) => {
    while ((await countOthers(session)) > 0) {
      await session.rows(`SELECT pg_terminate_backend(pid) ${others}`);
      await session.rows('SELECT pg_sleep(0.2)');
    }
  });
}

async function countOthers(session: Session): Promise<number> {
  return (await session.row<{ count: number }>(`SELECT count(*)::int AS count ${others}`)).count;
}

/** Takes away what a move of large objects that did not end has left. */
export function removeLargeObjects(sessions: Sessions, target: ServerRef): Promise<void> {
  return sessions.use(target, { mode: 'write', statementTimeoutMs: 0 }, async (session) => {
    for (;;) {
      // Each unlinked object holds a lock until the transaction ends.
      const rows = await session.rows(
        `SELECT lo_unlink(oid) FROM (SELECT oid FROM pg_largeobject_metadata LIMIT 500) q`,
      );
      if (rows.length === 0) return;
    }
  });
}
