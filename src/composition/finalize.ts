import type { Outcome } from '../cli/base-command.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { FinalizeResult } from '../cli/result-schemas.js';
import type { Problem } from '../errors.js';
import { openRun, type OpenRun } from '../journal/run.js';
import type { RunState } from '../journal/run-state.js';
import { assertFinished, finalizePath } from '../pipeline/finalize-path.js';
import { findOutput } from '../pipeline/inputs.js';
import { planPath, type PathPlan } from '../pipeline/plan-path.js';
import type { SealedStep } from '../pipeline/seal.js';
import type { StepRef } from '../pipeline/step.js';
import * as refs from '../steps/refs.js';
import { renderPlan } from '../views/plan-table.js';
import { formatDuration } from '../views/quantity.js';
import { finalizeSteps } from './finalize-steps.js';
import { blockersOf, refuseWhenBlocked } from './plan-blockers.js';
import { toPlanResult } from './plan-result.js';
import { contextOf, runDeps } from './run-parts.js';
import { systemClock } from './system-clock.js';

export interface FinalizeOptions {
  readonly wanted: string | undefined;
  readonly dryRun: boolean;
  /** As it was typed; undefined: as it is configured. */
  readonly soakHours: number | undefined;
  readonly liftDeletionProtection: boolean;
}

/**
 * `finalize [RUN]`: ends the source of a finished run. Shows what would go, asks for the identifier of the source to be
 * typed, and goes on where an earlier attempt stopped; then the soak has been judged already.
 */
export async function finalizeRun(
  given: MigrationSession,
  options: FinalizeOptions,
): Promise<Outcome<FinalizeResult>> {
  const session = withProtection(given, options.liftDeletionProtection);
  const run = openRun(runDeps(session), options.wanted);
  try {
    const state = run.state();
    assertFinished(state);
    const steps = finalizeSteps(session, run.id, run.directory);
    if (state.outcome === 'finalized') return describe(state, { done: true, alreadyFinalized: true });
    const soak = state.outcome === 'finalizing' ? [] : findSoakProblem(session, state, options.soakHours);
    // What has begun to be deleted cannot be looked at any more as it was.
    const isDeleting = state.steps.some(({ id, calls }) => id === refs.deleteSource.id && calls.length > 0);
    const plan = isDeleting ? undefined : await makePlan(session, run, steps, soak);
    if (options.dryRun) return preview(state, plan);
    if (plan !== undefined) refuseWhenBlocked(plan);
    await ask(session, run, plan);
    const ended = await finalizePath(contextOf(session, run, { withFinal: false }), steps);
    return describe(ended.state, { done: true, alreadyFinalized: false });
  } finally {
    run.close();
  }
}

function withProtection(session: MigrationSession, lift: boolean): MigrationSession {
  const { config } = session;
  const finalize = { ...config.finalize, ...(lift ? { liftDeletionProtection: true } : {}) };
  return { ...session, config: { ...config, finalize } };
}

/** Counted from the end of the run by this machine's clock. */
function findSoakProblem(
  { config, now }: MigrationSession,
  { finishedAt, run }: RunState,
  typed: number | undefined,
): Problem[] {
  const hours = typed ?? config.finalize.soakHours;
  const over = Date.parse(finishedAt ?? '') + hours * 3_600_000;
  const left = over - now().getTime();
  if (left <= 0) return [];
  return [
    {
      code: 'SoakNotOver',
      what: `the soak of ${formatDuration(hours * 3_600_000)} is not over: ${formatDuration(left)} are left, until ${new Date(over).toISOString()}`,
      why: `Run ${run} finished at ${finishedAt ?? 'an unknown time'}; while the source stands, rollback is one command`,
      fix: `wait, or say how long is enough: rds2aurora finalize ${run} --after 2d, or --now`,
    },
  ];
}

