import { toJson, type JsonValue } from '../journal/json.js';
import { readOutput } from './inputs.js';
import type {
  Inputs,
  PlanInputs,
  PlanIo,
  Recorded,
  Reversal,
  Step,
  StepId,
  StepIo,
  StepPlan,
} from './step.js';

/** How a step is taken back, without the types of its input and output. */
export type SealedReversal =
  | { readonly kind: 'undo' }
  | { readonly kind: 'nothing-to-undo'; readonly because: string }
  | { readonly kind: 'point-of-no-return'; readonly because: string };

/**
 * A step whose input and output types are closed over, so that the engine can hold steps of all types in one list.
 * Outputs go in and out as JSON, the way the journal holds them; each passes the step's codec in both directions.
 */
export interface SealedStep<Config> {
  readonly id: StepId;
  readonly title: string;
  readonly supersedes: readonly StepId[];
  readonly overtakes: readonly StepId[];
  readonly remadeAfter: readonly string[];
  readonly typicalSeconds: readonly [number, number] | undefined;
  readonly writersPaused: boolean;
  readonly reversal: SealedReversal;
  plan(io: PlanIo, from: PlanInputs<Config>): Promise<StepPlan>;
  run(io: StepIo, from: Inputs<Config>): Promise<JsonValue>;
  verify(io: PlanIo, from: Inputs<Config>, output: JsonValue): Promise<void>;
  /** How to take the step back by hand, or what is left to do behind a point of no return. */
  undoNote(from: Inputs<Config>, recorded?: Recorded<JsonValue>): readonly string[];
  /** Does nothing for the other reversals. */
  undo(io: StepIo, from: Inputs<Config>, output: JsonValue | undefined): Promise<void>;
}

/** Closes over `In` and `Out`. */
export function seal<In, Out, Config>(step: Step<In, Out, Config>): SealedStep<Config> {
  const { reversal } = step;
  return {
    id: step.id,
    title: step.title,
    supersedes: step.supersedes ?? [],
    overtakes: step.overtakes ?? [],
    remadeAfter: step.remadeAfter ?? [],
    typicalSeconds: step.typicalSeconds,
    writersPaused: step.writersPaused ?? false,
    reversal: sealReversal(reversal),
    plan: (io, from) => step.plan(io, from),
    run: async (io, from) => {
      const output = toJson(await step.run(io, step.select(from)));
      step.output.parse(output);
      return output;
    },
    verify: async (io, from, output) => {
      await step.verify(io, step.select(from), readOutput(step, output));
    },
    undoNote: (from, { output, intents } = { output: undefined, intents: [] }) =>
      reversal.kind === 'nothing-to-undo'
        ? []
        : (reversal.note?.(step.select(from), {
            output: output === undefined ? undefined : readOutput(step, output),
            intents,
          }) ?? []),
    undo: async (io, from, output) => {
      if (reversal.kind !== 'undo') return;
      await reversal.undo(io, step.select(from), output === undefined ? undefined : readOutput(step, output));
    },
  };
}

function sealReversal<In, Out>(reversal: Reversal<In, Out>): SealedReversal {
  return reversal.kind === 'undo' ? { kind: 'undo' } : { kind: reversal.kind, because: reversal.because };
}
