import type { SandboxClock } from './service.js';

/** Longest delay that a Node timer takes before it overflows. */
const longestTimer = 2 ** 31 - 1;

/**
 * The sandbox's clock: `now` is the wall clock, since signatures and metric time ranges of real clients are compared with
 * it; only how long AWS takes for something is divided by `speed`.
 */
export function createWorldClock(speed: number): SandboxClock {
  return {
    speed,
    now: () => new Date(),
    after: (awsMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, Math.min(awsMs / speed, longestTimer)).unref();
      }),
  };
}
