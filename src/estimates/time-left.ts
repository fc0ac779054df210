import type { Range } from './measures.js';

/** A step as far as its time matters. */
export interface TimedStep {
  /** Of the journal. */
  readonly status: string;
  readonly startedAt?: string;
  /** [low, high] as planned; absent where nothing was to be done. */
  readonly seconds?: Range;
}

export interface TimeLeft {
  readonly seconds: Range;
  /** The step at work takes longer than was planned. */
  readonly overdue: boolean;
}

const done = new Set(['verified', 'succeeded']);

/**
 * What is left of the planned times. A step at work has used some of its own; one that failed or was interrupted begins
 * again. Undefined when nothing was planned, as in journals of older versions.
 * @param now undefined while nobody works on the run
 */
export function estimateTimeLeft(steps: readonly TimedStep[], now: Date | undefined): TimeLeft | undefined {
  if (steps.every(({ seconds }) => seconds === undefined)) return undefined;
  let [low, high, overdue] = [0, 0, false];
  for (const { status, startedAt, seconds = [0, 0] } of steps) {
    if (done.has(status)) continue;
    const atWork = status === 'started' && now !== undefined && startedAt !== undefined;
    const used = atWork ? Math.max(0, (now.getTime() - Date.parse(startedAt)) / 1000) : 0;
    low += Math.max(0, seconds[0] - used);
    high += Math.max(0, seconds[1] - used);
    overdue ||= atWork && used > seconds[1];
  }
  return { seconds: [low, high], overdue };
}
