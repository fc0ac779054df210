import type { PlanResult } from '../cli/result-schemas.js';
import type { PathPlan } from '../pipeline/plan-path.js';
import type { EstimatedPlan } from './estimate-plan.js';

/** The plan as the envelope holds it. */
export function toPlanResult(plan: PathPlan & Partial<EstimatedPlan>): PlanResult {
  return {
    path: plan.path,
    steps: plan.steps.map((step) => ({
      id: step.id,
      title: step.title,
      plan: toStepPlan(step.plan),
      reversal: { ...step.reversal },
      undoNote: [...step.undoNote],
      ...(step.typicalSeconds === undefined ? {} : { typicalSeconds: toPair(step.typicalSeconds) }),
      writersPaused: step.writersPaused,
      notes: [...step.notes],
    })),
    problems: [...plan.problems],
    totalSeconds: toPair(plan.totalSeconds),
    downtimeSeconds: toPair(plan.downtimeSeconds),
    basis: [...(plan.basis ?? [])],
    cost: toCost(plan.cost ?? null),
  };
}

type StepPlanResult = PlanResult['steps'][number]['plan'];

function toStepPlan(plan: PathPlan['steps'][number]['plan']): StepPlanResult {
  if (plan.kind === 'satisfied') return plan;
  if (plan.kind === 'blocked') return { kind: 'blocked', problems: [...plan.problems] };
  const { kind, effects, calls, loses, details } = plan;
  return {
    ...{ kind, effects: [...effects] },
    ...(calls === undefined ? {} : { calls: [...calls] }),
    ...(loses === undefined ? {} : { loses: { ...loses } }),
    ...(details === undefined ? {} : { details: { ...details } }),
  };
}

function toCost(cost: EstimatedPlan['cost']): PlanResult['cost'] {
  if (cost === null) return null;
  const { lines, bothPerHour } = cost;
  return {
    ...cost,
    lines: lines.map((line) => ({ ...line, usd: line.usd === null ? null : toPair(line.usd) })),
    bothPerHour: bothPerHour === null ? null : toPair(bothPerHour),
  };
}

function toPair([low, high]: readonly [number, number]): [number, number] {
  return [low, high];
}
