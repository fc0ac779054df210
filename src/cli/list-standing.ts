import { estimateHour, estimateSnapshot, type StandingInstance } from '../estimates/costs.js';
import type { Range } from '../estimates/measures.js';
import type { RunState } from '../journal/run-state.js';
import type { StepRef } from '../pipeline/step.js';
import * as refs from '../steps/refs.js';
import type { Report } from '../views/report.js';

/** What stands once the run is as its journal says, and costs money. A run that was taken back has left the source alone. */
export function listStanding(state: RunState): Report['standing'] {
  const ready = find(state, refs.checkReadiness);
  if (ready === undefined) return null;
  const { region } = ready;
  const { lines, perHour, asOf, remark } = estimateHour(
    region,
    [...listSource(state, ready), ...listTemporary(state, ready)],
    findCapacity(state),
  );
  return {
    ...{ currency: 'USD', asOf, perHour, remark },
    lines: [...lines, ...listSnapshots(state).map((name) => estimateSnapshot(region, `snapshot ${name}`))],
  };
}

type Ready = ReturnType<typeof refs.checkReadiness.output.parse>;

function listSource(state: RunState, { source }: Ready): StandingInstance[] {
  const ends = [refs.deleteStack, refs.giveUpSource, refs.deleteSource];
  const isGone = ends.some((ref) => stands(state, ref.id));
  return isGone ? [] : [describe(`source instance ${source.identifier}`, source)];
}

/** It has the class of the source. */
function listTemporary(state: RunState, { source }: Ready): StandingInstance[] {
  const made = find(state, refs.hydrateSource);
  if (made === undefined || stands(state, refs.removeTemporary.id)) return [];
  return [describe(`temporary instance ${made.instanceIdentifier}`, { ...source, multiAz: false })];
}

function describe(what: string, { instanceClass, multiAz }: Ready['source']): StandingInstance {
  return {
    what,
    instanceClass: instanceClass ?? 'a class that was not written down',
    multiAz: multiAz ?? false,
  };
}

function findCapacity(state: RunState): Range | undefined {
  const target = state.outcome === 'rolled-back' ? undefined : find(state, refs.awaitTarget);
  return target === undefined ? undefined : [target.minAcu, target.maxAcu];
}

/** Those that the run made. */
function listSnapshots(state: RunState): string[] {
  const given = find(state, refs.useSnapshot);
  const made = [
    find(state, refs.takeSnapshot),
    given?.copyOf === null ? undefined : given,
    find(state, refs.takeLastSnapshot),
  ];
  return made.flatMap((one) => (one === undefined ? [] : [one.snapshotIdentifier]));
}

/** The output of a step that has done its work, and was not taken back. */
function find<Out>(state: RunState, ref: StepRef<Out>): Out | undefined {
  const output = stands(state, ref.id) ? state.steps.find(({ id }) => id === ref.id)?.output : undefined;
  return output === undefined || output === null ? undefined : ref.output.parse(output);
}

function stands(state: RunState, id: string): boolean {
  const status = state.steps.find((step) => step.id === id)?.status;
  return status === 'succeeded' || status === 'verified';
}
