import type { PlanResult } from '../cli/result-schemas.js';
import type { PathPlan } from '../pipeline/plan-path.js';

/** The plan as the envelope holds it. */
export function toPlanResult(plan: PathPlan): PlanResult {
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
  };
}

type StepPlanResult = PlanResult['steps'][number]['plan'];

function toStepPlan(plan: PathPlan['steps'][number]['plan']): StepPlanResult {
  if (plan.kind === 'satisfied') return plan;
  if (plan.kind === 'blocked') return { kind: 'blocked', problems: [...plan.problems] };
  const { kind, effects, calls } = plan;
  return { kind, effects: [...effects], ...(calls === undefined ? {} : { calls: [...calls] }) };
}

function toPair([low, high]: readonly [number, number]): [number, number] {
  return [low, high];
}
