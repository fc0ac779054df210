import type { Stack } from '../aws/cloudformation-stacks.js';
import { MigrationError, PreconditionError, type Problem } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import type { DeployCommand } from '../process/deploy-command.js';
import {
  changeSetName,
  destructionError,
  proposeChanges,
  withdrawChanges,
  type ChangeSetDeps,
} from './change-set.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import type { DeployDeps } from './deployed-stack.js';

/** The user's command, and what is known of the stack that it deploys. */
export interface CommandOrder {
  readonly stack: string;
  readonly command: readonly string[];
  readonly template: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
}

export const deployCommandCall = 'process:DeployCommand';

/** What can be known of a command that must not be run yet: that it would not even start. */
export async function findCommandProblems(
  { command: program }: { readonly command: Pick<DeployCommand, 'findObstacle'> },
  { command }: Pick<CommandOrder, 'command'>,
): Promise<Problem[]> {
  const obstacle = await program.findObstacle(command[0] ?? '');
  if (obstacle === undefined) return [];
  return [
    {
      code: 'CommandNotFound',
      what: `the deploy command ${command.join(' ')} cannot be started: ${obstacle}`,
      why: 'The run would stop there, with the writers paused',
      fix: 'correct target.deploy.command (paths start at the config file), or make the program executable (chmod +x)',
    },
  ];
}

/** The command ended well in an earlier attempt. */
export function isCommandDone(io: StepIo): boolean {
  return io
    .intents()
    .some((intent) => intent.call === deployCommandCall && intent.effect?.detail?.['exitCode'] === 0);
}

/** @throws MigrationError unless the command ends with exit code 0; its lines are notes. */
export async function callDeployCommand(
  { command: program }: { readonly command: DeployCommand },
  io: StepIo,
  { stack, command }: CommandOrder,
  before: Readonly<Record<string, unknown>>,
): Promise<void> {
  const last: string[] = [];
  const onLine = (line: string) => {
    io.note(line);
    last.push(line);
    if (last.length > 8) last.shift();
  };
  const { exitCode, signal, problem } = await io.mutate(
    { call: deployCommandCall, key: stack, before },
    () => program.run({ argv: command, onLine }),
    (result) => ({ detail: { exitCode: result.exitCode ?? null, signal: result.signal ?? null } }),
  );
  if (exitCode === 0) return;
  throw new MigrationError(
    'DeployCommandFailed',
    `${command.join(' ')} ${ending(exitCode, signal, problem)}`,
    {
      why: last.length > 0 ? `Its last words: ${last.join(' | ')}` : 'It said nothing',
      next: [`aws cloudformation describe-stack-events --stack-name ${stack}`],
      resource: stack,
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

/**
 * Has CloudFormation work out what the command's template would do to the stack that stands.
 * @param retained what this run had retained: only that may leave the stack
 * @throws MigrationError when data would be lost by it
 */
export async function judgeCommand(
  deps: ChangeSetDeps & Pick<DeployDeps, 'templates'>,
  io: StepIo,
  order: CommandOrder & { readonly retained: readonly string[] },
  stack: Stack,
): Promise<void> {
  if (order.template === undefined) {
    const problem = unseenTemplate(order);
    throw new PreconditionError(problem.code, problem.what, {
      why: problem.why,
      next: [problem.fix],
      resource: order.stack,
    });
  }
  const text = await deps.templates.load(order.template);
  const name = changeSetName(io, deps.templates.digest(text));
  const declared = deps.templates.read(text).parameters.map((parameter) => parameter.name);
  const request = {
    ...{ stack: stack.name, name, token: name, type: 'UPDATE' as const, template: text },
    parameters: order.parameters,
    previousParameters: stack.parameters.filter((parameter) => declared.includes(parameter)),
    capabilities: [...new Set([...stack.capabilities, ...order.capabilities])],
  };
  const changeSet = await proposeChanges(deps, io, request);
  await withdrawChanges(deps, io, request);
  const problems = findDestruction(changeSet.changes, order.retained);
  if (problems.length > 0) throw destructionError(stack.name, problems);
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
}

export function unseenTemplate({ command }: Pick<CommandOrder, 'command'>): Problem {
  return {
    code: 'TemplateUnseen',
    what: `the template that ${command.join(' ')} deploys into the stack of the source cannot be seen`,
    why: 'A template without the source makes CloudFormation delete it in the clean-up; that must be judged before, by a change set',
    fix: 'set target.deploy.commandTemplate to the template that the command deploys, or choose another target.stack',
  };
}
