import type { Action } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import type { Stack, StackResource } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { pageOf } from './pages.js';
import { givenTexts, optionalText, requiredText } from './request.js';
import { eventShape, members, resourceShape, stackShape, stackSummaryShape } from './shapes.js';

const stacksPerPage = 100;
const eventsPerPage = 100;

/** The read-only actions on stacks, their events and resources. */
export function describeActions(env: Environment): Readonly<Record<string, Action>> {
  return {
    DescribeStacks: describeStacks(env),
    ListStacks: listStacks(env),
    DescribeStackEvents: describeStackEvents(env),
    DescribeStackResource: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      const logicalId = requiredText(input, 'LogicalResourceId');
      const resource = stack.resources.get(logicalId);
      if (!resource) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
      const detail = {
        ...inStack(stack),
        ...resourceShape(resource),
        LastUpdatedTimestamp: resource.updatedAt,
        Metadata: metadataOf(resource),
      };
      return { StackResourceDetail: detail };
    },
    DescribeStackResources: describeStackResources(env),
    ListStackResources: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      const page = pageOf([...stack.resources.values()], input, stacksPerPage);
      const summaries = page.items.map((resource) => ({
        ...resourceShape(resource),
        LastUpdatedTimestamp: resource.updatedAt,
      }));
      return { StackResourceSummaries: members(summaries), NextToken: page.nextToken };
    },
  };
}

function describeStacks(env: Environment): Action {
  return (input) => {
    const name = optionalText(input, 'StackName');
    const found = name === undefined ? env.store.live() : [env.store.get(name)];
    const page = pageOf(found, input, stacksPerPage);
    return { Stacks: members(page.items.map(stackShape)), NextToken: page.nextToken };
  };
}

function listStacks(env: Environment): Action {
  return (input) => {
    const wanted = givenTexts(input, 'StackStatusFilter') ?? [];
    const found = env.store.all().filter(({ status }) => wanted.length === 0 || wanted.includes(status));
    const page = pageOf(found, input, stacksPerPage);
    return { StackSummaries: members(page.items.map(stackSummaryShape)), NextToken: page.nextToken };
  };
}

function describeStackEvents(env: Environment): Action {
  return (input) => {
    const name = requiredText(input, 'StackName');
    const stack = env.store.find(name);
    if (!stack) throw validationError(`Stack [${name}] does not exist`);
    const page = pageOf(stack.events.toReversed(), input, eventsPerPage);
    return {
      StackEvents: members(page.items.map((event) => eventShape(stack, event))),
      NextToken: page.nextToken,
    };
  };
}

function describeStackResources(env: Environment): Action {
  return (input) => {
    const physicalId = optionalText(input, 'PhysicalResourceId');
    const name = optionalText(input, 'StackName');
    const stack =
      name === undefined ? env.store.live().find((one) => holds(one, physicalId)) : env.store.get(name);
    if (!stack) throw validationError(`Stack for ${physicalId ?? ''} does not exist`);
    const logicalId = optionalText(input, 'LogicalResourceId');
    const wanted = [...stack.resources.values()].filter(
      (resource) => logicalId === undefined || resource.logicalId === logicalId,
    );
    const shapes = wanted.map((resource) => ({
      ...inStack(stack),
      ...resourceShape(resource),
      Timestamp: resource.updatedAt,
    }));
    return { StackResources: members(shapes) };
  };
}

function holds(stack: Stack, physicalId: string | undefined): boolean {
  return [...stack.resources.values()].some((resource) => resource.physicalId === physicalId);
}

function inStack(stack: Stack) {
  return { StackId: stack.id, StackName: stack.name };
}

function metadataOf({ declaration }: StackResource): string | undefined {
  return declaration.metadata === undefined ? undefined : JSON.stringify(declaration.metadata);
}
