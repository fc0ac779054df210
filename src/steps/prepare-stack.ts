/**
 * Before the writers pause: deploys of the target's template what can stand before the database, since the cluster must be
 * restored into the stack's own subnet group, which cannot be changed later, and an import may create nothing. Outputs of
 * ours let CloudFormation say what the cluster's properties come to. A crash leaves a stack that carries the run's tag.
 */
import type { DatabaseSettings } from '../aws/stack-stages.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, type Problem } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { noteStackDeletion } from './by-hand.js';
import { verifyDeployedStack, type DeployDeps } from './deployed-stack.js';
import { deleteNewStack, deployNewStack, type StackOrder } from './new-stack.js';
import { planDeployment } from './plan-deployment.js';
import { checkReadiness, prepareStack } from './refs.js';

interface In extends StackOrder {
  readonly template: string;
  readonly wanted: { readonly cluster: string; readonly engineVersion: string };
}
type Out = ReturnType<typeof prepareStack.output.parse>;

export function createPrepareStack(deps: DeployDeps): Step<In, Out, Config> {
  return {
    ...prepareStack,
    title: 'Deploy what the template needs beside the database',
    typicalSeconds: [30, 180],
    reversal: {
      kind: 'undo',
      note: ({ stack }) => noteStackDeletion(stack),
      undo: (io, input) => deleteNewStack(deps, io, input.stack),
    },
    select: ({ config, outputOf }) => ({
      ...stackOrderOf(config),
      wanted: {
        cluster: config.target.cluster,
        engineVersion: outputOf(checkReadiness).targetEngineVersion,
      },
    }),
    plan: async (io, { config }) => {
      const order = stackOrderOf(config);
      const planned = await planDeployment(deps, io, config, { ...order, inPlace: false });
      if (planned.kind === 'blocked') return planned;
      const { foundation } = deps.templates.findDatabase(await deps.templates.load(order.template));
      if (foundation.length === 0) return { kind: 'blocked', problems: [nothingElse(order.template)] };
      return {
        kind: 'change',
        effects: [`creates the stack ${order.stack} with ${foundation.join(', ')}, without the database`],
        calls: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
      };
    },
    run: async (io, input) => {
      const text = deps.templates.foundationStage(await deps.templates.load(input.template));
      const stack = await deployNewStack(deps, io, input, text);
      const settings = deps.templates.readSettings(stack.outputs);
      assertFits(input, settings);
      return { stackId: stack.id, stackName: stack.name, created: true, settings: { ...settings } };
    },
    verify: (_io, _input, output) => verifyDeployedStack(deps, output),
  };
}

export function stackOrderOf({ target }: Config): StackOrder & { readonly template: string } {
  const { template = '', parameters = {}, capabilities = [] } = target.deploy;
  return { stack: target.stack ?? '', template, parameters, capabilities };
}

/** Found before anybody's writing was stopped. Identifiers are compared as RDS does, without case. */
function assertFits({ wanted, template }: In, settings: DatabaseSettings): void {
  const { DBClusterIdentifier: cluster, EngineVersion: version } = settings;
  const differences = [
    cluster !== undefined && cluster.toLowerCase() !== wanted.cluster.toLowerCase()
      ? `DBClusterIdentifier is ${cluster}, target.cluster is ${wanted.cluster}`
      : undefined,
    version !== undefined && version !== wanted.engineVersion
      ? `EngineVersion is ${version}, the snapshot is restored to ${wanted.engineVersion}`
      : undefined,
  ].filter((one) => one !== undefined);
  if (differences.length === 0) return;
  throw new PreconditionError(
    'TemplateDiffers',
    `the template ${template} is of another cluster: ${differences.join('; ')}`,
    {
      why: 'CloudFormation would replace or upgrade the restored cluster',
      next: ['make the template and the configuration say the same, roll this run back, and begin again'],
    },
  );
}

function nothingElse(template: string): Problem {
  return {
    code: 'TemplateHasOnlyDatabase',
    what: `the template ${template} holds nothing that can stand before the database`,
    why: 'The stack is made with the rest of the template first, and the restored cluster is imported into it',
    fix: 'put the subnet group or the parameter group of the cluster into the template, or use target.deploy.api and import the cluster afterwards',
  };
}
