import type { Clock } from '../../src/pipeline/clock.js';
import type { Effect, Intent, RecordedIntent, StepIo } from '../../src/pipeline/step.js';

/** Time as it is, with the pauses of a poller cut short. */
export const hastyClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(resolve, Math.min(ms, 100));
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

/** A StepIo whose journal is an array, to be looked at and to be handed to the next attempt. */
export function createStepIo(runId: string, stepId: string, journal: RecordedIntent[] = []) {
  const notes: string[] = [];
  async function mutate<T>(
    intent: Intent,
    call: () => Promise<T>,
    effect?: (result: T) => Effect,
  ): Promise<T> {
    journal.push(intent);
    const place = journal.length - 1;
    const result = await call();
    journal[place] = { ...intent, effect: effect?.(result) ?? {} };
    return result;
  }
  const io: StepIo = {
    ...{ signal: new AbortController().signal, clock: hastyClock, runId, stepId, mutate },
    note: (text) => notes.push(text),
    progress: () => undefined,
    observed: () => undefined,
    intents: () => journal,
  };
  return { io, journal, notes, calls: () => journal.map((intent) => intent.call) };
}
