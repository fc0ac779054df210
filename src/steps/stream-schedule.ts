/** Something to do once others are done. */
export interface StreamTask {
  readonly id: string;
  readonly after: readonly string[];
  /** Tasks of one lane share its jobs, and leave those of the other alone. */
  readonly lane: 'copy' | 'build';
  /** Tables that are locked meanwhile; `alone`: against all others that hold one, who would wait with a job taken. */
  readonly holds?: { readonly tables: readonly string[]; readonly alone: boolean };
}

/**
 * Does all tasks, `jobs` of each lane at once: whenever one is free, the first in the list whose forerunners are done and
 * whose tables can be had. Ends the others at the first failure, waits for them, and throws that failure.
 * @param done ids that count as done already
 */
export async function runTasks<Task extends StreamTask>(
  tasks: readonly Task[],
  options: { readonly jobs: number; readonly done: ReadonlySet<string>; readonly signal: AbortSignal },
  work: (task: Task, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const done = new Set(options.done);
  const waiting = tasks.filter((task) => !done.has(task.id));
  const running = new Map<Task, Promise<void>>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const failures: unknown[] = [];
  const begin = (task: Task): void => {
    const ending = work(task, signal).then(
      () => void done.add(task.id),
      (error: unknown) => {
        failures.push(error);
        stop.abort(error);
      },
    );
    running.set(
      task,
      ending.finally(() => running.delete(task)),
    );
  };
  const canBegin = (task: Task): boolean => {
    const others = [...running.keys()];
    return (
      task.after.every((id) => done.has(id)) &&
      others.filter(({ lane }) => lane === task.lane).length < options.jobs &&
      !others.some((other) => excludes(task, other))
    );
  };
  for (;;) {
    while (failures.length === 0) {
      const index = waiting.findIndex(canBegin);
      const [next] = index < 0 ? [] : waiting.splice(index, 1);
      if (next === undefined) break;
      begin(next);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
  const [stuck] = waiting;
  if (stuck !== undefined) throw new Error(`${stuck.id} waits for what nobody does`);
}

function excludes({ holds: one }: StreamTask, { holds: other }: StreamTask): boolean {
  if (one === undefined || other === undefined || !(one.alone || other.alone)) return false;
  return one.tables.some((table) => other.tables.includes(table));
}
