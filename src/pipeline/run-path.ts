import { exitCodes, JournalError, MigrationError, VerifyError } from '../errors.js';
import type { JsonValue } from '../journal/json.js';
import type { RunState } from '../journal/run-state.js';
import { describeDrift, recordFailure } from './failure.js';
import { findOutput, inputsFrom, isFinished } from './inputs.js';
import { interruptionOf, nameSignal } from './interruption.js';
import { assertSamePlan } from './resume-check.js';
import type { SealedStep } from './seal.js';
import { openSession, type RunContext, type Session } from './session.js';
import { createPlanIo, createStepIo } from './step-io.js';
import type { Inputs } from './step.js';

/** How a run ended well. */
export interface RunResult {
  readonly run: string;
  /** True when the run had finished before: nothing was called. */
  readonly alreadyFinished: boolean;
  readonly state: RunState;
}

/**
 * Carries a run to its end, from its beginning or from wherever an earlier process left it. Finished steps are verified
 * again unless a later step supersedes or overtakes them; a step that was begun and not ended is run again.
 * @throws JournalError, StaleError before anything is called; InterruptedError; whatever a step throws
 */
export async function runPath<Config extends object>(context: RunContext<Config>): Promise<RunResult> {
  const { run } = context;
  const before = run.state();
  refuseRolledBack(before);
  assertSamePlan(before, context);
  if (before.outcome === 'finished' || before.outcome === 'finalized')
    return { run: run.id, alreadyFinished: true, state: before };

  const resumed = run.journal.records.length > 1;
  const session = openSession(context, resumed ? 'resume' : 'run');
  const { path } = before.header;
  session.tell({ type: 'run-started', run: run.id, path, resumed, steps: describeSteps(context) });
  await withStopNotice(session, async () => {
    tellWarnings(session);
    for (const step of context.steps) await advance(session, step);
    run.journal.append({ type: 'finished' });
  });
  session.tell({ type: 'run-finished', outcome: 'done', exitCode: exitCodes.done });
  return { run: run.id, alreadyFinished: false, state: run.state() };
}

/** Tells when the signal comes and how the run ended. */
export async function withStopNotice<Config>(
  session: Session<Config>,
  work: () => Promise<void>,
): Promise<void> {
  const announce = (): void => {
    session.tell({ type: 'run-stopping', signal: nameSignal(session.signal) });
  };
  session.signal.addEventListener('abort', announce, { once: true });
  try {
    await work();
  } catch (error) {
    const exitCode = error instanceof MigrationError ? error.exitCode : exitCodes.bug;
    const stopped = session.signal.aborted || exitCode === exitCodes.stopped;
    session.tell({ type: 'run-finished', outcome: stopped ? 'stopped' : 'failed', exitCode });
    throw error;
  } finally {
    session.signal.removeEventListener('abort', announce);
  }
}

/** Runs and verifies a step, or verifies it again when it has finished. */
export async function advance<Config>(session: Session<Config>, step: SealedStep<Config>): Promise<void> {
  const { status, output } = session.stateOf(step.id);
  if (output !== undefined && status === 'verified' && (await recheck(session, step, output))) return;
  const made =
    output !== undefined && status === 'succeeded' ? { output, ms: 0 } : await runStep(session, step);
  await verify(session, step, made.output);
  session.run.journal.append({ type: 'verified', step: step.id });
  session.tell({ type: 'step-finished', step: step.id, ms: made.ms, summary: step.title });
}

