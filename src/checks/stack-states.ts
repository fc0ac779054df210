import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { Problem } from '../errors.js';
import type { ReadinessCheck } from './readiness-check.js';

/** States from which a stack takes an update. Source: "Stack status codes" in the CloudFormation User Guide. */
const updatable = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

export function createStackStatesCheck(
  cloudFormation: Pick<CloudFormationGateway, 'findStack' | 'listResources'>,
): ReadinessCheck {
  return {
    id: 'stack-states',
    title: 'The stacks are in states that allow the deployment',
    find: async ({ config: { source, target }, source: instance }) => {
      const problems: Problem[] = [];
      const inPlace = target.stack !== undefined && target.stack === source.stack;
      if (source.stack !== undefined) {
        const old = await cloudFormation.findStack(source.stack);
        if (old === undefined) problems.push(absent(source.stack));
        else if (!updatable.has(old.status)) problems.push(notAtRest(old));
        else if (inPlace) {
          const resources = await cloudFormation.listResources(source.stack);
          if (!resources.some((one) => one.physicalId.toLowerCase() === instance.identifier.toLowerCase()))
            problems.push(notOwner(source.stack, instance.identifier));
        }
      }
      if (target.deploy.api !== true && target.stack === undefined) problems.push(noTargetStack());
      if (target.stack !== undefined && !inPlace && target.deploy.api !== true) {
        const taken = await cloudFormation.findStack(target.stack);
        if (taken !== undefined && taken.status !== 'REVIEW_IN_PROGRESS') problems.push(stackTaken(taken));
      }
      return problems;
    },
  };
}

function absent(stack: string): Problem {
  return {
    code: 'StackNotFound',
    what: `there is no stack ${stack}`,
    why: 'source.stack names the stack that owns the source',
    fix: 'correct source.stack, or leave it out when no stack owns the source',
  };
}

function notAtRest(stack: Stack): Problem {
  return {
    code: 'StackNotReady',
    what: `the stack ${stack.name} is ${stack.status}`,
    why: 'CloudFormation takes no update in this state',
    fix: stack.status.endsWith('_IN_PROGRESS')
      ? 'wait until it has finished'
      : `bring it into a _COMPLETE state first (aws cloudformation continue-update-rollback --stack-name ${stack.name})`,
  };
}

function notOwner(stack: string, instance: string): Problem {
  return {
    code: 'StackDoesNotOwnSource',
    what: `the stack ${stack} has no resource ${instance}`,
    why: 'In place means that the stack of the source becomes the stack of the target',
    fix: 'correct source.stack or source.instance, or use another target.stack',
  };
}

function noTargetStack(): Problem {
  return {
    code: 'TargetStackMissing',
    what: 'target.stack is not set',
    why: 'A template or a deploy command needs the name of the stack it deploys',
    fix: 'set target.stack, or use target.deploy.api',
  };
}

function stackTaken(stack: Stack): Problem {
  return {
    code: 'StackTaken',
    what: `the stack ${stack.name} exists already (${stack.status})`,
    why: 'The tool deploys only into a new stack, or in place into the stack of the source',
    fix: `choose another target.stack, or resume the run that made it (rds2aurora runs), or delete it: aws cloudformation delete-stack --stack-name ${stack.name}`,
  };
}
