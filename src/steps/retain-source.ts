/**
 * In place only. Gives the source, its secret and all they depend on `DeletionPolicy: Retain` in the live stack, and
 * proves it, before a deployment drops them from the template: CloudFormation would delete the instance in its clean-up.
 * The edit adds lines to the live template and is taken back by their exact reverse; a crash leaves at most a change
 * set, or a stack whose resources are retained.
 */
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { PolicyChange } from '../aws/retain-policies.js';
import type { StackTemplate } from '../aws/stack-template.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import {
  changeSetName,
  destructionError,
  executeChanges,
  proposeChanges,
  withdrawChanges,
  withdrawLeftovers,
  type ChangeSetDeps,
} from './change-set.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { retainSource } from './refs.js';

export interface RetainSourceDeps {
  readonly cloudFormation: ChangeSetDeps['cloudFormation'] &
    Pick<CloudFormationGateway, 'findStack' | 'getTemplate' | 'listResources'>;
  readonly waits: Pick<StackWaits, 'untilChangeSetWorkedOut' | 'untilStackDeployed' | 'untilStackSettled'>;
  readonly secrets: Pick<SecretsGateway, 'findSecret'>;
  readonly templates: TemplateTools;
}

interface In {
  readonly stack: string;
  readonly instance: string;
  readonly secret: string;
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
      note: ({ stack }) => [
        `aws cloudformation get-template --stack-name ${stack} --query TemplateBody --output text > template.yaml`,
        'take the lines DeletionPolicy, UpdateReplacePolicy: Retain and Rds2AuroraRetained out of template.yaml',
        `aws cloudformation deploy --stack-name ${stack} --template-file template.yaml`,
      ],
      undo: (io, input) => undo(deps, io, input),
    },
    select: ({ config: { source } }) => ({
      stack: source.stack ?? '',
      instance: source.instance,
      secret: source.secret,
    }),
    plan: async (_io, { config: { source } }) => {
      const input = { stack: source.stack ?? '', instance: source.instance, secret: source.secret };
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
      await deps.waits.untilStackSettled(io, stack.id);
      const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
      const edited = deps.templates.retain(live, closure, { logicalId: root, value: io.runId });
      if (edited.changes.length > 0) await update(deps, io, stack, edited.text, edited.changes);
      await prove(deps, stack.name, closure);
      return { stackId: stack.id, retained: closure };
    },
    verify: async (_io, input, output) => {
      const missing = await findUnretained(deps, input.stack, output.retained);
      if (missing.length > 0)
        throw new VerifyError(
          'SourceNotRetained',
          `the stack ${input.stack} would delete ${missing.join(', ')}`,
          {
            why: 'Its template no longer says Retain for them',
            resource: output.stackId,
          },
        );
    },
  };
}

/** Finds the instance and the secret in the stack, and what they depend on. */
async function examine(deps: RetainSourceDeps, input: In) {
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
  const template = await readLive(deps, stack.name, 'Original');
  const closure = deps.templates.closureOf(template, secret === undefined ? [root] : [root, secret]);
  return { stack, root, closure };
}

async function readLive(
  deps: RetainSourceDeps,
  stack: string,
  stage: 'Original' | 'Processed',
): Promise<StackTemplate> {
  return deps.templates.read(await deps.cloudFormation.getTemplate(stack, stage));
}

async function update(
  deps: RetainSourceDeps,
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

async function prove(deps: RetainSourceDeps, stack: string, closure: readonly string[]): Promise<void> {
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
  deps: RetainSourceDeps,
  stack: string,
  ids: readonly string[],
): Promise<string[]> {
  const { resources } = await readLive(deps, stack, 'Processed');
  const kept = new Set(
    resources
      .filter((one) => one.deletionPolicy === 'Retain' && one.updateReplacePolicy === 'Retain')
      .map((one) => one.logicalId),
  );
  return ids.filter((id) => !kept.has(id));
}

async function undo(deps: RetainSourceDeps, io: StepIo, { stack: name }: In): Promise<void> {
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
