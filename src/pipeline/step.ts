import type { Problem } from '../errors.js';
import type { Clock } from './clock.js';

/** The journal's key for a step: verb-noun, never renamed, never reused. */
export type StepId = string;

/** Strict reader and writer of what the journal holds for a step. A zod schema is one. */
export interface Codec<T> {
  parse(value: unknown): T;
}

/** Names a step and the shape of its output, so that later steps can ask for it by type. */
export interface StepRef<Out> {
  readonly id: StepId;
  readonly output: Codec<Out>;
}

/** What a step's inputs are picked from. */
export interface Inputs<Config> {
  readonly config: Config;
  readonly runId: string;
  /** Output of an earlier step. Throws when that step is not part of this path or has not finished. */
  outputOf<Out>(step: StepRef<Out>): Out;
  /** The same, or undefined. */
  findOutputOf<Out>(step: StepRef<Out>): Out | undefined;
}

/** One measured fact of progress. `total` is absent when nobody knows it. */
export interface Progress {
  readonly item: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'rows' | 'items' | 'percent';
}

/** A mutating call about to be made; the digest says what was asked, without secrets. */
export interface Intent {
  /** The API call or statement, e.g. `rds:CreateDBCluster` or `sql:CREATE DATABASE`. */
  readonly call: string;
  /** Identifier fixed at plan time, e.g. the cluster identifier. */
  readonly key: string;
  /** Facts needed to undo what the call changes, such as the old value. No secrets. */
  readonly before?: Readonly<Record<string, unknown>>;
}

/** What a mutating call did. No secrets. */
export interface Effect {
  readonly requestId?: string;
  readonly arn?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** All that the engine lends to a step. */
export interface StepIo {
  /** Aborted by the first Ctrl-C; a step stops after its current call. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly runId: string;
  /** This step's id; tags and client tokens carry it. */
  readonly stepId: StepId;
  /** A line for people. */
  note(text: string): void;
  progress(progress: Progress): void;
  /** A state seen while waiting, e.g. the status word of a cluster. */
  observed(resource: string, state: string): void;
  /**
   * Makes one mutating call: the intent is written and fsynced, then `call` runs, then its effect is written
   * and fsynced. Every change to AWS or to a database goes through here.
   */
  mutate<T>(intent: Intent, call: () => Promise<T>, effect?: (result: T) => Effect): Promise<T>;
  /**
   * The intents of this step that earlier attempts (or this one) wrote, oldest first. After a crash a step
   * asks here what it may find half done, and what the values were before.
   */
  intents(): readonly RecordedIntent[];
}

/** An intent as the journal holds it. `effect` is absent when the process died before it was written. */
export interface RecordedIntent extends Intent {
  readonly effect?: Effect;
}

export type StepPlan =
  | {
      readonly kind: 'change';
      readonly effects: readonly string[];
      readonly calls?: readonly string[];
      /** What will not be there afterwards, and the name that somebody has to type to agree to it. */
      readonly loses?: { readonly what: string; readonly name: string };
      /** What `effects` say, for programs; must survive JSON. */
      readonly details?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'satisfied'; readonly because: string }
  | { readonly kind: 'blocked'; readonly problems: readonly Problem[] };

/** What the journal has of a step: enough to name what it made, and what was there before. */
export interface Recorded<Out> {
  /** Absent before the step has finished. */
  readonly output: Out | undefined;
  readonly intents: readonly RecordedIntent[];
}

/**
 * Every author takes a stand. `note` tells how the step is taken back by hand: commands that can be pasted into a shell as
 * they stand, one a line and each by itself, or remarks that begin with `#`. It is asked of a step that has made a call
 * and, with nothing recorded, for a plan.
 */
export type Reversal<In, Out> =
  | {
      readonly kind: 'undo';
      note(input: In, recorded: Recorded<Out>): readonly string[];
      /** `output` is absent when the crash came before it was journalled. Safe to call twice. */
      undo(io: StepIo, input: In, output: Out | undefined): Promise<void>;
    }
  | { readonly kind: 'nothing-to-undo'; readonly because: string }
  | {
      readonly kind: 'point-of-no-return';
      readonly because: string;
      /** What a person can still do. */
      note?(input: In, recorded: Recorded<Out>): readonly string[];
    };

/** One resumable unit of work. Holds no state: all it knows arrives as arguments. */
export interface Step<In, Out, Config> extends StepRef<Out> {
  /** Imperative, no full stop: 'Create the Aurora cluster'. */
  readonly title: string;
  readonly reversal: Reversal<In, Out>;
  /** Earlier steps whose `verify` need hold no longer once this one has finished. */
  readonly supersedes?: readonly StepId[];
  /** Earlier steps that this one takes back: their `verify` need hold no longer once it has made its first call. */
  readonly overtakes?: readonly StepId[];
  /**
   * Codes of the VerifyErrors after which a finished step is run again where others stop the run: what it makes lies on
   * one machine, can be missing on the next one, and can be made again there.
   */
  readonly remadeAfter?: readonly string[];
  /** Typical duration in seconds [low, high], given what `plan` knows; shown as an estimate. */
  readonly typicalSeconds?: readonly [number, number];
  /** True while the application cannot write: these steps add up to the downtime. */
  readonly writersPaused?: boolean;

  /** Picks this step's inputs from config and earlier outputs. Pure. */
  select(from: Inputs<Config>): In;
  /**
   * Reads the world and changes nothing: says what `run` would do, or why it may not. Before earlier steps have
   * run their outputs do not exist: `plan` is given the config's view instead.
   */
  plan(io: PlanIo, from: PlanInputs<Config>): Promise<StepPlan>;
  /** Makes it so. May be called again after a crash at any line: adopts what already stands. */
  run(io: StepIo, input: In): Promise<Out>;
  /** Reads the world afresh; throws VerifyError unless `output` still holds of it. */
  verify(io: PlanIo, input: In, output: Out): Promise<void>;
}

/** What reading needs. */
export type PlanIo = Pick<StepIo, 'signal' | 'clock' | 'note' | 'runId'>;

/** What is known at plan time. */
export interface PlanInputs<Config> {
  readonly config: Config;
  /** Identifiers fixed at plan time. */
  readonly runId: string;
  /** Outputs of a run that has finished, for the steps that come after it; absent before a run. */
  readonly findOutputOf?: Inputs<Config>['findOutputOf'];
}