/** False when what it made is to be made again. */
async function recheck<Config>(
  session: Session<Config>,
  step: SealedStep<Config>,
  output: JsonValue,
): Promise<boolean> {
  const later = session.steps.find((other) => {
    const state = session.stateOf(other.id);
    const hasBegun = isFinished(state) || state.calls.length > 0;
    return (
      (other.supersedes.includes(step.id) && isFinished(state)) ||
      (other.overtakes.includes(step.id) && hasBegun)
    );
  });
  let because = 'finished earlier, and still holds';
  if (later !== undefined) {
    because = `finished earlier, and ${later.id} has followed`;
  } else {
    try {
      stopIfAsked(session);
      await step.verify(createPlanIo(session, step.id), inputsOf(session), output);
    } catch (error) {
      if (error instanceof VerifyError && step.remadeAfter.includes(error.code)) {
        const { code, message } = error;
        session.run.journal.append({ type: 'failed', step: step.id, code, message });
        session.tell({ type: 'step-noted', step: step.id, text: `${message}: it is made again` });
        return false;
      }
      throw recordFailure(session, step.id, 'not-verified', describeDrift(error, step.id, step.title));
    }
  }
  session.tell({ type: 'step-adopted', step: step.id, because });
  return true;
}

async function runStep<Config>(
  session: Session<Config>,
  step: SealedStep<Config>,
): Promise<{ output: JsonValue; ms: number }> {
  const { journal } = session.run;
  try {
    stopIfAsked(session);
    const { attempts, calls } = session.stateOf(step.id);
    const attempt = attempts + 1;
    journal.append({ type: 'started', step: step.id, attempt });
    session.tell({ type: 'step-started', step: step.id, attempt });
    for (const { call, key, effect } of calls) {
      if (effect !== undefined) continue;
      const text = `${call} of ${key} was begun and its end is not known: looking whether it was carried out`;
      session.tell({ type: 'step-noted', step: step.id, text });
    }
    const began = session.clock.monotonicMs();
    const output = await step.run(createStepIo(session, step.id), inputsOf(session));
    const ms = session.clock.monotonicMs() - began;
    journal.append({ type: 'succeeded', step: step.id, output, ms });
    return { output, ms };
  } catch (error) {
    throw recordFailure(session, step.id, 'failed', error);
  }
}

/** An output that does not hold costs another attempt; a verification that could not be made does not. */
async function verify<Config>(
  session: Session<Config>,
  step: SealedStep<Config>,
  output: JsonValue,
): Promise<void> {
  try {
    await step.verify(createPlanIo(session, step.id), inputsOf(session), output);
  } catch (error) {
    const phase = error instanceof VerifyError ? 'failed' : 'not-verified';
    throw recordFailure(session, step.id, phase, error);
  }
}

function stopIfAsked<Config>(session: Session<Config>): void {
  if (session.signal.aborted) throw interruptionOf(session.signal);
}

/** Outputs as the journal holds them at this moment. */
export function inputsOf<Config>(session: Session<Config>): Inputs<Config> {
  const state = session.run.state();
  return inputsFrom(session.config, session.run.id, (id) => findOutput(state, id));
}

/** What reading the journal left out belongs to the step that was under way. */
function tellWarnings<Config>(session: Session<Config>): void {
  const current = session.run.state().steps.find((step) => !isFinished(step));
  if (current === undefined) return;
  for (const text of session.run.warnings) session.tell({ type: 'step-noted', step: current.id, text });
}

function describeSteps<Config>(context: RunContext<Config>): { id: string; title: string }[] {
  return context.steps.map(({ id, title }) => ({ id, title }));
}

function refuseRolledBack(state: RunState): void {
  if (state.outcome === 'rolled-back') {
    throw new JournalError('RunRolledBack', `run ${state.run} was rolled back and cannot be resumed`, {
      next: ['start a new run'],
    });
  }
  if (state.outcome === 'finalizing') {
    throw new JournalError(
      'RunFinalizing',
      `run ${state.run} has finished, and the end of its source has begun`,
      {
        next: [`rds2aurora finalize ${state.run}`],
      },
    );
  }
  if (state.outcome === 'rolling-back') {
    throw new JournalError(
      'RunRollingBack',
      `the rollback of run ${state.run} has begun and must be finished`,
      {
        next: [`rds2aurora rollback ${state.run}`],
      },
    );
  }
}
