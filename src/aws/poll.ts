import { MigrationError, StoppedError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';

/** What waiting needs of the engine. */
export type Waiting = Pick<StepIo, 'signal' | 'clock' | 'observed'>;

/** Closed lists of the state words of one kind of resource. A word in none of them is shown and waited for. */
export interface ResourceStates {
  readonly success: ReadonlySet<string>;
  readonly failure: ReadonlySet<string>;
}

export interface PollTarget<T> {
  /** For people: `cluster production-rag-cluster`. */
  readonly resource: string;
  /** One read; undefined when AWS does not know the resource. */
  read(): Promise<T | undefined>;
  stateOf(value: T): string;
  /** The ARN or another identity that a namesake would not share. */
  identityOf?(value: T): string;
  readonly states: ResourceStates;
  /**
   * What it means that AWS does not know the resource: `done` when we wait for its end, `stale` when we have just
   * created it (RDS and others may answer NotFound for a minute or two), `gone` otherwise.
   */
  readonly missing: 'done' | 'stale' | 'gone';
  readonly timeoutMs: number;
  /** AWS's own words for a failed state, if it has any. */
  reasonOf?(value: T): string | undefined;
  /** What to do about this failed state, told before `next`. */
  remedyOf?(value: T): readonly string[];
  /** Ready-made commands shown when the wait ends badly. */
  readonly next?: readonly string[];
}

export interface PollSettings {
  /** Pause between two reads; the actual one is up to 10 % shorter or longer. */
  readonly intervalMs: number;
  readonly random: () => number;
}

/**
 * Waits until the resource is in a success state. Resolves to the last value read, or to undefined when its end was
 * waited for and it is gone. A read that met throttling or a broken network is read again until the deadline; refused
 * credentials end the wait at once.
 * @throws MigrationError ResourceFailed, ResourceGone or ResourceReplaced; StoppedError WaitTimedOut; CredentialsError.
 */
export type Poll = <T>(io: Waiting, target: PollTarget<T>) => Promise<T | undefined>;

/** NotFound answers right after our own create that count as staleness: two minutes at the usual 15 s. */
const staleReads = 8;

export function createPoll(settings: PollSettings): Poll {
  return async (io, target) => {
    const deadline = io.clock.monotonicMs() + target.timeoutMs;
    const watch = createWatch(io, target);
    for (;;) {
      const verdict = await readOnce(target, watch);
      if (verdict.done) return verdict.value;
      const left = deadline - io.clock.monotonicMs();
      if (left <= 0) throw timedOut(target, verdict.seen);
      const pause = settings.intervalMs * (0.9 + 0.2 * settings.random());
      await io.clock.sleep(Math.min(pause, left), io.signal);
    }
  };
}

type Verdict<T> = { done: true; value: T | undefined } | { done: false; seen: string };

async function readOnce<T>(
  target: PollTarget<T>,
  watch: (value: T | undefined) => Verdict<T>,
): Promise<Verdict<T>> {
  try {
    return watch(await target.read());
  } catch (error) {
    if (error instanceof StoppedError) return { done: false, seen: `unreadable (${error.code})` };
    throw error;
  }
}

function createWatch<T>(io: Waiting, target: PollTarget<T>): (value: T | undefined) => Verdict<T> {
  let shown: string | undefined;
  let pinned: string | undefined;
  let missed = 0;
  const show = (state: string) => {
    if (state !== shown) io.observed(target.resource, state);
    shown = state;
  };
  return (value) => {
    if (value === undefined) {
      if (target.missing === 'done') return { done: true, value };
      missed += 1;
      if (target.missing === 'gone' || pinned !== undefined || missed > staleReads) throw gone(target);
      return { done: false, seen: 'not there yet' };
    }
    pinned = pin(target, value, pinned);
    const state = target.stateOf(value);
    show(state);
    if (target.states.success.has(state)) return { done: true, value };
    if (target.states.failure.has(state)) throw failed(target, value, state);
    return { done: false, seen: state };
  };
}

function pin<T>(target: PollTarget<T>, value: T, pinned: string | undefined): string {
  const identity = target.identityOf?.(value) ?? target.resource;
  if (pinned === undefined || pinned === identity) return identity;
  throw new MigrationError(
    'ResourceReplaced',
    `${target.resource} is no longer the one we began to wait for`,
    {
      why: `It was ${pinned} and is now ${identity}: somebody deleted it and made another of the same name`,
      resource: identity,
    },
  );
}

function gone<T>(target: PollTarget<T>): MigrationError {
  return new MigrationError('ResourceGone', `${target.resource} does not exist`, {
    why: 'It was expected to be there: somebody deleted it, or it was never created',
    resource: target.resource,
    next: target.next ?? [],
    resumable: true,
  });
}

function failed<T>(target: PollTarget<T>, value: T, state: string): MigrationError {
  const why = target.reasonOf?.(value);
  return new MigrationError('ResourceFailed', `${target.resource} ended in the state ${state}`, {
    ...(why === undefined ? {} : { why }),
    resource: target.identityOf?.(value) ?? target.resource,
    next: [...(target.remedyOf?.(value) ?? []), ...(target.next ?? [])],
    resumable: true,
  });
}

function timedOut<T>(target: PollTarget<T>, seen: string): StoppedError {
  const { timeoutMs } = target;
  const waited =
    timeoutMs < 60_000
      ? `${String(Math.round(timeoutMs / 1000))} seconds`
      : `${String(Math.round(timeoutMs / 60_000))} minutes`;
  return new StoppedError('WaitTimedOut', `${target.resource} is still ${seen} after ${waited}`, {
    why: 'The deadline of this wait has passed (poll.deadlineMinutes for databases); what runs in AWS goes on',
    resource: target.resource,
    next: target.next ?? [],
    resumable: true,
  });
}
