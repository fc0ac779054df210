import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { PolicyChange } from '../aws/retain-policies.js';
import type { StackTemplate } from '../aws/stack-template.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { TemplateTools } from '../aws/template-tools.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { RecordedIntent, StepId, StepIo } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { noteStackUpdate, writeStackInput } from './by-hand.js';
import {
  changeSetName,
  destructionError,
  executeChanges,
  noteWithdrawal,
  proposeChanges,
  wasExecuted,
  withdrawChanges,
  withdrawLeftovers,
  type ChangeSetDeps,
} from './change-set.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';

export interface RetainInStackDeps {
  readonly cloudFormation: ChangeSetDeps['cloudFormation'] &
    Pick<CloudFormationGateway, 'findStack' | 'getTemplate'>;
  readonly waits: Pick<StackWaits, 'untilChangeSetWorkedOut' | 'untilStackDeployed' | 'untilStackSettled'>;
  readonly templates: Pick<TemplateTools, 'digest' | 'read' | 'restore' | 'retain'>;
  readonly files: RunFiles;
}

/** The template as it was, for a person who takes the step back by hand. */
const fileOf = (stepId: StepId): string => `${stepId}-back.json`;

/** What is to be retained, and whose Metadata is marked so that the change counts as one. */
export interface Retained {
  readonly ids: readonly string[];
  readonly marked: string;
}

/** Sets `DeletionPolicy: Retain` in the live template, and proves it. Safe to call again. */
export async function retainInStack(
  deps: RetainInStackDeps,
  io: StepIo,
  stack: Stack,
  { ids, marked }: Retained,
): Promise<void> {
  await deps.waits.untilStackSettled(io, stack.id);
  const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
  const edited = deps.templates.retain(live, ids, { logicalId: marked, value: io.runId });
  if (edited.changes.length > 0) {
    await writeStackInput(deps.files, fileOf(io.stepId), {
      ...{ stack: stack.name, template: live, capabilities: stack.capabilities },
      parameters: Object.fromEntries(stack.parameters.map((name) => [name, undefined])),
    });
    await update(deps, io, stack, edited.text, edited.changes);
  }
  await prove(deps, stack.name, ids);
}

/** @throws VerifyError when the stack would delete one of them */
export async function verifyRetained(
  deps: RetainInStackDeps,
  stack: string,
  ids: readonly string[],
): Promise<void> {
  const missing = await findUnretained(deps, stack, ids);
  if (missing.length === 0) return;
  throw new VerifyError('SourceNotRetained', `the stack ${stack} would delete ${missing.join(', ')}`, {
    why: 'Its template no longer says Retain for them',
    resource: stack,
  });
}

/** The template as it was sent, or with macros and policies worked out. */
export async function readLiveTemplate(
  deps: RetainInStackDeps,
  stack: string,
  stage: 'Original' | 'Processed',
): Promise<StackTemplate> {
  return deps.templates.read(await deps.cloudFormation.getTemplate(stack, stage));
}

async function update(
  deps: RetainInStackDeps,
  io: StepIo,
  stack: Stack,
  template: string,
  policies: readonly PolicyChange[],
) {
  const request = {
    stack: stack.name,
    name: changeSetName(io, deps.templates.digest(template)),
    type: 'UPDATE' as const,
    template,
    parameters: {},
    previousParameters: stack.parameters,
    capabilities: stack.capabilities,
    token: changeSetName(io, deps.templates.digest(template)),
  };
  const changeSet = await proposeChanges(deps, io, request);
  if (changeSet.empty) {
    await withdrawChanges(deps, io, request);
    return;
  }
  const problems = findDestruction(changeSet.changes, []);
  if (problems.length > 0) {
    await withdrawChanges(deps, io, request);
    throw destructionError(stack.name, problems);
  }
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
  await executeChanges(deps, io, request, { policies });
  await deps.waits.untilStackDeployed(io, stack.id);
}

/** `restoreInStack` by hand. */
export function noteRestored(
  { files }: Pick<RetainInStackDeps, 'files'>,
  stepId: StepId,
  stack: string,
  intents: readonly RecordedIntent[],
): string[] {
  return wasExecuted(intents)
    ? noteStackUpdate(stack, files.pathOf(fileOf(stepId)))
    : noteWithdrawal(intents);
}

async function prove(deps: RetainInStackDeps, stack: string, closure: readonly string[]): Promise<void> {
  const missing = await findUnretained(deps, stack, closure);
  if (missing.length === 0) return;
  throw new MigrationError(
    'SourceNotRetained',
    `the stack ${stack} does not say Retain for ${missing.join(', ')}`,
    {
      why: 'The update was accepted, and GetTemplate (Processed) does not show it',
      next: [`aws cloudformation get-template --stack-name ${stack} --template-stage Processed`],
      resumable: true,
    },
  );
}

async function findUnretained(
  deps: RetainInStackDeps,
  stack: string,
  ids: readonly string[],
): Promise<string[]> {
  const { resources } = await readLiveTemplate(deps, stack, 'Processed');
  const kept = new Set(
    resources
      .filter((one) => one.deletionPolicy === 'Retain' && one.updateReplacePolicy === 'Retain')
      .map((one) => one.logicalId),
  );
  return ids.filter((id) => !kept.has(id));
}

/** Takes the policies back, as the first executed intent of this step has them. Safe to call again. */
export async function restoreInStack(deps: RetainInStackDeps, io: StepIo, name: string): Promise<void> {
  await withdrawLeftovers(deps, io);
  const stack = await deps.cloudFormation.findStack(name);
  const executed = io.intents().find((intent) => intent.before?.['policies'] !== undefined);
  if (stack === undefined || executed === undefined) return;
  await deps.waits.untilStackSettled(io, stack.id);
  const policies = executed.before?.['policies'] as readonly PolicyChange[];
  const live = await deps.cloudFormation.getTemplate(name, 'Original');
  const restored = deps.templates.restore(live, policies);
  if (restored !== live) await update(deps, io, stack, restored, []);
}
