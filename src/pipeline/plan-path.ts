import { BlockedError, type Problem } from '../errors.js';
import type { JsonValue } from '../journal/json.js';
import type { Clock } from './clock.js';
import { inputsFrom } from './inputs.js';
import type { SealedReversal, SealedStep } from './seal.js';
import type { StepId, StepPlan } from './step.js';

/** What one step would do. */
export interface PlannedStep {
  readonly id: StepId;
  readonly title: string;
  readonly plan: StepPlan;
  readonly reversal: SealedReversal;
  /** How to take the step back by hand, as far as it can be told before the run. */
  readonly undoNote: readonly string[];
  /** [low, high]; absent when nobody knows or nothing is to be done. */
  readonly typicalSeconds?: readonly [number, number];
  /** The application cannot write during it. */
  readonly writersPaused: boolean;
  /** Lines the step wrote while it looked. */
  readonly notes: readonly string[];
}

/** What a path would do, found by reading only. */
export interface PathPlan {
  readonly path: string;
  readonly steps: readonly PlannedStep[];
  /** Every blocker of every step. */
  readonly problems: readonly Problem[];
  /** Sums over the steps that would change something: [low, high]. */
  readonly totalSeconds: readonly [number, number];
  readonly downtimeSeconds: readonly [number, number];
}

/** What planning needs. */
export interface PlanContext<Config> {
  readonly path: string;
  readonly steps: readonly SealedStep<Config>[];
  readonly config: Config;
  /** The id that a run of this plan would have; identifiers are made from it. */
  readonly runId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of steps that have run already; none before a run. */
  readonly findOutput?: (step: StepId) => JsonValue | undefined;
}

/** Asks every step what it would do, also after one that is blocked, so that all problems come at once. */
export async function planPath<Config>(context: PlanContext<Config>): Promise<PathPlan> {
  const steps: PlannedStep[] = [];
  for (const step of context.steps) {
    context.signal.throwIfAborted();
    steps.push(await planStep(context, step));
  }
  return {
    path: context.path,
    steps,
    problems: withoutRepeats(steps.flatMap(({ plan }) => (plan.kind === 'blocked' ? plan.problems : []))),
    totalSeconds: sumSeconds(steps),
    downtimeSeconds: sumSeconds(steps.filter((step) => step.writersPaused)),
  };
}

/** The plan with other times, in seconds; a step for which `estimate` gives none keeps its own. */
export function withDurations(
  plan: PathPlan,
  estimate: (step: StepId) => readonly [number, number] | undefined,
): PathPlan {
  const steps = plan.steps.map((step) => {
    const seconds = estimate(step.id);
    if (seconds === undefined || step.plan.kind === 'satisfied') return step;
    return { ...step, typicalSeconds: seconds };
  });
  return {
    ...plan,
    steps,
    totalSeconds: sumSeconds(steps),
    downtimeSeconds: sumSeconds(steps.filter((step) => step.writersPaused)),
  };
}

/** @throws BlockedError when the plan holds a problem */
export function assertNotBlocked(plan: PathPlan): void {
  const [first, ...others] = plan.problems;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
  throw new BlockedError(`${first.what}${more}`, plan.problems, {
    why: first.why,
    next: plan.problems.map((problem) => problem.fix),
  });
}

/** Readiness and a later step may find the same problem. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.what}`, problem])).values()];
}

async function planStep<Config>(
  context: PlanContext<Config>,
  step: SealedStep<Config>,
): Promise<PlannedStep> {
  const { config, runId, clock, signal } = context;
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
  };
  const known = context.findOutput === undefined ? {} : inputsFrom(config, runId, context.findOutput);
  const plan = await step.plan({ clock, signal, runId, note }, { ...known, config, runId });
  const { typicalSeconds } = step;
  return {
    id: step.id,
    title: step.title,
    plan,
    reversal: step.reversal,
    undoNote: tellUndo(context, step),
    ...(typicalSeconds !== undefined && plan.kind !== 'satisfied' && { typicalSeconds }),
    writersPaused: step.writersPaused,
    notes,
  };
}

/** A note that needs outputs of earlier steps cannot be told before they have run. */
function tellUndo<Config>(context: PlanContext<Config>, step: SealedStep<Config>): readonly string[] {
  let missing = false;
  const inputs = inputsFrom(context.config, context.runId, (id) => {
    const output = context.findOutput?.(id);
    missing ||= output === undefined;
    return output;
  });
  try {
    return step.undoNote(inputs);
  } catch (error) {
    if (missing) return [];
    throw error;
  }
}

function sumSeconds(steps: readonly PlannedStep[]): readonly [number, number] {
  return steps.reduce<[number, number]>(
    ([low, high], { typicalSeconds: [from, to] = [0, 0] }) => [low + from, high + to],
    [0, 0],
  );
}
