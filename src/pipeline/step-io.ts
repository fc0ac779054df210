import { nameCall, noCrash } from '../journal/crash-point.js';
import { toJsonObject } from '../journal/json.js';
import { interruptionOf } from './interruption.js';
import type { Session } from './session.js';
import { recordedIntents } from './recorded.js';
import type { Effect, Intent, PlanIo, StepId, StepIo } from './step.js';

/** What a step may use to read. */
export function createPlanIo<Config>(session: Session<Config>, step: StepId): PlanIo {
  return {
    signal: session.signal,
    clock: session.clock,
    runId: session.run.id,
    note: (text) => {
      session.tell({ type: 'step-noted', step, text });
    },
  };
}

/** What a step may use to change the world. */
export function createStepIo<Config>(session: Session<Config>, step: StepId): StepIo {
  return {
    ...createPlanIo(session, step),
    stepId: step,
    progress: (progress) => {
      session.tell({ type: 'step-progressed', step, progress });
    },
    observed: (resource, state) => {
      session.tell({ type: 'step-observed', step, resource, state });
      // A wait of an hour looks at one state two hundred times; the journal keeps the changes.
      if (session.stateOf(step).observed[resource] === state) return;
      session.run.journal.append({ type: 'observed', step, resource, state });
    },
    mutate: (intent, call, effect) => mutate(session, step, intent, call, effect),
    intents: () => recordedIntents(session.stateOf(step)),
  };
}

async function mutate<Config, Result>(
  session: Session<Config>,
  step: StepId,
  intent: Intent,
  call: () => Promise<Result>,
  describe: ((result: Result) => Effect) | undefined,
): Promise<Result> {
  const { run, clock, signal } = session;
  if (signal.aborted) throw interruptionOf(signal, { step });
  const crash = session.crashPoint ?? noCrash;
  const number = run.journal.records.filter((record) => record.type === 'intent').length + 1;
  const named = { call: intent.call, key: intent.key };
  const place = `${step}/${nameCall(intent, run.id)}`;
  run.journal.append({
    ...{ type: 'intent', step, intent: number, ...named },
    ...(intent.before !== undefined && { before: toJsonObject(intent.before) }),
  });
  session.tell({ type: 'call-started', step, ...named });
  const began = clock.monotonicMs();

  // Between the intent and here a machine may have slept, and a colleague have taken over.
  run.assertHeld();
  crash('before-call', number, place);
  const result = await call();
  crash('after-call', number, place);

  const ms = clock.monotonicMs() - began;
  run.journal.append({ type: 'effect', step, intent: number, ms, ...recordEffect(describe?.(result)) });
  session.tell({ type: 'call-finished', step, ...named, ms });
  return result;
}

function recordEffect(effect: Effect = {}) {
  const { requestId, arn, detail } = effect;
  return {
    ...(requestId !== undefined && { requestId }),
    ...(arn !== undefined && { arn }),
    ...(detail !== undefined && { detail: toJsonObject(detail) }),
  };
}
