import type { NewChangeSet } from '../aws/cloudformation-change-sets.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { TemplateTools } from '../aws/template-tools.js';
import { PreconditionError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import { changeSetName, executeChanges, proposeChanges } from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import type { DeployDeps } from './deployed-stack.js';
import { describeChanges } from './deployment-judgement.js';
import { isOurs, ownTags } from './ownership.js';

/** A stack to be deployed, apart from its template. */
export interface StackOrder {
  readonly stack: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
}

/**
 * Creates a stack that carries the run's tags, or goes on with that of an earlier attempt.
 * @throws PreconditionError when the stack is not ours
 */
export async function deployNewStack(
  deps: DeployDeps,
  io: StepIo,
  order: StackOrder,
  text: string,
): Promise<Stack> {
  const found = await clearTheWay(deps, io, order);
  if (found !== undefined) return deps.waits.untilStackDeployed(io, found.id);
  const request: NewChangeSet = {
    ...toChangeRequest(deps.templates, io, order, text),
    type: 'CREATE',
    previousParameters: [],
    tags: ownTags(io),
  };
  const changeSet = await proposeChanges(deps, io, request);
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
  await executeChanges(deps, io, request);
  return deps.waits.untilStackDeployed(io, changeSet.stackId);
}

/**
 * The stack of an earlier attempt, if it can be gone on with. One that failed to be created takes no update, so it is
 * deleted first. @throws PreconditionError when the stack is not ours.
 */
async function clearTheWay(deps: DeployDeps, io: StepIo, order: StackOrder): Promise<Stack | undefined> {
  const stack = await deps.cloudFormation.findStack(order.stack);
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return undefined;
  if (!isOurs(stack, io.runId))
    throw new PreconditionError('StackTaken', `the stack ${stack.name} exists and was not made by this run`, {
      why: 'The tool deploys only into a new stack, or in place into the stack of the source',
      next: ['choose another target.stack, or delete that stack if nobody needs it'],
      resource: stack.id,
    });
  if (stack.status === 'CREATE_IN_PROGRESS' || /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)) return stack;
  const settled = stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'DELETE_IN_PROGRESS';
  const failed = settled ? await deps.waits.untilStackSettled(io, stack.id) : stack;
  io.note(`the stack ${stack.name} of an earlier attempt is ${failed.status}; it is deleted and made again`);
  await deleteOwnStack(deps, io, failed);
  return undefined;
}

/** What every change set of a deployment has in common; its name is its token. */
export function toChangeRequest(templates: TemplateTools, io: StepIo, order: StackOrder, text: string) {
  const name = changeSetName(io, templates.digest(text));
  const { stack, parameters, capabilities } = order;
  return { stack, name, template: text, parameters, capabilities, token: name };
}

/** Takes back what `deployNewStack` made. */
export async function deleteNewStack(deps: DeployDeps, io: StepIo, name: string): Promise<void> {
  const stack = await deps.cloudFormation.findStack(name);
  if (stack === undefined) return;
  const underReview = stack.status === 'REVIEW_IN_PROGRESS' && io.intents().length > 0;
  if (isOurs(stack, io.runId) || underReview) await deleteOwnStack(deps, io, stack);
  else io.note(`the stack ${stack.name} does not carry this run's tag and is left alone`);
}
