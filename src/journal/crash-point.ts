/**
 * Places where a test ends the process by SIGKILL, to prove that a run survives it there.
 *
 * For record `n` (its `seq`): `before-record` nothing of the line is written, `torn-record` half of it is,
 * `after-write` all of it is but not fsynced, `after-fsync` it is safe.
 * For mutating call `n` (its `intent` number): `before-call` the intent is safe and the call not made,
 * `after-call` the call came back and its effect is not yet written.
 *
 * Both numbers count over the whole run, resumed or not: the points of an undisturbed run are therefore 4 × the last
 * `seq` of its journal plus 2 × its last `intent`.
 */
export const crashPhases = [
  'before-record',
  'torn-record',
  'after-write',
  'after-fsync',
  'before-call',
  'after-call',
] as const;
export type CrashPhase = (typeof crashPhases)[number];

/** Called at every such place; `prepare` is carried out only when the process is to end there. */
export type CrashPoint = (phase: CrashPhase, n: number, prepare?: () => void) => void;

/** What a process that nobody tests passes. */
export const noCrash: CrashPoint = () => undefined;

/**
 * Reads `<n>:<phase>` (the value of RDS2AURORA_CRASH_AT, for tests) into a crash point that calls `kill` there.
 * Returns undefined for anything else.
 */
export function parseCrashPoint(text: string, kill: () => void): CrashPoint | undefined {
  const [, number, phase] = /^(\d+):([a-z-]+)$/.exec(text) ?? [];
  if (number === undefined || !crashPhases.some((known) => known === phase)) return undefined;
  return (reached, n, prepare) => {
    if (reached !== phase || n !== Number(number)) return;
    prepare?.();
    kill();
  };
}

/** Ends this process at once, as a power cut would: no handler runs, nothing is flushed. */
export function killThisProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive; nothing may run meanwhile.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
