import type { ServerRef } from '../steps/refs.js';
import type { Session, Sessions } from './session.js';

/** Several read-only sessions that all see the database as it was at one moment. */
export interface SnapshotSessions {
  /** The one that exported the snapshot; the snapshot lives as long as it. */
  readonly first: Session;
  readonly snapshot: string;
  /**
   * Runs `work` for every task, as many at once as there are sessions, and gives what it gives in the order of the tasks.
   * Ends at the first failure.
   */
  each<Task, Result>(tasks: readonly Task[], work: Work<Task, Result>): Promise<Result[]>;
}

type Work<Task, Result> = (session: Session, task: Task, index: number) => Promise<Result>;

const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** Opens `count` sessions on one exported snapshot (PostgreSQL: Snapshot Synchronization Functions). */
export async function useSnapshot<T>(
  sessions: Sessions,
  server: ServerRef,
  options: { readonly count: number; readonly signal: AbortSignal },
  work: (group: SnapshotSessions) => Promise<T>,
): Promise<T> {
  const opened: Session[] = [];
  const open = async (): Promise<Session> => {
    const session = await sessions.open(server, {
      mode: 'read',
      statementTimeoutMs: 0,
      signal: options.signal,
    });
    opened.push(session);
    await session.run(begin);
    return session;
  };
  try {
    const first = await open();
    const { snapshot } = await first.row<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    for (let index = 1; index < options.count; index += 1) {
      const session = await open();
      await session.run(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
    }
    return await work({ first, snapshot, each: (tasks, one) => share(opened, tasks, one) });
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

async function share<Task, Result>(
  sessions: readonly Session[],
  tasks: readonly Task[],
  work: Work<Task, Result>,
): Promise<Result[]> {
  const queue = tasks.entries();
  const results: Result[] = [];
  let failed = false;
  const ends = await Promise.allSettled(
    sessions.map(async (session) => {
      for (const [index, task] of queue) {
        if (failed) return;
        results[index] = await work(session, task, index).catch((error: unknown) => {
          failed = true;
          throw error;
        });
      }
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
