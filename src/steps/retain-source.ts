/**
 * In place only. Gives the source, its secret and all they depend on `DeletionPolicy: Retain` in the live stack, and
 * proves it, before a deployment drops them from the template: CloudFormation would delete the instance in its clean-up.
 * The edit adds lines to the live template and is taken back by their exact reverse; a crash leaves at most a change
 * set, or a stack whose resources are retained.
 */
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { MigrationError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { deployTargetTemplate, retainSource, runDeployCommand } from './refs.js';
import {
  noteRestored,
  readLiveTemplate,
  restoreInStack,
  retainInStack,
  verifyRetained,
  type RetainInStackDeps,
} from './retain-in-stack.js';

export interface RetainSourceDeps extends RetainInStackDeps {
  readonly cloudFormation: RetainInStackDeps['cloudFormation'] & Pick<CloudFormationGateway, 'listResources'>;
  readonly secrets: Pick<SecretsGateway, 'findSecret'>;
  readonly templates: RetainInStackDeps['templates'] & Pick<TemplateTools, 'closureOf'>;
}

interface Owned {
  readonly stack: string;
  readonly instance: string;
  readonly secret: string;
}
interface In extends Owned {
  /** A later step has deployed it: what this one changed is gone with the template. */
  readonly hasNewTemplate: boolean;
}
type Out = ReturnType<typeof retainSource.output.parse>;

export function createRetainSource(deps: RetainSourceDeps): Step<In, Out, Config> {
  return {
    ...retainSource,
    title: 'Make the old stack keep the source',
    typicalSeconds: [20, 120],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ stack, hasNewTemplate }, { intents }) =>
        hasNewTemplate
          ? [`# the stack ${stack} has another template since, and does not own the source any more`]
          : noteRestored(deps, retainSource.id, stack, intents),
      undo: (io, { stack }) => restoreInStack(deps, io, stack),
    },
    select: ({ config: { source }, findOutputOf }) => ({
      ...targetOf(source),
      hasNewTemplate: (findOutputOf(deployTargetTemplate) ?? findOutputOf(runDeployCommand)) !== undefined,
    }),
    plan: async (_io, { config: { source } }) => {
      const input = targetOf(source);
      const { closure } = await examine(deps, input);
      return {
        kind: 'change',
        effects: [
          `sets DeletionPolicy and UpdateReplacePolicy Retain in ${input.stack} for ${closure.join(', ')}; nothing else changes`,
        ],
        calls: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
      };
    },
    run: async (io, input) => {
      const { stack, closure, root } = await examine(deps, input);
      await retainInStack(deps, io, stack, { ids: closure, marked: root });
      return { stackId: stack.id, retained: closure };
    },
    verify: async (_io, input, output) => {
      await verifyRetained(deps, input.stack, output.retained);
    },
  };
}

function targetOf({ stack = '', instance, secret }: Config['source']): Owned {
  return { stack, instance, secret };
}

/** Finds the instance and the secret in the stack, and what they depend on. */
async function examine(deps: RetainSourceDeps, input: Owned) {
  const stack = await deps.cloudFormation.findStack(input.stack);
  if (stack === undefined)
    throw new MigrationError('StackNotFound', `there is no stack ${input.stack}`, {
      resource: input.stack,
      resumable: true,
    });
  const resources = await deps.cloudFormation.listResources(stack.name);
  const secretArn = (await deps.secrets.findSecret(input.secret))?.arn;
  const idOf = (physicalId: string | undefined) =>
    resources.find((one) => one.physicalId.toLowerCase() === physicalId?.toLowerCase())?.logicalId;
  const root = idOf(input.instance);
  if (root === undefined)
    throw new MigrationError('SourceNotInStack', `the stack ${input.stack} does not own ${input.instance}`, {
      why: 'In place means that the stack of the source becomes the stack of the target',
      resource: stack.id,
      resumable: true,
    });
  const secret = idOf(secretArn);
  const template = await readLiveTemplate(deps, stack.name, 'Original');
  const closure = deps.templates.closureOf(template, secret === undefined ? [root] : [root, secret]);
  return { stack, root, closure };
}
