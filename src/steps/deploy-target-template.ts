/**
 * Deploys the template of the target by a change set: what CloudFormation would do is shown and judged before it is
 * done. A new stack carries the run's tags; in place the tags stay as they are, since a change of them would touch every
 * resource. A crash leaves a change set or a stack in progress, which the next attempt finds by name and tags.
 */
import type { NewChangeSet } from '../aws/cloudformation-change-sets.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import {
  changeSetName,
  destructionError,
  executeChanges,
  proposeChanges,
  withdrawChanges,
  withdrawLeftovers,
} from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { isOurs, ownTags } from './ownership.js';
import { planDeployment } from './plan-deployment.js';
import { deployTargetTemplate, retainSource } from './refs.js';
import { noteInPlaceUndo, takeBackSecret, verifyDeployedStack, type DeployDeps } from './deployed-stack.js';

interface In {
  readonly stack: string;
  readonly inPlace: boolean;
  readonly secret: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** Logical ids that the live stack retains; empty for a new stack. */
  readonly retained: readonly string[];
}
type Out = ReturnType<typeof deployTargetTemplate.output.parse>;

export function createDeployTargetTemplate(deps: DeployDeps): Step<In, Out, Config> {
  return {
    ...deployTargetTemplate,
    title: 'Deploy the template of the target',
    typicalSeconds: [600, 1_500],
    // The new template says nothing of the old resources any more; each removal is judged by its change set.
    overtakes: [retainSource.id],
    reversal: {
      kind: 'undo',
      note: ({ stack, inPlace }) =>
        inPlace ? noteInPlaceUndo(stack) : [`aws cloudformation delete-stack --stack-name ${stack}`],
      undo: (io, input) => undo(deps, io, input),
    },
    select: ({ config, findOutputOf }) => ({
      ...deploymentOf(config),
      retained: findOutputOf(retainSource)?.retained ?? [],
    }),
    plan: async (io, { config }) => {
      const { template, ...deployment } = deploymentOf(config);
      return planDeployment(deps, io, config, { ...deployment, template });
    },
    run: async (io, input) => {
      const text = await deps.templates.load(input.template);
      const stack = input.inPlace
        ? await deployInPlace(deps, io, input, text)
        : await deployNew(deps, io, input, text);
      return { stackId: stack.id, stackName: stack.name, created: !input.inPlace };
    },
    verify: (_io, _input, output) => verifyDeployedStack(deps, output),
  };
}

function deploymentOf({ source, target }: Config) {
  return {
    stack: target.stack ?? '',
    inPlace: target.stack !== undefined && target.stack === source.stack,
    secret: source.secret,
    template: target.deploy.template ?? '',
    parameters: target.deploy.parameters ?? {},
    capabilities: target.deploy.capabilities ?? [],
  };
}

async function deployNew(deps: DeployDeps, io: StepIo, input: In, text: string): Promise<Stack> {
  const found = await clearTheWay(deps, io, input);
  if (found !== undefined) return deps.waits.untilStackDeployed(io, found.id);
  const request: NewChangeSet = {
    ...requestOf(deps.templates, io, input, text),
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
async function clearTheWay(deps: DeployDeps, io: StepIo, input: In): Promise<Stack | undefined> {
  const stack = await deps.cloudFormation.findStack(input.stack);
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

async function deployInPlace(deps: DeployDeps, io: StepIo, input: In, text: string): Promise<Stack> {
  const stack = await getStack(deps, io, input.stack);
  const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
  if (live.trim() === text.trim()) return deps.waits.untilStackDeployed(io, stack.id);
  const declared = deps.templates.read(text).parameters.map((parameter) => parameter.name);
  const request: NewChangeSet = {
    ...requestOf(deps.templates, io, input, text),
    type: 'UPDATE',
    previousParameters: stack.parameters.filter((name) => declared.includes(name)),
    capabilities: [...new Set([...stack.capabilities, ...input.capabilities])],
  };
  const changeSet = await proposeChanges(deps, io, request);
  if (changeSet.empty) {
    await withdrawChanges(deps, io, request);
    return stack;
  }
  const problems = findDestruction(changeSet.changes, input.retained);
  if (problems.length > 0) {
    await withdrawChanges(deps, io, request);
    throw destructionError(stack.name, problems);
  }
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
  await executeChanges(deps, io, request, {
    secretVersion: (await deps.secrets.findSecret(input.secret))?.current,
  });
  return deps.waits.untilStackDeployed(io, stack.id);
}

/** The stack at rest: an update of an earlier attempt, or of somebody else, is let finish. */
async function getStack(deps: DeployDeps, io: StepIo, name: string): Promise<Stack> {
  const stack = await deps.cloudFormation.findStack(name);
  if (stack !== undefined) return deps.waits.untilStackSettled(io, stack.id);
  throw new MigrationError('StackNotFound', `there is no stack ${name}`, { resource: name, resumable: true });
}

function requestOf(templates: TemplateTools, io: StepIo, input: In, text: string) {
  const name = changeSetName(io, templates.digest(text));
  const { stack, parameters, capabilities } = input;
  return { stack, name, template: text, parameters, capabilities, token: name };
}

async function undo(deps: DeployDeps, io: StepIo, input: In): Promise<void> {
  if (input.inPlace) {
    await withdrawLeftovers(deps, io);
    await takeBackSecret(deps, io, input);
    return;
  }
  const stack = await deps.cloudFormation.findStack(input.stack);
  if (stack === undefined) return;
  const underReview = stack.status === 'REVIEW_IN_PROGRESS' && io.intents().length > 0;
  if (isOurs(stack, io.runId) || underReview) await deleteOwnStack(deps, io, stack);
  else io.note(`the stack ${stack.name} does not carry this run's tag and is left alone`);
}
