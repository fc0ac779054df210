import type { JsonValue } from '../journal/json.js';
import type { RunState, StepState } from '../journal/run-state.js';
import type { Recorded, RecordedIntent, StepId } from './step.js';

export function recordedIntents({ calls }: StepState): readonly RecordedIntent[] {
  return calls.map(({ call, key, before, effect }) => ({
    ...{ call, key },
    ...(before !== undefined && { before }),
    ...(effect !== undefined && { effect }),
  }));
}

/** What the journal has of a step, also of one that is being taken back. */
export function recordedOf(state: RunState, id: StepId): Recorded<JsonValue> {
  const step = state.steps.find((one) => one.id === id);
  return { output: step?.output, intents: step === undefined ? [] : recordedIntents(step) };
}
