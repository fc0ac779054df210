import type { NewChangeSet } from '../aws/cloudformation-change-sets.js';
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { TemplateTools } from '../aws/template-tools.js';
import { PreconditionError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import {
  changeSetName,
  destructionError,
  executeChanges,
  proposeChanges,
  withdrawChanges,
} from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { isOfStep } from './ownership.js';
import type { StackResourceRef } from './saved-stack.js';

export interface FreshStackDeps {
  readonly cloudFormation: Pick<
    CloudFormationGateway,
    | 'findStack'
    | 'getTemplate'
    | 'listResources'
    | 'deleteStack'
    | 'listImportIdentifiers'
    | 'createChangeSet'
    | 'findChangeSet'
    | 'executeChangeSet'
    | 'deleteChangeSet'
  >;
  readonly rds: Pick<RdsGateway, 'findCluster' | 'setDeletionProtection'>;
  readonly waits: StackWaits;
  readonly templates: Pick<TemplateTools, 'read' | 'digest' | 'keepResources'>;
}

/** A stack that takes the place of one that was deleted. */
export interface FreshStack {
  readonly name: string;
  readonly template: string;
  /** Those that the template does not declare are passed over. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** With this run's own: they tell whose the stack is. */
  readonly tags: Readonly<Record<string, string>>;
  readonly roleArn?: string;
  readonly notificationArns?: readonly string[];
}

/**
 * Deploys a stack whose resources are in part still there. What the old stack retained is brought in first, by a change
 * set of type IMPORT with these resources alone, since an import may add nothing; a second change set makes the rest.
 * A crash leaves a change set or a stack with the run's tags, from which the next attempt goes on.
 * @param prepare called once the name is free; gives the resources that stand and may be taken in
 */
export async function deployFresh(
  deps: FreshStackDeps,
  io: StepIo,
  fresh: FreshStack,
  prepare: () => Promise<readonly StackResourceRef[]>,
): Promise<Stack> {
  const ours = await clearTheWay(deps, io, fresh.name);
  if (ours !== undefined && (await holds(deps, ours, fresh.template))) return ours;
  const standing = ours ?? (await takeIn(deps, io, fresh, await prepare()));
  return bring(deps, io, fresh, standing);
}

/** True when the stack is at rest and has this template. */
export async function holds(
  { cloudFormation }: Pick<FreshStackDeps, 'cloudFormation'>,
  stack: Stack,
  template: string,
): Promise<boolean> {
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)) return false;
  return (await cloudFormation.getTemplate(stack.id, 'Original')).trim() === template.trim();
}

/** Creates the stack, or updates the one that stands; nothing that holds data may be lost by it. */
export async function bring(
  deps: FreshStackDeps,
  io: StepIo,
  fresh: FreshStack,
  standing: Stack | undefined,
): Promise<Stack> {
  const request = requestOf(deps, io, fresh, standing === undefined ? 'CREATE' : 'UPDATE');
  const changeSet = await proposeChanges(deps, io, request);
  if (changeSet.empty && standing !== undefined) {
    await withdrawChanges(deps, io, request);
    return standing;
  }
  const problems = findDestruction(changeSet.changes, []);
  if (problems.length > 0) {
    await withdrawChanges(deps, io, request);
    throw destructionError(fresh.name, problems);
  }
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
  await executeChanges(deps, io, request);
  return deps.waits.untilStackDeployed(io, changeSet.stackId);
}

/** The stack of an earlier attempt, at rest, if it can be gone on with. @throws PreconditionError when it is not ours */
async function clearTheWay(deps: FreshStackDeps, io: StepIo, name: string): Promise<Stack | undefined> {
  const stack = await deps.cloudFormation.findStack(name);
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return undefined;
  if (!isOfStep(stack, io))
    throw new PreconditionError('StackTaken', `the stack ${name} exists and was not made by this run`, {
      why: 'The name was to be free: either the old stack has not gone, or somebody has taken its name',
      next: ['delete or rename it if nobody needs it, then resume'],
      resource: stack.id,
      resumable: true,
    });
  if (stack.status === 'DELETE_IN_PROGRESS') {
    await deps.waits.untilStackGone(io, stack.id);
    return undefined;
  }
  const rested = stack.status.endsWith('_IN_PROGRESS')
    ? await deps.waits.untilStackSettled(io, stack.id)
    : stack;
  if (/^((CREATE|UPDATE|IMPORT)_COMPLETE|UPDATE_ROLLBACK_COMPLETE)$/.test(rested.status)) return rested;
  io.note(`the stack ${name} of an earlier attempt is ${rested.status}; it is deleted and made again`);
  await deleteOwnStack(deps, io, rested);
  return undefined;
}

async function takeIn(
  deps: FreshStackDeps,
  io: StepIo,
  fresh: FreshStack,
  standing: readonly StackResourceRef[],
): Promise<Stack | undefined> {
  const types = new Map(
    deps.templates.read(fresh.template).resources.map((one) => [one.logicalId, one.type]),
  );
  const wanted = standing.filter(({ logicalId, type }) => types.get(logicalId) === type);
  if (wanted.length === 0) return undefined;
  const identifiers = await deps.cloudFormation.listImportIdentifiers(fresh.template);
  const template = deps.templates.keepResources(
    fresh.template,
    wanted.map((one) => one.logicalId),
  );
  const request: NewChangeSet = {
    ...requestOf(deps, io, { ...fresh, template }, 'IMPORT'),
    imports: wanted.map((one) => ({
      logicalId: one.logicalId,
      type: one.type,
      identifier: { [identifierOf(one, identifiers[one.type])]: one.physicalId },
    })),
  };
  io.note(
    `takes ${wanted.map((one) => one.logicalId).join(', ')} into ${fresh.name}: the old stack left them standing`,
  );
  const changeSet = await proposeChanges(deps, io, request);
  await executeChanges(deps, io, request);
  return deps.waits.untilStackDeployed(io, changeSet.stackId);
}

/** Only types that are named by one property have that property as their physical id. */
function identifierOf({ logicalId, type }: StackResourceRef, names: readonly string[] | undefined): string {
  const [name, ...others] = names ?? [];
  if (name !== undefined && others.length === 0) return name;
  throw new PreconditionError(
    'NotImportable',
    `${logicalId} (${type}) stands and cannot be imported by its id`,
    {
      why: 'The old stack retained it, and the new template wants to create it anew under the same logical id',
      next: [`delete it if nobody needs it, or take ${logicalId} out of the template, then resume`],
      resumable: true,
    },
  );
}

function requestOf(
  { templates }: FreshStackDeps,
  io: StepIo,
  { name: stack, template, parameters, capabilities, tags, roleArn, notificationArns }: FreshStack,
  type: NewChangeSet['type'],
): NewChangeSet {
  const declared = templates.read(template).parameters.map((one) => one.name);
  // A change set that was executed keeps its name taken: each attempt has its own.
  const executed = io.intents().filter(({ call }) => call === 'cloudformation:ExecuteChangeSet').length;
  const stepId = `${io.stepId}-${type.toLowerCase()}-${String(executed)}`;
  const name = changeSetName({ runId: io.runId, stepId }, templates.digest(template));
  return {
    ...{ stack, name, type, template, capabilities, tags, token: name, previousParameters: [] },
    parameters: Object.fromEntries(Object.entries(parameters).filter(([key]) => declared.includes(key))),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(notificationArns === undefined ? {} : { notificationArns }),
  };
}
