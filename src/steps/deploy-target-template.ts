/**
 * Deploys the template of the target by a change set: what CloudFormation would do is shown and judged before it is
 * done. A new stack carries the run's tags; in place the tags stay as they are, since a change of them would touch every
 * resource. A crash leaves a change set or a stack in progress, which the next attempt finds by name and tags.
 */
import type { NewChangeSet } from '../aws/cloudformation-change-sets.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { Config } from '../config/schema.js';
import { MigrationError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import {
  destructionError,
  executeChanges,
  proposeChanges,
  withdrawChanges,
  withdrawLeftovers,
} from './change-set.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { deleteNewStack, deployNewStack, toChangeRequest } from './new-stack.js';
import { planDeployment } from './plan-deployment.js';
import { deployTargetTemplate, retainSource } from './refs.js';
import { noteFreshStack } from './delete-fresh-stack.js';
import { noteTakenBack, takeBackSecret, verifyDeployedStack, type DeployDeps } from './deployed-stack.js';

interface In {
  readonly stack: string;
  readonly inPlace: boolean;
  readonly secret: string;
  readonly cluster: string;
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
      note: ({ stack, inPlace, secret, cluster }, { intents }) =>
        inPlace ? noteTakenBack(stack, secret, intents) : noteFreshStack(stack, cluster, intents),
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
        : await deployNewStack(deps, io, input, text);
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
    cluster: target.cluster,
    template: target.deploy.template ?? '',
    parameters: target.deploy.parameters ?? {},
    capabilities: target.deploy.capabilities ?? [],
  };
}

async function deployInPlace(deps: DeployDeps, io: StepIo, input: In, text: string): Promise<Stack> {
  const stack = await getStack(deps, io, input.stack);
  const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
  if (live.trim() === text.trim()) return deps.waits.untilStackDeployed(io, stack.id);
  const declared = deps.templates.read(text).parameters.map((parameter) => parameter.name);
  const request: NewChangeSet = {
    ...toChangeRequest(deps.templates, io, input, text),
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

async function undo(deps: DeployDeps, io: StepIo, input: In): Promise<void> {
  if (!input.inPlace) {
    await deleteNewStack(deps, io, input.stack);
    return;
  }
  await withdrawLeftovers(deps, io);
  await takeBackSecret(deps, io, input);
}
