import type { Outcome } from '../cli/base-command.js';
import type { Question } from '../cli/confirm.js';
import {
  describeGivenUp,
  findGivenUp,
  listChecks,
  listComparisons,
  measureDowntime,
} from '../cli/build-report.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { MigrateResult, PlanResult } from '../cli/result-schemas.js';
import { createRun, openRun, pullSharedRuns, type OpenRun } from '../journal/run.js';
import type { RunState } from '../journal/run-state.js';
import { getLastUnfinished, makeRunId } from '../journal/runs.js';
import { isInPlace } from '../paths/in-place.js';
import { planPath } from '../pipeline/plan-path.js';
import { runPath, type RunResult } from '../pipeline/run-path.js';
import { countComparisons, renderChecks, renderComparisons } from '../views/checks-table.js';
import { renderPlan } from '../views/plan-table.js';
import { formatDuration } from '../views/quantity.js';
import { estimatePlan, type EstimatedPlan } from './estimate-plan.js';
import { blockersOf, refuseWhenBlocked } from './plan-blockers.js';
import { toPlanResult } from './plan-result.js';
import { comparable, contextOf, runDeps, stepsOf } from './run-parts.js';
import { systemClock } from './system-clock.js';

/** `plan PATH`: what the path would do. Exit code 3 when something is in the way. */
export async function showPlan(session: MigrationSession, path: string): Promise<Outcome<PlanResult>> {
  const plan = await makePlan(session, path, makeRunId(session.config.name, Math.random));
  const failure = blockersOf(plan);
  return {
    result: toPlanResult(plan),
    text: () => renderPlan(plan),
    next: failure?.next ?? [`rds2aurora migrate ${path}`],
    failure,
  };
}

/** `migrate PATH`: plans, shows the plan, asks, runs. Nothing is changed when the plan has blockers. */
export async function migrate(session: MigrationSession, path: string): Promise<Outcome<MigrateResult>> {
  const id = makeRunId(session.config.name, Math.random);
  const deps = runDeps(session);
  // What is wrong with the shared state is told before anybody has waited for a plan.
  pullSharedRuns(deps);
  const plan = await makePlan(session, path, id);
  refuseWhenBlocked(plan);
  const { source, target, region } = session.config;
  session.say(renderPlan(plan));
  for (const question of questionsOf(session, path, plan)) await session.confirm(question);
  const run = createRun(
    deps,
    {
      name: session.config.name,
      id,
      path,
      steps: plan.steps,
      config: comparable(session, path),
      source: `${region}/${source.instance}`,
      target: `${region}/${target.cluster}`,
    },
    Math.random,
  );
  return finish(session, run);
}

/** What deletes the source wants more than a yes. */
function questionsOf(session: MigrationSession, path: string, plan: EstimatedPlan): readonly Question[] {
  return path === 'fresh' ? questionsOfFresh(session) : [questionOf(session, path, plan)];
}

/** In place, by snapshot, the source is deleted, and an older snapshot lacks writes: both want more than a yes. */
function questionOf({ config }: MigrationSession, path: string, { steps }: EstimatedPlan): Question {
  const { source, target } = config;
  const action = `Move ${source.instance} (database ${source.database}) to ${target.cluster}`;
  const [loses] = steps.flatMap(({ plan }) => (plan.kind === 'change' ? (plan.loses ?? []) : []));
  if (loses !== undefined) return { level: 'severe', action: `${action}, ${loses.what}`, name: loses.name };
  if (path !== 'snapshot' || !isInPlace(config)) return { level: 'moderate', action, name: source.instance };
  const stack = source.stack ?? '';
  return {
    level: 'severe',
    action: `${action}, and delete the stack ${stack} with ${source.instance} on the way`,
    name: stack,
  };
}

/** The second one has a flag and a sentence of its own: whoever gives up the last copy says so twice. */
function questionsOfFresh({ config: { source, target }, fresh }: MigrationSession): readonly Question[] {
  const name = source.instance;
  const given: Question = {
    level: 'severe',
    action: `Give up all that ${name} holds, delete it, and start empty on ${target.cluster}`,
    name,
  };
  if (fresh?.finalSnapshot !== false) return [given];
  const forEver: Question = {
    level: 'severe',
    action: `Delete ${name} without a final snapshot: nothing will bring its data back`,
    name,
    flag: '--confirm-data-loss',
    sentence: `lose ${name} for ever`,
  };
  return [given, forEver];
}

/** The newest run that is not finished, here or in the shared state. */
export function findLastRun(session: MigrationSession): string {
  pullSharedRuns(runDeps(session));
  return getLastUnfinished(session.root).id;
}

/** `resume [RUN]`. */
export function resume(
  session: MigrationSession,
  wanted: string | undefined,
): Promise<Outcome<MigrateResult>> {
  return finish(session, openRun(runDeps(session), wanted));
}

async function finish(session: MigrationSession, run: OpenRun): Promise<Outcome<MigrateResult>> {
  try {
    const ended = await runPath(contextOf(session, run));
    return describe(ended);
  } finally {
    run.close();
  }
}

function describe({ run, alreadyFinished, state }: RunResult): Outcome<MigrateResult> {
  const result = toMigrateResult(state, alreadyFinished);
  return {
    run,
    result,
    text: () => renderResult(result),
    next: [`rds2aurora status ${run}`, 'rds2aurora validate'],
  };
}

function toMigrateResult(state: RunState, alreadyFinished: boolean): MigrateResult {
  const { header } = state;
  const givenUp = findGivenUp(state);
  const report = state.steps.find((step) => step.id === 'write-report')?.output;
  const files = report !== null && typeof report === 'object' && 'files' in report ? report['files'] : [];
  return {
    run: state.run,
    path: header.path,
    alreadyFinished,
    source: header.source,
    target: header.target,
    downtimeMilliseconds: measureDowntime(state)?.milliseconds ?? null,
    checks: [...listChecks(state)],
    comparisons: [...listComparisons(state)],
    reports: Array.isArray(files) ? files.map(String) : [],
    ...(givenUp === undefined ? {} : { givenUp: { ...givenUp } }),
  };
}

function renderResult(result: MigrateResult): string {
  const { downtimeMilliseconds: downtime, givenUp, comparisons } = result;
  const done = givenUp === undefined ? 'has moved to' : 'was given up for the empty';
  return [
    `${result.source} ${done} ${result.target}${result.alreadyFinished ? ' (finished earlier)' : ''}.`,
    ...(givenUp === undefined ? [] : [describeGivenUp(givenUp)]),
    ...(givenUp !== undefined && comparisons.length === 0 ? [] : [renderComparisons(comparisons)]),
    renderChecks(result.checks),
    `The application could not write for ${downtime === null ? 'an unknown time' : formatDuration(downtime)}.`,
    ...(comparisons.length === 0 ? [] : [`Compared: ${countComparisons(comparisons)}.`]),
    ...result.reports.map((file) => `Report: ${file}`),
  ].join('\n\n');
}

async function makePlan(session: MigrationSession, path: string, runId: string): Promise<EstimatedPlan> {
  const { config, signal } = session;
  const steps = stepsOf(session, path, runId);
  const plan = await planPath({ path, steps, config, runId, clock: systemClock, signal });
  return estimatePlan(session, plan, runId);
}
