import { canonicalJson, toJson } from '../../src/journal/json.js';
import { interruptionOf } from '../../src/pipeline/interruption.js';
import type { Clock } from '../../src/pipeline/clock.js';
import type { SealedStep } from '../../src/pipeline/seal.js';
import type { Effect, Intent, RecordedIntent, StepId, StepIo } from '../../src/pipeline/step.js';

/** A step bound to a world of its own, and what the laws must know of that world. */
export interface LawWorld<Config> {
  /** `seal(createMyStep(...))`, its gateways working on this world. */
  readonly step: SealedStep<Config>;
  readonly config: Config;
  /** Outputs of the earlier steps that `select` asks for. */
  readonly earlier?: Readonly<Record<StepId, unknown>>;
  /** All that matters in this world, comparable as JSON; leave out times and generated ids. */
  snapshot(): unknown;
  /** Every change anybody made to this world so far, oldest first, seen by the world itself and not told by the step. */
  mutations(): readonly unknown[] | Promise<readonly unknown[]>;
  /** Changes the world behind the step's back so that `verify` must notice; absent: the law is left out. */
  readonly tamper?: () => void | Promise<void>;
  /** Secrets that live in this world and must not be told to anybody. */
  readonly canaries?: readonly string[];
  /** Default: a clock whose sleeps end at once. */
  readonly clock?: Clock;
  /** The run id the world was made for; default `law-000000`. */
  readonly runId?: string;
  /** What two runs must agree on; default: the whole output. */
  readonly comparable?: (output: unknown) => unknown;
  readonly close?: () => void | Promise<void>;
}

/** Makes a fresh world each time. */
export type MakeWorld<Config> = () => LawWorld<Config> | Promise<LawWorld<Config>>;

/** What the journal would hold of this step, over all attempts. */
export interface LawJournal {
  readonly intents: { intent: Intent; effect: Effect | undefined }[];
  /** Every word the step said. */
  readonly said: string[];
}

export type Accident = 'before-call' | 'after-call' | 'after-effect';

export interface IoOptions {
  /** Ends the process around the n-th call (from 1): nothing after it ever happens. */
  readonly crash?: { readonly accident: Accident; readonly call: number };
  /** Presses Ctrl-C while the n-th call is under way; 0: before the step begins. */
  readonly abortDuring?: number;
}

/** One attempt of one process. */
export interface Attempt {
  readonly io: StepIo;
  /** Resolves when the process is killed. */
  readonly killed: Promise<'killed'>;
  /** Calls this attempt made. */
  calls(): number;
  /** Changes seen outside of `mutate`. */
  readonly unannounced: string[];
}

export function openLawJournal(): LawJournal {
  return { intents: [], said: [] };
}

/** Lends a step what the engine lends, and keeps what the journal would keep. */
export function openAttempt<Config>(
  world: LawWorld<Config>,
  journal: LawJournal,
  options: IoOptions = {},
): Attempt {
  const abort = new AbortController();
  if (options.abortDuring === 0) abort.abort('SIGINT');
  const watch = watchMutations(world);
  const death = createDeath(options);
  let calls = 0;
  const say = (...words: unknown[]): void => {
    journal.said.push(canonicalJson(toJson(words)));
  };

  async function mutate<T>(
    intent: Intent,
    call: () => Promise<T>,
    effect?: (result: T) => Effect,
  ): Promise<T> {
    await watch.expectQuiet(`before ${intent.call}`);
    if (abort.signal.aborted) throw interruptionOf(abort.signal);
    calls += 1;
    const number = calls;
    const entry: LawJournal['intents'][number] = { intent: structuredClone(intent), effect: undefined };
    journal.intents.push(entry);
    say(intent);
    await death.at('before-call', number);
    if (options.abortDuring === number) abort.abort('SIGINT');
    watch.allow(1);
    const result = await call().finally(() => {
      watch.allow(-1);
    });
    await watch.accept();
    await death.at('after-call', number);
    entry.effect = structuredClone(effect?.(result) ?? {});
    say(entry.effect);
    await death.at('after-effect', number);
    return result;
  }

  const io: StepIo = {
    ...{ signal: abort.signal, clock: world.clock ?? createInstantClock(), mutate },
    ...{ runId: world.runId ?? 'law-000000', stepId: world.step.id },
    note: say,
    progress: say,
    observed: say,
    intents: () => journal.intents.map(toRecordedIntent),
  };
  return { io, killed: death.killed, calls: () => calls, unannounced: watch.unannounced };
}

function toRecordedIntent({ intent, effect }: LawJournal['intents'][number]): RecordedIntent {
  return { ...intent, ...(effect !== undefined && { effect }) };
}

/** A killed process does not throw: it does nothing more. So the call never returns. */
function createDeath({ crash }: IoOptions) {
  let kill: (word: 'killed') => void = () => undefined;
  const killed = new Promise<'killed'>((resolve) => {
    kill = resolve;
  });
  return {
    killed,
    at: (accident: Accident, call: number): Promise<void> => {
      if (crash?.accident !== accident || crash.call !== call) return Promise.resolve();
      kill('killed');
      return new Promise<void>(() => undefined);
    },
  };
}

/** Finds changes that were made while no announced call was under way. */
function watchMutations<Config>(world: LawWorld<Config>) {
  let known: number | undefined;
  let underWay = 0;
  const unannounced: string[] = [];
  const accept = async (): Promise<void> => {
    known = (await world.mutations()).length;
  };
  return {
    unannounced,
    accept,
    allow: (change: 1 | -1): void => {
      underWay += change;
    },
    expectQuiet: async (when: string): Promise<void> => {
      const now = await world.mutations();
      if (known !== undefined && underWay === 0 && now.length > known) {
        unannounced.push(`${when}: ${JSON.stringify(now.slice(known))}`);
      }
      if (underWay === 0) known = now.length;
    },
  };
}

/** Time that only sleeping moves, and moves at once. */
export function createInstantClock(): Clock {
  let ms = Date.UTC(2026, 0, 1);
  return {
    now: () => new Date(ms),
    monotonicMs: () => ms,
    sleep: async (duration, signal) => {
      signal.throwIfAborted();
      ms += duration;
      // A macrotask, so that a step that waits for ever does not stop the test's own timeout.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
}
