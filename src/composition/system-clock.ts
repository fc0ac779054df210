import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../pipeline/clock.js';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    await wait(ms, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  },
};
