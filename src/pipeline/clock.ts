/** Time as the engine and the pollers see it; tests pass their own. */
export interface Clock {
  /** Wall clock, for people and records. */
  now(): Date;
  /** Milliseconds that only ever rise; deadlines are measured with it, never with `now`. */
  monotonicMs(): number;
  /** Resolves after `ms`, rejects with `signal.reason` when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
