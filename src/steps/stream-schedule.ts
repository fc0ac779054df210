/** Something to do once others are done. */
export interface StreamTask {
  readonly id: string;
  readonly after: readonly string[];
}

/**
 * Does all tasks, `jobs` at once: whenever one is free, the first in the list whose forerunners are done. Ends the others at
 * the first failure, waits for them, and throws that failure.
 * @param done ids that count as done already
 */
export async function runTasks<Task extends StreamTask>(
  tasks: readonly Task[],
  options: { readonly jobs: number; readonly done: ReadonlySet<string>; readonly signal: AbortSignal },
  work: (task: Task, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const done = new Set(options.done);
  const waiting = tasks.filter((task) => !done.has(task.id));
  const running = new Set<Promise<void>>();
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
    const entry = ending.finally(() => running.delete(entry));
    running.add(entry);
  };
  for (;;) {
    while (failures.length === 0 && running.size < options.jobs) {
      const index = waiting.findIndex((task) => task.after.every((id) => done.has(id)));
      const [next] = index < 0 ? [] : waiting.splice(index, 1);
      if (next === undefined) break;
      begin(next);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (failures.length > 0) throw failures[0];
  const [stuck] = waiting;
  if (stuck !== undefined) throw new Error(`${stuck.id} waits for what nobody does`);
}
