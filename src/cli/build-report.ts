import type { RunState } from '../journal/run-state.js';
import type { StepRef } from '../pipeline/step.js';
import { describeAge } from '../steps/snapshot-name.js';
import { importByHand } from '../steps/import-by-hand.js';
import * as refs from '../steps/refs.js';
import type { CheckRow, ComparisonRow } from '../views/checks-table.js';
import type { Report, ReportChange } from '../views/report.js';
import { listStanding } from './list-standing.js';

export interface ReportExtras {
  /** What `previewUndo` says. */
  readonly undo: readonly { readonly id: string; readonly note: readonly string[] }[];
}

/** The report of a run, from its journal alone. */
export function buildReport(state: RunState, extras: ReportExtras): Report {
  const { header } = state;
  return {
    schema: 'rds2aurora/report@1',
    run: state.run,
    path: header.path,
    outcome: state.outcome,
    toolVersion: header.toolVersion,
    startedAt: state.createdAt,
    lastAt: state.lastAt,
    totalMilliseconds: Date.parse(state.lastAt) - Date.parse(state.createdAt),
    downtime: measureDowntime(state),
    source: header.source,
    target: header.target,
    steps: state.steps.map(describeStep),
    checks: listChecks(state),
    comparisons: listComparisons(state),
    changes: listChanges(state),
    standing: listStanding(state),
    remarks: listRemarks(state),
    undo: extras.undo.map(({ id, note }) => ({ step: id, note })),
  };
}

/** From the pause of the writers to the start of the application. */
export function measureDowntime(state: RunState): Report['downtime'] {
  const from = findOutput(state, refs.pauseWriters)?.pausedAt;
  const to = findOutput(state, refs.resumeApplication)?.resumedAt;
  if (from === undefined || to === undefined) return null;
  return { from, to, milliseconds: Date.parse(to) - Date.parse(from) };
}

export function listChecks(state: RunState): readonly CheckRow[] {
  return findOutput(state, refs.validateTarget)?.checks ?? [];
}

/** Those of the verification, then those that the validation made once more. */
export function listComparisons(state: RunState): readonly ComparisonRow[] {
  const verified = findOutput(state, refs.verifyData)?.comparisons ?? [];
  const validated = findOutput(state, refs.validateTarget)?.comparisons ?? [];
  const known = new Set(verified.map((one) => one.item));
  return [...verified, ...validated.filter((one) => !known.has(one.item) || one.result !== 'match')];
}

export interface GivenUp {
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
  /** False when rows were estimated. */
  readonly exact: boolean;
  readonly bytes: number;
  readonly lastWrite: string | null;
  readonly finalSnapshot: string | null;
}

/** What a fresh start has given up; undefined on the other paths. */
export function findGivenUp(state: RunState): GivenUp | undefined {
  const loss = findOutput(state, refs.recordLoss);
  if (loss === undefined) return undefined;
  const { databases, tables, rows, exact, bytes, lastWrite } = loss;
  const snapshot = findOutput(state, refs.takeSnapshot);
  return {
    databases,
    tables,
    rows,
    exact,
    bytes,
    lastWrite,
    finalSnapshot: snapshot?.snapshotIdentifier ?? null,
  };
}

/** A fresh start: what is gone, where it can still be had, and what the old stack has yet to be told. */
function listFreshRemarks(state: RunState): readonly string[] {
  const given = findGivenUp(state);
  if (given === undefined) return [];
  const { left } = findOutput(state, refs.furnishDatabase) ?? { left: [] };
  const deleted = findOutput(state, refs.giveUpSource);
  const source = state.header.config['source'];
  const stack: unknown =
    typeof source === 'object' && source !== null ? Reflect.get(source, 'stack') : undefined;
  return [
    describeGivenUp(given),
    ...(left.length > 0
      ? [`Not shipped by the target: ${left.map(({ name, version }) => `${name} ${version}`).join(', ')}`]
      : []),
    ...(deleted !== undefined && typeof stack === 'string'
      ? [takeOutByHand(stack, deleted.instanceIdentifier)]
      : []),
  ];
}

export function describeGivenUp({ databases, tables, rows, exact, finalSnapshot }: GivenUp): string {
  const kept =
    finalSnapshot === null
      ? 'No final snapshot was taken.'
      : `The final snapshot ${finalSnapshot} has it, and costs money until you delete it.`;
  return `The data of the source was given up on purpose, so none was compared: ${String(databases)} databases, ${String(tables)} tables, ${exact ? '' : 'about '}${String(rows)} rows. ${kept}`;
}

/** CloudFormation does not notice that an instance is gone; an update that removes it takes its absence for success. */
function takeOutByHand(stack: string, instance: string): string {
  return `The stack ${stack} still names ${instance}, which is gone: before anything else is deployed to it, take it out. First give the secret and its attachment DeletionPolicy: Retain (when an attachment goes, CloudFormation takes the host out of the secret that the application reads), then take the instance and all that refers to it (outputs, alarms, that attachment) out of the template, and update the stack. Until then: aws cloudformation detect-stack-drift --stack-name ${stack} shows it as DELETED.`;
}

