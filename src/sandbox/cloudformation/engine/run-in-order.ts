/** How a run through a graph of tasks ended. */
export interface GraphResult {
  readonly failed: ReadonlyMap<string, Error>;
  /** Never started: something before them failed. */
  readonly skipped: readonly string[];
}

export interface GraphOptions {
  /** After a failure nothing more is started, instead of only what depends on it. */
  readonly stopAtFailure: boolean;
  /** Called once, at the first failure, with the tasks that are under way. */
  onFirstFailure?(underWay: readonly string[]): void;
}

/** Runs a task for every node, each as soon as those it comes after have succeeded. Waits for all that were started. */
export async function runInOrder(
  nodes: ReadonlyMap<string, readonly string[]>,
  task: (name: string) => Promise<void>,
  options: GraphOptions,
): Promise<GraphResult> {
  const waiting = new Set(nodes.keys());
  const done = new Set<string>();
  const failed = new Map<string, Error>();
  const underWay = new Map<string, Promise<void>>();

  const settle = (name: string, error?: unknown): void => {
    underWay.delete(name);
    if (error === undefined) {
      done.add(name);
      return;
    }
    failed.set(name, error instanceof Error ? error : new Error(String(error)));
    if (failed.size === 1) options.onFirstFailure?.([...underWay.keys()]);
  };
  const isReady = (name: string): boolean =>
    (nodes.get(name) ?? []).every((other) => done.has(other) || !nodes.has(other));

  for (;;) {
    const startable = options.stopAtFailure && failed.size > 0 ? [] : [...waiting].filter(isReady);
    for (const name of startable) {
      waiting.delete(name);
      const started = task(name).then(
        () => settle(name),
        (error: unknown) => settle(name, error ?? new Error('failed')),
      );
      underWay.set(name, started);
    }
    if (underWay.size === 0) return { failed, skipped: [...waiting] };
    await Promise.race(underWay.values());
  }
}
