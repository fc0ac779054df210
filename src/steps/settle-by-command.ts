/**
 * In place, with a deploy command: runs the command on the stack that deploy-empty made, which gives it its lasting form,
 * with its tasks. What the command's template would do is judged first by a change set: by now the cluster holds the data.
 * The command must be repeatable, as `aws cloudformation deploy` is: after a crash the stack is waited for and the command
 * is run again.
 */
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { DeployCommand } from '../process/deploy-command.js';
import { withdrawLeftovers } from './change-set.js';
import {
  callDeployCommand,
  findCommandProblems,
  isCommandDone,
  judgeCommand,
  type CommandOrder,
} from './deploy-command-call.js';
import { holds, type FreshStackDeps } from './fresh-stack.js';
import { deployEmpty, settleByCommand } from './refs.js';

export interface SettleByCommandDeps extends Pick<FreshStackDeps, 'cloudFormation' | 'waits'> {
  readonly templates: TemplateTools;
  readonly command: DeployCommand;
}

interface In extends CommandOrder {
  readonly stackId: string;
}
type Out = ReturnType<typeof settleByCommand.output.parse>;

export function createSettleByCommand(deps: SettleByCommandDeps): Step<In, Out, Config> {
  return {
    ...settleByCommand,
    title: 'Run the deploy command on the new stack',
    typicalSeconds: [60, 300],
    // While its update is under way the stack is in no state in which it counts as deployed.
    overtakes: [deployEmpty.id],
    reversal: {
      kind: 'undo',
      note: ({ stack }) => [
        `# nothing by hand: ${stack} is deleted as a whole, by the note of the deployment`,
      ],
      undo: (io) => withdrawLeftovers(deps, io),
    },
    select: ({ config, outputOf }) => ({ ...orderOf(config), stackId: outputOf(deployEmpty).stackId }),
    plan: async (_io, { config }) => {
      const { command, stack } = orderOf(config);
      const problems = await findCommandProblems(deps, { command });
      if (problems.length > 0) return { kind: 'blocked', problems };
      return {
        kind: 'change',
        effects: [
          `runs ${command.join(' ')} on ${stack}, after a change set has shown that it replaces nothing that holds data; the tasks are as its template says from then on`,
        ],
        calls: ['cloudformation:CreateChangeSet', 'cloudformation:DeleteChangeSet'],
      };
    },
    run: async (io, input) => {
      const found = await deps.cloudFormation.findStack(input.stackId);
      if (found === undefined) throw gone(input);
      const stack = await deps.waits.untilStackSettled(io, found.id);
      if (!isCommandDone(io) || !(await isTouched(deps, input, stack))) {
        await judgeCommand(deps, io, { ...input, retained: [] }, stack);
        await callDeployCommand(deps, io, input, { stackId: stack.id });
      }
      const deployed = await deps.waits.untilStackDeployed(io, stack.id);
      if (!(await isTouched(deps, input, deployed))) throw untouched(input);
      return { stackId: stack.id };
    },
    verify: async (_io, { stack }, output) => {
      const found = await deps.cloudFormation.findStack(output.stackId);
      if (found !== undefined && /^UPDATE_COMPLETE|^(CREATE|IMPORT)_COMPLETE$/.test(found.status)) return;
      throw new VerifyError('StackNotSettled', `the stack ${stack} is ${found?.status ?? 'gone'}`, {
        why: 'Somebody changed it after the deploy command had ended',
        resource: output.stackId,
      });
    },
  };
}

function orderOf({ target }: Config): CommandOrder {
  return {
    stack: target.stack ?? '',
    command: target.deploy.command ?? [],
    template: target.deploy.commandTemplate,
    parameters: target.deploy.parameters ?? {},
    capabilities: target.deploy.capabilities ?? [],
  };
}

/** False while the stack still has the template without tasks. */
async function isTouched(deps: SettleByCommandDeps, { template = '' }: In, stack: Stack): Promise<boolean> {
  const text = await deps.templates.load(template);
  const stage = deps.templates.withoutTasks(text);
  return stage === text || !(await holds(deps, stack, stage));
}

function gone({ stack, stackId }: In): MigrationError {
  return new MigrationError('StackNotFound', `the stack ${stack} is gone`, {
    resource: stackId,
    resumable: true,
  });
}

function untouched({ stack, stackId, command }: In): MigrationError {
  return new MigrationError(
    'CommandElsewhere',
    `${command.join(' ')} has left the stack ${stack} as it was`,
    {
      why: 'The command deploys a stack of another name, or into another Region',
      next: [`correct what ${command[0] ?? 'it'} deploys, then resume`],
      resource: stackId,
      resumable: true,
    },
  );
}
