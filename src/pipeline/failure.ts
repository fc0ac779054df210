import { JournalError, LockedError, MigrationError, VerifyError } from '../errors.js';
import { interruptionOf, nameSignal } from './interruption.js';
import type { Session } from './session.js';
import type { StepId } from './step.js';

/**
 * Writes down how a step ended and gives the error to throw on. A journal that cannot be written any more comes first,
 * then an interruption, then what the step itself threw. What is not a MigrationError is a bug: it goes on unchanged, and
 * of its message, which may hold anything, only the kind is recorded.
 */
export function recordFailure<Config>(
  session: Session<Config>,
  step: StepId,
  phase: 'failed' | 'not-verified' | 'undo-failed',
  error: unknown,
): unknown {
  const { journal } = session.run;
  if (journal.brokenBy !== undefined) return complete(session, step, journal.brokenBy);
  if (session.signal.aborted) {
    journal.append({ type: 'stopped', reason: 'signal', signal: nameSignal(session.signal), step });
    const isFinal = session.run.state().outcome === 'finalizing';
    const word = phase === 'undo-failed' ? 'rollback' : isFinal ? 'finalize' : 'resume';
    const next = [`rds2aurora ${word} ${session.run.id}`];
    return complete(session, step, interruptionOf(session.signal, { next, cause: error }));
  }
  const { code, message } = describeError(error);
  journal.append({ type: phase, step, code, message });
  session.tell({ type: 'step-failed', step, code, message });
  return error instanceof MigrationError ? complete(session, step, error) : error;
}

/** Fills in what only the engine knows: the step, whether anything was changed, whether resuming makes sense. */
function complete<Config>(session: Session<Config>, step: StepId, error: MigrationError): MigrationError {
  const final = error instanceof LockedError || error instanceof JournalError;
  return Object.assign(error, {
    step: error.step ?? step,
    resumable: error.resumable || !final,
    changed: error.changed ?? session.run.journal.records.some((record) => record.type === 'intent'),
  });
}

function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof MigrationError) return { code: error.code, message: error.message };
  return { code: 'Bug', message: `unexpected ${error instanceof Error ? error.name : typeof error}` };
}

/** A finished step no longer holds: says so before anything is called. */
export function describeDrift(error: unknown, step: StepId, title: string): unknown {
  if (!(error instanceof VerifyError)) return error;
  return new VerifyError(error.code, error.message, {
    why: error.why ?? `step ${step} (${title}) had finished, and what it made has changed since`,
    next: error.next,
    step,
    ...(error.resource !== undefined && { resource: error.resource }),
    cause: error,
  });
}