async function makePlan(
  { config, signal }: MigrationSession,
  run: OpenRun,
  steps: readonly SealedStep<MigrationSession['config']>[],
  soak: readonly Problem[],
): Promise<PathPlan> {
  const state = run.state();
  const plan = await planPath({
    ...{ path: 'finalize', steps, config, runId: run.id, clock: systemClock, signal },
    findOutput: (id) => findOutput(state, id),
  });
  return { ...plan, problems: [...soak, ...plan.problems] };
}

async function ask(session: MigrationSession, run: OpenRun, plan: PathPlan | undefined): Promise<void> {
  const { instance } = session.config.source;
  const isOlder = findOutput(run.state(), refs.useSnapshot.id) !== undefined;
  const lost = isOlder ? ', which alone holds what the older snapshot of this run lacks' : '';
  session.say(plan === undefined ? `The deletion of ${instance} has begun and goes on.` : renderPlan(plan));
  await session.confirm({
    level: 'severe',
    action: `Delete ${instance}, the source of run ${run.id}${lost}; only its last snapshot is left, and no rollback`,
    name: instance,
  });
}

function preview(state: RunState, plan: PathPlan | undefined): Outcome<FinalizeResult> {
  if (plan === undefined) return describe(state, { done: false, alreadyFinalized: false });
  const failure = blockersOf(plan);
  return {
    ...describe(state, { done: false, alreadyFinalized: false, plan: toPlanResult(plan) }),
    text: () => renderPlan(plan),
    next: failure?.next ?? [`rds2aurora finalize ${state.run}`],
    failure,
  };
}

function describe(
  state: RunState,
  more: Pick<FinalizeResult, 'done' | 'alreadyFinalized'> & Partial<Pick<FinalizeResult, 'plan'>>,
): Outcome<FinalizeResult> {
  const { run, header } = state;
  const find = <Out>(ref: StepRef<Out>): Out | undefined => {
    const output = findOutput(state, ref.id);
    return output === undefined ? undefined : ref.output.parse(output);
  };
  const found = find(refs.checkFinalization);
  const result: FinalizeResult = {
    ...{ plan: null, ...more, run, source: header.source },
    ending: found?.ending ?? null,
    lastSnapshot: find(refs.takeLastSnapshot)?.snapshotIdentifier ?? null,
    deletedAt: find(refs.deleteSource)?.deletedAt ?? null,
    remarks: found === undefined ? [] : remarksOn(found),
  };
  return {
    ...{ run, result, text: () => renderResult(result) },
    next: more.done ? ['rds2aurora validate', `rds2aurora status ${run}`] : [`rds2aurora finalize ${run}`],
  };
}

/** What is left to a person: nothing of it is done by the tool. */
function remarksOn({ stack, ending, instance, keep, leftovers }: refs.Finalization): string[] {
  const kept =
    keep.length > 0
      ? ` ${keep.join(' and ')} now say Retain: take them out in the same deployment without harm.`
      : '';
  return [
    ...(stack !== null && ending === 'instance'
      ? [
          `The stack ${stack.name} still lists ${stack.source} (${instance.identifier}), which is gone: take it, and what refers to it, out of the template with the next deployment.${kept}`,
        ]
      : []),
    ...(stack !== null && ending === 'stack' && keep.length > 0
      ? [`${keep.join(' and ')} of ${stack.name} live on outside of any stack.`]
      : []),
    ...(leftovers.length > 0
      ? [`Only the source used these; when nothing else does: ${leftovers.join('; ')}`]
      : []),
  ];
}

function renderResult(result: FinalizeResult): string {
  const { source, lastSnapshot, done, alreadyFinalized, remarks } = result;
  const head = done
    ? `${source} is deleted${alreadyFinalized ? ' (finished earlier)' : ''}.`
    : `The deletion of ${source} has begun; finalize goes on with it.`;
  const snapshot =
    lastSnapshot === null
      ? []
      : [`Its last snapshot is ${lastSnapshot}; it is kept, and billed, until you delete it.`];
  return [head, ...snapshot, ...remarks].join('\n\n');
}
