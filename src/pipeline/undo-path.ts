import { exitCodes, PreconditionError } from '../errors.js';
import type { RunState } from '../journal/run-state.js';
import { recordFailure } from './failure.js';
import { inputsFrom, findOutput, isFinished } from './inputs.js';
import { interruptionOf } from './interruption.js';
import { assertSamePlan } from './resume-check.js';
import { recordedOf } from './recorded.js';
import { inputsOf, withStopNotice } from './run-path.js';
import type { SealedStep } from './seal.js';
import { openSession, type RunContext, type Session } from './session.js';
import { createStepIo } from './step-io.js';
import type { Inputs, StepId } from './step.js';

/** One step that a rollback would take back. */
export interface UndoStep {
  readonly id: StepId;
  readonly title: string;
  readonly kind: 'undo' | 'nothing-to-undo';
  /** What will be done, in words; the same steps can be taken by hand. */
  readonly note: readonly string[];
}

/** What a rollback would do, to be shown and confirmed before it begins. */
export interface UndoPreview {
  /** In the order of undoing: the last step first. */
  readonly steps: readonly UndoStep[];
  /** The step before which the rollback must stop; what came before it stays as it is. */
  readonly stopsAt: { readonly id: StepId; readonly title: string; readonly because: string } | undefined;
}

/** How a rollback ended. */
export interface UndoResult {
  readonly run: string;
  /** True when nothing was left to take back. */
  readonly alreadyRolledBack: boolean;
  readonly stoppedAt: StepId | undefined;
  readonly state: RunState;
}

/**
 * After `finalize` has begun to delete there is no source to go back to: then nothing is taken back at all.
 * @throws PreconditionError `RunFinalized`, with what a person can do instead
 */
export function assertUndoable<Config extends object>(
  context: Pick<RunContext<Config>, 'run' | 'steps' | 'config'>,
): void {
  const state = context.run.state();
  const inputs = inputsFrom(context.config, state.run, (id) => findOutput(state, id));
  for (const step of context.steps) {
    const { reversal, id, title } = step;
    if (!state.finalSteps.includes(id) || reversal.kind !== 'point-of-no-return' || !hasChanged(state, id))
      continue;
    throw new PreconditionError('RunFinalized', `run ${state.run} was finalized and cannot be taken back`, {
      why: `"${title}": ${reversal.because}`,
      next: step.undoNote(inputs, recordedOf(state, id)),
      changed: false,
    });
  }
}

/** Every change goes through an intent. */
function hasChanged(state: RunState, id: StepId): boolean {
  const step = state.steps.find((one) => one.id === id);
  return step !== undefined && (isFinished(step) || step.calls.length > 0);
}

/** Reads the journal only. */
export function previewUndo<Config extends object>(
  context: Pick<RunContext<Config>, 'steps' | 'config'> & { readonly run: { state(): RunState } },
): UndoPreview {
  const state = context.run.state();
  const inputs = inputsFrom(context.config, state.run, (id) => findOutput(state, id));
  const { steps, stopsAt } = findSteps(state, context.steps);
  return {
    steps: steps.map((step) => ({
      id: step.id,
      title: step.title,
      kind: step.reversal.kind === 'undo' ? 'undo' : 'nothing-to-undo',
      note: step.reversal.kind === 'undo' ? tellUndo(step, state, inputs) : [step.reversal.because],
    })),
    stopsAt,
  };
}

/** Every change goes through an intent: a step that has none has nothing to be taken back. */
function tellUndo<Config>(
  step: SealedStep<Config>,
  state: RunState,
  inputs: Inputs<Config>,
): readonly string[] {
  const recorded = recordedOf(state, step.id);
  return recorded.intents.length === 0 ? ['# it has changed nothing'] : step.undoNote(inputs, recorded);
}

/**
 * Takes back every step that was begun, the last first, down to the first step or to a point of no return. A rollback
 * that was killed goes on where it was; one that has ended does nothing more.
 * @throws JournalError, StaleError before anything is called; InterruptedError; whatever an undo throws
 */
export async function undoPath<Config extends object>(context: RunContext<Config>): Promise<UndoResult> {
  const { run } = context;
  const before = run.state();
  assertSamePlan(before, context);
  if (before.outcome === 'rolled-back') return describeResult(before, true);
  assertUndoable(context);

  const { steps, stopsAt } = findSteps(before, context.steps);
  const session = openSession(context, 'rollback');
  const labels = steps.map(({ id, title }) => ({ id, title }));
  const { path } = before.header;
  session.tell({
    type: 'run-started',
    run: run.id,
    path,
    resumed: before.outcome === 'rolling-back',
    steps: labels,
  });
  await withStopNotice(session, async () => {
    for (const step of steps) await undoStep(session, step);
    run.journal.append({ type: 'rolled-back', stoppedAt: stopsAt?.id ?? null });
  });
  session.tell({ type: 'run-finished', outcome: 'rolled-back', exitCode: exitCodes.done });
  return describeResult(run.state(), false);
}

async function undoStep<Config>(session: Session<Config>, step: SealedStep<Config>): Promise<void> {
  const { journal } = session.run;
  try {
    if (session.signal.aborted) throw interruptionOf(session.signal);
    journal.append({ type: 'undo-started', step: step.id });
    session.tell({ type: 'undo-started', step: step.id });
    const began = session.clock.monotonicMs();
    await step.undo(createStepIo(session, step.id), inputsOf(session), session.stateOf(step.id).output);
    const because = step.reversal.kind === 'undo' ? 'taken back' : step.reversal.because;
    journal.append({ type: 'undone', step: step.id, because, ms: session.clock.monotonicMs() - began });
    session.tell({ type: 'undo-finished', step: step.id, because });
  } catch (error) {
    throw recordFailure(session, step.id, 'undo-failed', error);
  }
}

/** Steps begun and not yet taken back, the last first, as far as a point of no return allows. */
function findSteps<Config>(
  state: RunState,
  steps: readonly SealedStep<Config>[],
): { steps: SealedStep<Config>[]; stopsAt: UndoPreview['stopsAt'] } {
  const open = new Set(
    state.steps.filter(({ status }) => status !== 'pending' && status !== 'undone').map((step) => step.id),
  );
  const found: SealedStep<Config>[] = [];
  for (const step of steps.toReversed().filter(({ id }) => open.has(id))) {
    const { reversal, id, title } = step;
    // One that made no call is none: nothing was lost yet.
    if (reversal.kind === 'point-of-no-return' && !hasChanged(state, id)) continue;
    if (reversal.kind === 'point-of-no-return')
      return { steps: found, stopsAt: { id, title, because: reversal.because } };
    found.push(step);
  }
  return { steps: found, stopsAt: undefined };
}

function describeResult(state: RunState, alreadyRolledBack: boolean): UndoResult {
  return { run: state.run, alreadyRolledBack, stoppedAt: state.rollbackStoppedAt, state };
}
