/**
 * Deploys the target by the user's own command. The command must be repeatable, as `aws cloudformation deploy` is: after
 * a crash the stack is waited for and the command is run again. In place its template is judged by a change set first,
 * and without a template to judge the step refuses.
 */
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { DeployCommand } from '../process/deploy-command.js';
import { noteStackDeletion } from './by-hand.js';
import { withdrawLeftovers } from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import {
  callDeployCommand,
  deployCommandCall,
  findCommandProblems,
  isCommandDone,
  judgeCommand,
  unseenTemplate,
  type CommandOrder,
} from './deploy-command-call.js';
import { noteTakenBack, takeBackSecret, verifyDeployedStack, type DeployDeps } from './deployed-stack.js';
import { planDeployment } from './plan-deployment.js';
import { retainSource, runDeployCommand } from './refs.js';

export interface RunDeployCommandDeps extends DeployDeps {
  readonly command: DeployCommand;
}

interface In extends CommandOrder {
  readonly inPlace: boolean;
  readonly secret: string;
  readonly cluster: string;
  readonly retained: readonly string[];
}
type Out = ReturnType<typeof runDeployCommand.output.parse>;

export function createRunDeployCommand(deps: RunDeployCommandDeps): Step<In, Out, Config> {
  return {
    ...runDeployCommand,
    title: 'Run the deploy command',
    typicalSeconds: [600, 1_500],
    // The new template says nothing of the old resources any more; each removal is judged by its change set.
    overtakes: [retainSource.id],
    reversal: {
      kind: 'undo',
      note: ({ stack, inPlace, secret, cluster }, { intents }) =>
        inPlace ? noteTakenBack(stack, secret, intents) : noteStackDeletion(stack, cluster),
      undo: (io, input) => undo(deps, io, input),
    },
    select: ({ config, findOutputOf }) => ({
      ...inputOf(config),
      retained: findOutputOf(retainSource)?.retained ?? [],
    }),
    plan: async (io, { config }) => {
      const input = inputOf(config);
      const problems = await findCommandProblems(deps, input);
      if (problems.length > 0) return { kind: 'blocked', problems };
      if (input.template === undefined && input.inPlace)
        return { kind: 'blocked', problems: [unseenTemplate(input)] };
      const effects = [`runs ${input.command.join(' ')}`];
      if (input.template === undefined)
        return { kind: 'change', effects: [...effects, `deploys the stack ${input.stack}`] };
      const judged = await planDeployment(deps, io, config, { ...input, template: input.template });
      return judged.kind === 'change' ? { ...judged, effects: [...effects, ...judged.effects] } : judged;
    },
    run: async (io, input) => {
      const before = await prepare(deps, io, input);
      if (!isCommandDone(io)) {
        if (input.inPlace) {
          if (before === undefined) throw noStack(input);
          await judgeCommand(deps, io, input, before);
        }
        const secretVersion = (await deps.secrets.findSecret(input.secret))?.current;
        await callDeployCommand(deps, io, input, {
          stackId: before?.id ?? null,
          ...(secretVersion === undefined ? {} : { secretVersion }),
        });
      }
      const stack = await deps.cloudFormation.findStack(input.stack);
      if (stack === undefined) throw noStack(input);
      await deps.waits.untilStackDeployed(io, stack.id);
      return { stackId: stack.id, stackName: stack.name, created: madeByUs(io, input) };
    },
    verify: (_io, _input, output) => verifyDeployedStack(deps, output),
  };
}

function inputOf({ source, target }: Config) {
  return {
    stack: target.stack ?? '',
    inPlace: target.stack !== undefined && target.stack === source.stack,
    secret: source.secret,
    cluster: target.cluster,
    command: target.deploy.command ?? [],
    template: target.deploy.commandTemplate,
    parameters: target.deploy.parameters ?? {},
    capabilities: target.deploy.capabilities ?? [],
  };
}

/** The stack as it stands once nothing runs on it. A stack of ours that failed to be created is deleted first. */
async function prepare(deps: RunDeployCommandDeps, io: StepIo, input: In): Promise<Stack | undefined> {
  const found = await deps.cloudFormation.findStack(input.stack);
  if (found === undefined) return undefined;
  if (!input.inPlace && !madeByUs(io, input))
    throw new PreconditionError('StackTaken', `the stack ${found.name} exists and was not made by this run`, {
      why: 'The tool deploys only into a new stack, or in place into the stack of the source',
      next: ['choose another target.stack, or delete that stack if nobody needs it'],
      resource: found.id,
    });
  const stack =
    found.status === 'REVIEW_IN_PROGRESS' ? found : await deps.waits.untilStackSettled(io, found.id);
  if (input.inPlace || !/^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED|REVIEW_)/.test(stack.status)) return stack;
  io.note(`the stack ${stack.name} of an earlier attempt is ${stack.status}; it is deleted and made again`);
  await deleteOwnStack(deps, io, stack);
  return undefined;
}

/** The stack was not there when our command was first begun, so it is the command that made it. */
function madeByUs(io: StepIo, input: In): boolean {
  const first = io.intents().find((intent) => intent.call === deployCommandCall);
  return !input.inPlace && first?.before?.['stackId'] === null;
}

function noStack(input: In): MigrationError {
  return new MigrationError(
    'StackNotFound',
    `there is no stack ${input.stack} after ${input.command.join(' ')}`,
    {
      why: 'The command deploys a stack of another name, or into another Region',
      next: ['correct target.stack'],
      resource: input.stack,
      resumable: true,
    },
  );
}

async function undo(deps: RunDeployCommandDeps, io: StepIo, input: In): Promise<void> {
  if (input.inPlace) {
    await withdrawLeftovers(deps, io);
    await takeBackSecret(deps, io, input);
    return;
  }
  const stack = await deps.cloudFormation.findStack(input.stack);
  if (stack === undefined) return;
  if (!madeByUs(io, input)) {
    io.note(`the stack ${stack.name} was there before this run and is left alone`);
    return;
  }
  const inProgress = stack.status.endsWith('_IN_PROGRESS') && !/^(REVIEW|DELETE)_/.test(stack.status);
  await deleteOwnStack(deps, io, inProgress ? await deps.waits.untilStackSettled(io, stack.id) : stack);
}