function listRemarks(state: RunState): readonly string[] {
  const prepared = findOutput(state, refs.prepareTarget);
  const restored = findOutput(state, refs.restoreDatabase) ?? findOutput(state, refs.streamDatabase);
  const roles = prepared?.rolesWithoutPassword ?? [];
  return [
    ...(roles.length > 0
      ? [`These roles have no password on the target yet, set them: ${roles.join(', ')}`]
      : []),
    ...listAgeRemarks(state),
    ...listSnapshotRemarks(state),
    ...listReplacementRemarks(state),
    ...listFreshRemarks(state),
    ...(restored?.ignoredErrors ?? []).map(({ rule, text }) => `Let pass while restoring (${rule}): ${text}`),
  ];
}

/** What was accepted when the move was begun from a snapshot that was there already. */
function listAgeRemarks(state: RunState): readonly string[] {
  const given = findOutput(state, refs.useSnapshot);
  if (given === undefined) return [];
  const { header } = state;
  const paused = findOutput(state, refs.pauseWriters)?.pausedAt;
  const until = paused === undefined ? 'and later' : `and ${paused}, when its writers were paused`;
  const age =
    paused === undefined ? '' : `, ${describeAge(Date.parse(paused) - Date.parse(given.createdAt))}`;
  return [
    `${header.target} was made from the snapshot ${given.copyOf ?? given.snapshotIdentifier}: what was written to ${header.source} between ${given.createdAt} ${until}${age}, is not in it. Comparisons that say "older" were not equal for that reason, and could not be proven.`,
  ];
}

/** What a snapshot does not bring along, and what the stack says otherwise. */
function listSnapshotRemarks(state: RunState): readonly string[] {
  const parameters = findOutput(state, refs.carryParameters);
  const stack = findOutput(state, refs.bringIntoStack);
  const target = findOutput(state, refs.awaitTarget);
  const isAlone = findOutput(state, refs.restoreCluster) !== undefined && target?.stack === null;
  return [
    ...(parameters?.left ?? []).map(
      ({ name, value, why, restartNeeded }) =>
        `Parameter not taken over: ${name} = ${value} (${why}${restartNeeded ? '; a change needs a restart' : ''})`,
    ),
    ...(stack?.drift ?? []).map(
      ({ logicalId, property, expected, actual }) =>
        `Drift of ${logicalId} when it came into the stack: ${property} is ${actual}, the template says ${expected}`,
    ),
    ...(isAlone
      ? [`No stack owns the cluster: ${importByHand(target.clusterIdentifier, target.instanceIdentifier)}`]
      : []),
  ];
}

/** In place: what CloudFormation would undo with the next deployment. */
function listReplacementRemarks(state: RunState): readonly string[] {
  const deployed = findOutput(state, refs.deployFromSnapshot);
  const snapshot = findOutput(state, refs.takeSnapshot);
  if (findOutput(state, refs.deployEmpty) !== undefined && snapshot !== undefined)
    return [
      `Keep the snapshot ${snapshot.snapshotIdentifier} for as long as there may be a way back: rollback makes the old stack from it. The new stack does not need it.`,
    ];
  if (deployed === undefined || snapshot === undefined) return [];
  const parameters = Object.keys(deployed.parameters);
  const what = parameters.length > 0 ? `The parameter ${parameters.join(', ')}` : 'SnapshotIdentifier';
  return [
    `${what} has to stay as it is in ${deployed.stackName}, for ever: without it CloudFormation replaces the cluster with an empty one. The template that was deployed is ${deployed.file} in the folder of the run: put it into your repository before the next deployment.`,
    `Keep the snapshot ${snapshot.snapshotIdentifier}: the template names it, and rollback makes the old stack from it.`,
  ];
}

function listChanges(state: RunState): readonly ReportChange[] {
  return state.steps.flatMap((step) =>
    step.calls.map(({ call, key, effect }) => ({
      step: step.id,
      call,
      key,
      arn: effect?.arn ?? null,
      requestId: effect?.requestId ?? null,
    })),
  );
}

function describeStep(step: RunState['steps'][number]): Report['steps'][number] {
  const { startedAt, endedAt } = step;
  const ended = startedAt !== undefined && endedAt !== undefined;
  return {
    id: step.id,
    title: step.title,
    state: step.status,
    attempts: step.attempts,
    startedAt: startedAt ?? null,
    milliseconds: ended ? Date.parse(endedAt) - Date.parse(startedAt) : null,
  };
}

function findOutput<Out>(state: RunState, ref: StepRef<Out>): Out | undefined {
  const output = state.steps.find((step) => step.id === ref.id)?.output;
  return output === undefined ? undefined : ref.output.parse(output);
}
