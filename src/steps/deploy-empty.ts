/**
 * In place, with a deploy command, or for a fresh start. Deploys the new stack in the place of the old one, from its
 * template or the one that the command deploys, but without tasks: a command cannot be told to leave them out, and what
 * the application wrote into a cluster that is not ready would be lost. The command, or the template as it is, follows
 * once the database is ready (settle-by-command, settle-stack).
 * A crash leaves a change set or a stack with the run's tags, from which the next attempt goes on.
 */
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import type { Step, StepPlan } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { deleteFreshStack, noteFreshStack } from './delete-fresh-stack.js';
import { unseenTemplate } from './deploy-command-call.js';
import { newStackOf } from './deploy-from-snapshot.js';
import { verifyDeployedStack } from './deployed-stack.js';
import { deployFresh, type FreshStackDeps } from './fresh-stack.js';
import { missingParameters } from './plan-deployment.js';
import { deleteStack, deployEmpty, saveStack } from './refs.js';
import { readSavedStack, type StackResourceRef } from './saved-stack.js';
import { bringSecretsBack, type SealedSecretsDeps } from './sealed-secrets.js';

export interface DeployEmptyDeps extends FreshStackDeps, SealedSecretsDeps {
  readonly templates: TemplateTools;
  readonly files: RunFiles;
}

interface In {
  readonly config: Config;
  readonly saved: ReturnType<typeof saveStack.output.parse>;
  readonly kept: readonly StackResourceRef[];
}
type Out = ReturnType<typeof deployEmpty.output.parse>;

export function createDeployEmpty(deps: DeployEmptyDeps): Step<In, Out, Config> {
  return {
    ...deployEmpty,
    title: 'Deploy the new stack, its cluster empty',
    typicalSeconds: [600, 1_500],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ config, saved }, { output, intents }) =>
        noteFreshStack(output?.stackId ?? saved.stackName, config.target.cluster, intents),
      undo: (io, input, output) => deleteFreshStack(deps, io, input.saved.stackName, output?.stackId),
    },
    select: ({ config, outputOf }) => ({
      config,
      saved: outputOf(saveStack),
      kept: outputOf(deleteStack).kept,
    }),
    plan: (_io, { config }) => plan(deps, config),
    run: async (io, { config, saved: output, kept }) => {
      const saved = await readSavedStack(deps.files, output);
      const text = await deps.templates.load(templateOf(config) ?? '');
      const stage = newStackOf(io, config, saved, deps.templates.withoutTasks(text), {});
      const stack = await deployFresh(deps, io, stage, async () => [
        ...kept.filter(({ type }) => type !== 'AWS::SecretsManager::Secret'),
        ...(await bringSecretsBack(deps, io, output, saved)),
      ]);
      return { stackId: stack.id, stackName: stack.name, created: true };
    },
    verify: (_io, _input, output) => verifyDeployedStack(deps, output),
  };
}

function templateOf({ target: { deploy } }: Config): string | undefined {
  return deploy.template ?? deploy.commandTemplate;
}

async function plan(deps: DeployEmptyDeps, config: Config): Promise<StepPlan> {
  const { source, target } = config;
  const { command = [], parameters = {} } = target.deploy;
  const template = templateOf(config);
  if (template === undefined) return { kind: 'blocked', problems: [unseenTemplate({ command })] };
  const declared = deps.templates.read(await deps.templates.load(template));
  const known = (await deps.cloudFormation.findStack(source.stack ?? ''))?.parameters ?? [];
  const problems = missingParameters(declared, { template, parameters }, known);
  if (problems.length > 0) return { kind: 'blocked', problems };
  return {
    kind: 'change',
    effects: [
      `creates the stack ${target.stack ?? ''} anew from ${template}, its cluster empty and its services without tasks: nothing may be written before the database is ready`,
      ...(command.length === 0
        ? []
        : [
            `${template} has to be what ${command.join(' ')} deploys, ready to be deployed: what the command builds or packages first cannot be seen before the old stack is deleted`,
          ]),
    ],
    calls: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
  };
}
