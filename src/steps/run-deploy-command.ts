/**
 * Deploys the target by the user's own command. The command must be repeatable, as `aws cloudformation deploy` is: after
 * a crash the stack is waited for and the command is run again. In place its template is judged by a change set first,
 * and without a template to judge the step refuses.
 */
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError } from '../errors.js';
import type { Problem } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { DeployCommand } from '../process/deploy-command.js';
import {
  changeSetName,
  destructionError,
  proposeChanges,
  withdrawChanges,
  withdrawLeftovers,
} from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import { noteInPlaceUndo, takeBackSecret, verifyDeployedStack, type DeployDeps } from './deployed-stack.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { planDeployment } from './plan-deployment.js';
import { retainSource, runDeployCommand } from './refs.js';

export interface RunDeployCommandDeps extends DeployDeps {
  readonly command: DeployCommand;
}

interface In {
  readonly stack: string;
  readonly inPlace: boolean;
  readonly secret: string;
  readonly command: readonly string[];
  readonly template: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
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
      note: ({ stack, inPlace }) =>
        inPlace ? noteInPlaceUndo(stack) : [`aws cloudformation delete-stack --stack-name ${stack}`],
      undo: (io, input) => undo(deps, io, input),
    },
    select: ({ config, findOutputOf }) => ({
      ...inputOf(config),
      retained: findOutputOf(retainSource)?.retained ?? [],
    }),
    plan: async (io, { config }) => {
      const input = inputOf(config);
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
      if (!isDone(io)) {
        if (input.inPlace) await judge(deps, io, input, before);
        await runCommand(deps, io, input, before);
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

const callName = 'process:DeployCommand';

/** The command ended well in an earlier attempt. */
function isDone(io: StepIo): boolean {
  return io.intents().some((intent) => intent.call === callName && intent.effect?.detail?.['exitCode'] === 0);
}

/** The stack was not there when our command was first begun, so it is the command that made it. */
function madeByUs(io: StepIo, input: In): boolean {
  const first = io.intents().find((intent) => intent.call === callName);
  return !input.inPlace && first?.before?.['stackId'] === null;
}

async function judge(
  deps: RunDeployCommandDeps,
  io: StepIo,
  input: In,
  stack: Stack | undefined,
): Promise<void> {
  if (input.template === undefined) {
    const problem = unseenTemplate(input);
    throw new PreconditionError(problem.code, problem.what, {
      why: problem.why,
      next: [problem.fix],
      resource: input.stack,
    });
  }
  if (stack === undefined) throw noStack(input);
  const text = await deps.templates.load(input.template);
  const name = changeSetName(io, deps.templates.digest(text));
  const declared = deps.templates.read(text).parameters.map((parameter) => parameter.name);
  const request = {
    ...{
      stack: stack.name,
      name,
      token: name,
      type: 'UPDATE' as const,
      template: text,
      parameters: input.parameters,
    },
    previousParameters: stack.parameters.filter((parameter) => declared.includes(parameter)),
    capabilities: [...new Set([...stack.capabilities, ...input.capabilities])],
  };
  const changeSet = await proposeChanges(deps, io, request);
  await withdrawChanges(deps, io, request);
  const problems = findDestruction(changeSet.changes, input.retained);
  if (problems.length > 0) throw destructionError(stack.name, problems);
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
}

async function runCommand(
  deps: RunDeployCommandDeps,
  io: StepIo,
  input: In,
  stack: Stack | undefined,
): Promise<void> {
  const secretVersion = (await deps.secrets.findSecret(input.secret))?.current;
  const last: string[] = [];
  const onLine = (line: string) => {
    io.note(line);
    last.push(line);
    if (last.length > 8) last.shift();
  };
  const { exitCode, signal, problem } = await io.mutate(
    {
      call: callName,
      key: input.stack,
      before: { stackId: stack?.id ?? null, ...(secretVersion === undefined ? {} : { secretVersion }) },
    },
    () => deps.command.run({ argv: input.command, onLine }),
    (result) => ({ detail: { exitCode: result.exitCode ?? null, signal: result.signal ?? null } }),
  );
  if (exitCode === 0) return;
  throw new MigrationError(
    'DeployCommandFailed',
    `${input.command.join(' ')} ${ending(exitCode, signal, problem)}`,
    {
      why: last.length > 0 ? `Its last words: ${last.join(' | ')}` : 'It said nothing',
      next: [`aws cloudformation describe-stack-events --stack-name ${input.stack}`],
      resource: input.stack,
      resumable: true,
      changed: true,
    },
  );
}

function ending(
  exitCode: number | undefined,
  signal: string | undefined,
  problem: string | undefined,
): string {
  if (problem !== undefined) return `could not be started: ${problem}`;
  return signal === undefined ? `ended with exit code ${String(exitCode)}` : `was ended by ${signal}`;
}

function unseenTemplate(input: In | ReturnType<typeof inputOf>): Problem {
  return {
    code: 'TemplateUnseen',
    what: `the template that ${input.command.join(' ')} deploys into the stack of the source cannot be seen`,
    why: 'A template without the source makes CloudFormation delete it in the clean-up; that must be judged before, by a change set',
    fix: 'set target.deploy.commandTemplate to the template that the command deploys, or choose another target.stack',
  };
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
