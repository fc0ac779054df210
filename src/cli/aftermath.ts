import type { CallState, RunState, StepState } from '../journal/run-state.js';
import { findAcuHour, pricesAsOf, pricingPages } from '../estimates/prices.js';
import { formatDuration } from '../views/quantity.js';
import type { Aftermath } from './error-screen.js';

/** What the journal says about a run that did not end well, for the failure screen. Reads nothing else. */
export function describeAftermath(state: RunState, step: string | undefined): Aftermath {
  const rollingBack = state.outcome === 'rolling-back';
  const word = state.outcome === 'finalizing' ? 'finalize' : 'resume';
  return {
    run: state.run,
    ...where(state, step),
    state: describeStanding(state),
    running: listResources(state),
    ...(rollingBack ? {} : { resume: `rds2aurora ${word} ${state.run}` }),
    ...(hasDeleted(state) ? {} : { rollback: `rds2aurora rollback ${state.run}` }),
  };
}

/** After `finalize` has begun to delete, there is no way back. */
function hasDeleted(state: RunState): boolean {
  return state.steps.some(({ id, calls }) => id === 'delete-source' && calls.length > 0);
}

function where(state: RunState, id: string | undefined): Pick<Aftermath, 'where'> {
  const index = state.steps.findIndex((step) => step.id === id);
  const step = state.steps[index];
  if (step === undefined) return {};
  const { startedAt, endedAt = state.lastAt } = step;
  const after =
    startedAt === undefined ? '' : `, after ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`;
  return { where: `Step ${index + 1}/${state.steps.length} ${step.title}${after}` };
}

function describeStanding(state: RunState): readonly string[] {
  const pending = state.pending.map(({ call, key }) => `${call} ${key}`);
  return [
    `The journal of ${state.run} is safe up to record ${state.seq}.`,
    ...(pending.length > 0
      ? [`Begun, effect not known: ${pending.join(', ')}. resume looks before it calls again.`]
      : []),
    ...describeWriters(state),
  ];
}

/** Whether the application can write is what people ask first. */
function describeWriters(state: RunState): readonly string[] {
  const pause = state.steps.find((step) => step.id === 'pause-writers');
  const resumed = state.steps.find((step) => step.id === 'resume-application');
  if (pause === undefined || pause.status === 'pending' || pause.status === 'undone') {
    return ['The writers were not paused: the source is serving as before.'];
  }
  if (resumed !== undefined && (resumed.status === 'verified' || resumed.status === 'succeeded')) {
    return ['The application runs on the target.'];
  }
  return ['The writers are paused: the application cannot write until resume or rollback has done its part.'];
}

/** Calls that make something which stands, and is paid for, whatever this tool does next. */
const makesResource = /^(rds:(Create|Restore|Copy)|cloudformation:(Create|Execute|Update)|command:|process:)/;

function listResources(state: RunState): readonly string[] {
  const standing = state.steps.filter((step) => step.status !== 'undone');
  const lines = standing.flatMap((step) =>
    step.calls.filter(isMaking).map((call) => describeResource(call, step)),
  );
  return lines.length === 0 ? [] : [...new Set(lines), ...describeCost(state)];
}

function isMaking(call: CallState): boolean {
  return makesResource.test(call.call);
}

function describeResource(call: CallState, step: StepState): string {
  const seen = step.observed[call.key];
  const known = call.effect === undefined ? 'not known whether AWS did it' : 'AWS goes on with it by itself';
  return `${call.effect?.arn ?? call.key}: ${call.call}, ${seen === undefined ? known : `last seen ${seen}`}`;
}

function describeCost(state: RunState): readonly string[] {
  const { target, region } = state.header.config;
  const capacity = isRecord(target) ? target['capacity'] : undefined;
  const min = isRecord(capacity) ? capacity['min'] : undefined;
  if (typeof min !== 'number') return [];
  const price = typeof region === 'string' ? findAcuHour(region) : undefined;
  const hourly =
    price === undefined
      ? `price not known for this Region: see ${pricingPages.aurora}`
      : `about $${(min * price).toFixed(2)} an hour at the prices of ${pricesAsOf}`;
  return [`An Aurora writer that stands bills at least ${min} ACU; ${hourly}.`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
