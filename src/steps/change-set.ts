import type { ChangeSet, NewChangeSet } from '../aws/cloudformation-change-sets.js';
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import { MigrationError, type Problem } from '../errors.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import { word } from './by-hand.js';

const createCall = 'cloudformation:CreateChangeSet';
const executeCall = 'cloudformation:ExecuteChangeSet';

export interface ChangeSetDeps {
  readonly cloudFormation: Pick<
    CloudFormationGateway,
    'createChangeSet' | 'findChangeSet' | 'executeChangeSet' | 'deleteChangeSet'
  >;
  readonly waits: Pick<StackWaits, 'untilChangeSetWorkedOut'>;
}

/**
 * The name tells run, step and template, so that after a crash the same change set is found again, and a corrected
 * template gets another one. Source: ChangeSetName (letters, digits, hyphens, at most 128).
 */
export function changeSetName(io: Pick<StepIo, 'runId' | 'stepId'>, templateDigest: string): string {
  return `rds2aurora-${io.runId}-${io.stepId}-${templateDigest.slice(0, 12)}`.slice(0, 128);
}

/** Asks CloudFormation what it would do. Nothing of the stack changes by it. */
export async function proposeChanges(
  deps: ChangeSetDeps,
  io: StepIo,
  request: NewChangeSet,
): Promise<ChangeSet> {
  const { stack, name } = request;
  const known = await deps.cloudFormation.findChangeSet(stack, name);
  if (known?.status === 'FAILED') await withdrawChanges(deps, io, request);
  if (known === undefined || known.status === 'FAILED')
    await io.mutate(
      { call: createCall, key: `${stack}/${name}` },
      () => deps.cloudFormation.createChangeSet(request),
      (outcome) => ({ detail: { outcome } }),
    );
  const changeSet = await deps.waits.untilChangeSetWorkedOut(io, stack, name);
  if (changeSet.status !== 'FAILED' || changeSet.empty) return changeSet;
  throw new MigrationError('ChangeSetFailed', `CloudFormation cannot work out the changes of ${stack}`, {
    why: changeSet.reason ?? 'It gives no reason',
    next: ['correct the template or its parameters, then resume'],
    resource: stack,
    resumable: true,
  });
}

export async function withdrawChanges(
  deps: Pick<ChangeSetDeps, 'cloudFormation'>,
  io: StepIo,
  { stack, name }: Pick<NewChangeSet, 'stack' | 'name'>,
): Promise<void> {
  await io.mutate({ call: 'cloudformation:DeleteChangeSet', key: `${stack}/${name}` }, () =>
    deps.cloudFormation.deleteChangeSet(stack, name),
  );
}

/** Executes a change set once: one that is already being executed, or has been, is left to run. */
export async function executeChanges(
  deps: Pick<ChangeSetDeps, 'cloudFormation'>,
  io: StepIo,
  { stack, name, token }: Pick<NewChangeSet, 'stack' | 'name' | 'token'>,
  before: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const changeSet = await deps.cloudFormation.findChangeSet(stack, name);
  if (changeSet?.executionStatus !== 'AVAILABLE') return;
  await io.mutate({ call: executeCall, key: `${stack}/${name}`, before }, () =>
    deps.cloudFormation.executeChangeSet(stack, name, token),
  );
}

/** Takes away the change sets of this step that were never executed. */
export async function withdrawLeftovers(
  deps: Pick<ChangeSetDeps, 'cloudFormation'>,
  io: StepIo,
): Promise<void> {
  for (const [stack, name] of listProposed(io.intents())) {
    const left = await deps.cloudFormation.findChangeSet(stack, name);
    if (left !== undefined && !left.executionStatus.startsWith('EXECUTE_'))
      await withdrawChanges(deps, io, { stack, name });
  }
}

/** Stack and name of every change set that was asked for. */
function listProposed(intents: readonly RecordedIntent[]): (readonly [stack: string, name: string])[] {
  const created = intents.filter(({ call }) => call === createCall);
  return [...new Set(created.map(({ key }) => key))].map((key) => {
    const [stack = '', name = ''] = key.split('/');
    return [stack, name];
  });
}

/** False while nothing but change sets was made. */
export function wasExecuted(intents: readonly RecordedIntent[]): boolean {
  return intents.some(({ call }) => call === executeCall);
}

/** `withdrawLeftovers` by hand, for a step that has executed none. */
export function noteWithdrawal(intents: readonly RecordedIntent[]): string[] {
  return listProposed(intents).map(
    ([stack, name]) =>
      `aws cloudformation delete-change-set --stack-name ${word(stack)} --change-set-name ${word(name)}`,
  );
}

/** The error of a deployment that was asked for and would destroy something. */
export function destructionError(stack: string, problems: readonly Problem[]): MigrationError {
  return new MigrationError('DestructiveChange', problems.map((problem) => problem.what).join('; '), {
    why: problems[0]?.why ?? 'A database or a secret would be lost',
    next: [...new Set(problems.map((problem) => problem.fix))],
    resource: stack,
    resumable: true,
  });
}
