import { JournalError } from '../errors.js';
import type { JsonValue } from '../journal/json.js';
import type { RunState, StepState } from '../journal/run-state.js';
import type { Inputs, StepId, StepRef } from './step.js';

/** Builds what a step selects its inputs from; `find` gives the journalled output of a finished step. */
export function inputsFrom<Config>(
  config: Config,
  runId: string,
  find: (step: StepId) => JsonValue | undefined,
): Inputs<Config> {
  return {
    config,
    runId,
    outputOf: (step) => {
      const output = find(step.id);
      if (output === undefined) {
        throw new Error(`step ${step.id} has no output: it is not part of this path, or has not finished`);
      }
      return readOutput(step, output);
    },
    findOutputOf: (step) => {
      const output = find(step.id);
      return output === undefined ? undefined : readOutput(step, output);
    },
  };
}

/** True once a step's output may be relied on by later steps. */
export function isFinished(step: StepState): boolean {
  return step.status === 'verified' || step.status === 'succeeded';
}

/** The output of a step that finished, also when it is being taken back. */
export function findOutput(state: RunState, id: StepId): JsonValue | undefined {
  return state.steps.find((step) => step.id === id)?.output;
}

/**
 * Reads a step's output from the journal.
 * @throws JournalError `OutputUnreadable` when it is not of the shape this version knows
 */
export function readOutput<Out>(step: StepRef<Out>, output: JsonValue): Out {
  try {
    return step.output.parse(output);
  } catch (error) {
    throw new JournalError(
      'OutputUnreadable',
      `the recorded output of step ${step.id} is not what this version expects`,
      {
        why: 'another version of the tool wrote it',
        next: ['use the version that began the run; `rds2aurora status` shows it'],
        step: step.id,
        cause: error,
      },
    );
  }
}
