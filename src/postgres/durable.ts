import type { ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/**
 * Client programs load with `synchronous_commit` off, so the last of what they committed may be lost when the server
 * crashes. It is safe once a later commit is that was waited for: the log is flushed in order (PostgreSQL: Asynchronous
 * Commit). A message in the log is the smallest thing that any user can commit (PostgreSQL: pg_logical_emit_message).
 */
export async function makeDurable(sessions: Pick<Sessions, 'use'>, server: ServerRef): Promise<void> {
  const options = { mode: 'write', settings: { synchronous_commit: 'on' } } as const;
  await sessions.use(server, options, (session) =>
    session.run(`SELECT pg_logical_emit_message(true, 'rds2aurora', '')`),
  );
}
