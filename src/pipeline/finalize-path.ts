import { exitCodes, PreconditionError } from '../errors.js';
import type { RunState } from '../journal/run-state.js';
import { assertSamePlan } from './resume-check.js';
import { advance, withStopNotice, type RunResult } from './run-path.js';
import type { SealedStep } from './seal.js';
import { openSession, type RunContext } from './session.js';

/**
 * Ends the life of the source of a run that has finished: `steps` follow those of the path, in the same journal and by
 * the same rules. One that was killed goes on where it was; one that has ended does nothing more.
 * @param context its `steps` are those of the path
 * @throws PreconditionError, JournalError, StaleError before anything is called; InterruptedError; whatever a step throws
 */
export async function finalizePath<Config extends object>(
  context: RunContext<Config>,
  steps: readonly SealedStep<Config>[],
): Promise<RunResult> {
  const { run } = context;
  const before = run.state();
  assertFinished(before);
  const all = { ...context, steps: [...context.steps, ...steps] };
  const hasBegun = before.finalSteps.length > 0;
  assertSamePlan(before, hasBegun ? all : context);
  if (before.outcome === 'finalized') return { run: run.id, alreadyFinished: true, state: before };

  const session = openSession(all, 'finalize');
  const labels = steps.map(({ id, title }) => ({ id, title }));
  if (!hasBegun) run.journal.append({ type: 'finalize-begun', steps: labels });
  session.tell({ type: 'run-started', run: run.id, path: 'finalize', resumed: hasBegun, steps: labels });
  await withStopNotice(session, async () => {
    for (const step of steps) await advance(session, step);
    run.journal.append({ type: 'finalized' });
  });
  session.tell({ type: 'run-finished', outcome: 'done', exitCode: exitCodes.done });
  return { run: run.id, alreadyFinished: false, state: run.state() };
}

/** @throws PreconditionError when the run has not come to its end, or was taken back */
export function assertFinished({ run, outcome }: RunState): void {
  if (outcome === 'finished' || outcome === 'finalizing' || outcome === 'finalized') return;
  const isBack = outcome !== 'unfinished';
  throw new PreconditionError(
    isBack ? 'RunRolledBack' : 'RunNotFinished',
    isBack ? `run ${run} was taken back: its source is in use` : `run ${run} has not finished`,
    {
      why: 'A source is ended only after its move has come to a good end',
      next: isBack ? ['start a new run'] : [`rds2aurora resume ${run}`],
      changed: false,
    },
  );
}
