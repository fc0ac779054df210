import type { Holder } from '../journal/lock.js';
import type { Liveness } from '../journal/process-identity.js';
import type { RunState, StepState } from '../journal/run-state.js';
import type { StoredRun } from '../journal/runs.js';
import type { LiveResult, WayBack } from './live-schema.js';
import type { LockResult, RunStateName, RunSummary, StatusResult, StatusStep } from './result-schemas.js';

/** What `inspectRunLock` says; undefined when nobody holds the run. */
export type LockInspection = { readonly holder: Holder | undefined; readonly liveness: Liveness } | undefined;

/** A run in one line. */
export function summarizeRun(run: StoredRun, lock: LockInspection): RunSummary {
  const { state, problem } = run;
  const steps = state?.steps ?? [];
  return {
    run: run.id,
    state: state === undefined ? 'unreadable' : nameState(state, lock),
    path: state?.header.path ?? null,
    source: state?.header.source ?? null,
    target: state?.header.target ?? null,
    startedAt: state?.createdAt ?? null,
    lastAt: state?.lastAt ?? null,
    stepsDone: steps.filter(isDone).length,
    steps: steps.length,
    problem: problem?.message ?? null,
  };
}

/** A run in full, with what was found beyond its journal. */
export function describeRun(
  run: StoredRun & { readonly state: RunState },
  lock: LockInspection,
  live: LiveResult,
  byHand: WayBack | null = null,
): StatusResult {
  const { state } = run;
  return {
    ...summarizeRun(run, lock),
    directory: run.directory,
    sequence: state.seq,
    stepStates: state.steps.map(describeStep),
    pending: state.pending.map(({ step, call, key }) => ({ step, call, key })),
    lock: describeLock(lock),
    warnings: [...run.warnings],
    ...live,
    byHand,
  };
}

export function describeLock(lock: LockInspection): LockResult | null {
  if (lock === undefined) return null;
  const { holder, liveness } = lock;
  if (holder === undefined) return { holder: null, alive: liveness };
  const { user, host, pid, command, since } = holder;
  return { holder: { user, host, pid, command, since }, alive: liveness };
}

/** The command that makes sense for a run in this state. */
export function nextCommands(run: string, state: RunStateName): readonly string[] {
  if (state === 'failed' || state === 'interrupted')
    return [`rds2aurora resume ${run}`, `rds2aurora rollback ${run}`];
  if (state === 'rolling-back') return [`rds2aurora rollback ${run}`];
  if (state === 'finished')
    return [`rds2aurora validate`, `rds2aurora report ${run}`, `rds2aurora finalize ${run}`];
  if (state === 'running') return [`rds2aurora status ${run} --watch`];
  if (state === 'finalizing') return [`rds2aurora finalize ${run}`];
  if (state === 'finalized') return [`rds2aurora validate`];
  return [];
}

/** A lock that cannot be judged from here counts as held by a process at work. */
function nameState(state: RunState, lock: LockInspection): RunStateName {
  if (lock !== undefined && lock.liveness !== 'dead') return 'running';
  if (state.outcome !== 'unfinished') return state.outcome;
  return state.steps.some((step) => step.status === 'failed') ? 'failed' : 'interrupted';
}

function isDone(step: StepState): boolean {
  return step.status === 'verified';
}

function describeStep(step: StepState): StatusStep {
  const { startedAt, endedAt, failure } = step;
  const measured = startedAt !== undefined && endedAt !== undefined;
  return {
    id: step.id,
    title: step.title,
    state: step.status,
    attempts: step.attempts,
    startedAt: startedAt ?? null,
    endedAt: endedAt ?? null,
    milliseconds: measured ? Date.parse(endedAt) - Date.parse(startedAt) : null,
    error: failure === undefined ? null : { code: failure.code, what: failure.message },
    observed: { ...step.observed },
  };
}
