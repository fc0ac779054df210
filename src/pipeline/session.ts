import type { CrashPoint } from '../journal/crash-point.js';
import type { OpenRun } from '../journal/run.js';
import type { StepState } from '../journal/run-state.js';
import type { Clock } from './clock.js';
import type { EventSink, PipelineEvent } from './events.js';
import type { SealedStep } from './seal.js';

/** What running, resuming and rolling back need. */
export interface RunContext<Config> {
  /** Open for writing; whoever opened it closes it. */
  readonly run: OpenRun;
  /** All steps of the path, in order. */
  readonly steps: readonly SealedStep<Config>[];
  readonly config: Config;
  /** What is compared with the recorded configuration; default: `config`. Leave out what may change between attempts. */
  readonly comparedConfig?: object;
  readonly clock: Clock;
  /** Aborted by Ctrl-C or SIGTERM, with an InterruptedError as reason. */
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  readonly crashPoint?: CrashPoint;
}

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'at' | 'elapsedMs'> : never;

/** The work of one process on one run: a context, and the time it began. */
export interface Session<Config> extends RunContext<Config> {
  /** Adds time and elapsed time. */
  tell(event: Unstamped<PipelineEvent>): void;
  stateOf(step: string): StepState;
}

export function openSession<Config>(
  context: RunContext<Config>,
  purpose: 'run' | 'resume' | 'rollback' | 'finalize',
): Session<Config> {
  const { clock, emit, run } = context;
  const began = clock.monotonicMs();
  const { pid, host, user, command } = run.holder;
  const { epoch, toolVersion } = run;
  run.journal.append({ type: 'session-opened', purpose, epoch, toolVersion, pid, host, user, command });
  return {
    ...context,
    tell: (event) => {
      emit({ at: clock.now().toISOString(), elapsedMs: clock.monotonicMs() - began, ...event });
    },
    stateOf: (id) => {
      const found = run.state().steps.find((step) => step.id === id);
      if (found === undefined) throw new Error(`step ${id} is not in the journal`);
      return found;
    },
  };
}
