/**
 * Brings the restored cluster and its writer under the stack: an IMPORT change set, a look for drift, and the rest of the
 * template by a second change set, so that no SnapshotIdentifier has to stay in the template. CloudFormation does not
 * compare what it imports with the template, so any change that would replace the database is refused. A crash leaves the
 * stack at one of these stages, which the next attempt finds by the stack's resources and its template.
 */
import type { ResourceChange } from '../aws/cloudformation-change-sets.js';
import type { Drift } from '../aws/cloudformation-drift.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { Config } from '../config/schema.js';
import { MigrationError, type Problem } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import {
  destructionError,
  executeChanges,
  proposeChanges,
  withdrawChanges,
  withdrawLeftovers,
} from './change-set.js';
import { verifyDeployedStack, type DeployDeps } from './deployed-stack.js';
import { describeChanges, findDestruction } from './deployment-judgement.js';
import { toChangeRequest, type StackOrder } from './new-stack.js';
import { stackOrderOf } from './prepare-stack.js';
import { noteReleases, refuseUnreleasable, writeReleases } from './release-by-hand.js';
import { awaitTarget, bringIntoStack, createWriter, prepareStack, restoreCluster } from './refs.js';

interface In extends StackOrder {
  readonly template: string;
  readonly cluster: string;
  readonly instance: string;
}
type Out = ReturnType<typeof bringIntoStack.output.parse>;

export interface BringIntoStackDeps extends DeployDeps {
  readonly files: RunFiles;
}

export function createBringIntoStack(deps: BringIntoStackDeps): Step<In, Out, Config> {
  return {
    ...bringIntoStack,
    title: 'Bring the cluster under the stack',
    typicalSeconds: [60, 240],
    writersPaused: true,
    // A stack in the middle of an import is not `_COMPLETE`, and CloudFormation may be modifying the cluster.
    overtakes: [prepareStack.id, restoreCluster.id, createWriter.id],
    reversal: {
      kind: 'undo',
      note: ({ stack }, { intents }) => noteReleases(deps.files, stack, intents),
      undo: (io, input) => release(deps, io, input),
    },
    select: ({ config, outputOf }) => {
      const { clusterIdentifier, instanceIdentifier } = outputOf(awaitTarget);
      return { ...stackOrderOf(config), cluster: clusterIdentifier, instance: instanceIdentifier };
    },
    plan: async (_io, { config }) => {
      const { stack, template } = stackOrderOf(config);
      const text = await deps.templates.load(template);
      const found = deps.templates.findDatabase(text);
      refuseUnreleasable(deps.templates, text);
      return {
        kind: 'change',
        effects: [
          `imports ${found.cluster} and ${found.instance} into the stack ${stack} and looks for drift`,
          `applies the rest of the template: ${[...found.dependents, 'outputs'].join(', ')}`,
        ],
        calls: [
          'cloudformation:CreateChangeSet',
          'cloudformation:ExecuteChangeSet',
          'cloudformation:DetectStackDrift',
        ],
      };
    },
    run: async (io, input) => {
      const text = await deps.templates.load(input.template);
      const database = deps.templates.findDatabase(text);
      const stack = await settledStack(deps, io, input.stack);
      await writeReleases(deps, io, { stack, text, capabilities: input.capabilities });
      if (!(await owns(deps, stack, database.cluster))) await importDatabase(deps, io, input, stack, text);
      const drift = await findDrift(deps, io, stack, [database.cluster, database.instance]);
      await applyRest(deps, io, input, text);
      return {
        stackId: stack.id,
        stackName: stack.name,
        created: true,
        imported: [database.cluster, database.instance],
        drift: drift.map((one) => ({ ...one })),
      };
    },
    verify: (_io, _input, output) => verifyDeployedStack(deps, output),
  };
}

/** The stack at rest: an operation of an earlier attempt is let finish. */
async function settledStack(deps: DeployDeps, io: StepIo, name: string): Promise<Stack> {
  const stack = await deps.cloudFormation.findStack(name);
  if (stack !== undefined) return deps.waits.untilStackSettled(io, stack.id);
  throw new MigrationError('StackNotFound', `there is no stack ${name}`, { resource: name, resumable: true });
}

async function owns(deps: DeployDeps, stack: Stack, logicalId: string): Promise<boolean> {
  const resources = await deps.cloudFormation.listResources(stack.id);
  return resources.some((one) => one.logicalId === logicalId && !one.status.startsWith('DELETE_'));
}

async function importDatabase(
  deps: DeployDeps,
  io: StepIo,
  input: In,
  stack: Stack,
  text: string,
): Promise<void> {
  const { cluster, instance } = deps.templates.findDatabase(text);
  const request = {
    ...toChangeRequest(deps.templates, io, input, deps.templates.importStage(text)),
    type: 'IMPORT' as const,
    previousParameters: stack.parameters,
    imports: [
      {
        logicalId: cluster,
        type: 'AWS::RDS::DBCluster',
        identifier: { DBClusterIdentifier: input.cluster },
      },
      {
        logicalId: instance,
        type: 'AWS::RDS::DBInstance',
        identifier: { DBInstanceIdentifier: input.instance },
      },
    ],
  };
  await deploy(deps, io, stack, request, (changes) =>
    changes.filter(({ action }) => action !== 'Import').map(notImport),
  );
}

type Request = Parameters<typeof proposeChanges>[2];

/** Proposes, judges, executes and waits. Nothing to change is success. */
async function deploy(
  deps: DeployDeps,
  io: StepIo,
  stack: Stack,
  request: Request,
  judge: (changes: readonly ResourceChange[]) => readonly Problem[],
): Promise<void> {
  const changeSet = await proposeChanges(deps, io, request);
  const problems = changeSet.empty ? [] : judge(changeSet.changes);
  if (changeSet.empty || problems.length > 0) await withdrawChanges(deps, io, request);
  if (problems.length > 0) throw destructionError(stack.name, problems);
  if (changeSet.empty) return;
  describeChanges(changeSet.changes).forEach((line) => {
    io.note(line);
  });
  await executeChanges(deps, io, request);
  await deps.waits.untilStackDeployed(io, stack.id);
}

/** Drift of the database is told and does not end the run: the application works, and a person decides what is right. */
async function findDrift(
  deps: DeployDeps,
  io: StepIo,
  stack: Stack,
  database: readonly string[],
): Promise<readonly Drift[]> {
  const { cloudFormation, waits } = deps;
  const id = await io.mutate({ call: 'cloudformation:DetectStackDrift', key: stack.name }, () =>
    cloudFormation.beginDriftDetection(stack.name),
  );
  await waits.untilDriftDetected(io, stack.name, id);
  const found = (await cloudFormation.listDrifts(stack.name)).filter(({ logicalId }) =>
    database.includes(logicalId),
  );
  for (const { logicalId, property, expected, actual } of found)
    io.note(`drift: ${logicalId} ${property} is ${actual}, the template says ${expected}`);
  if (found.length === 0) io.note('no drift: cluster and instance are as the template says');
  return found;
}

/** The whole template: outputs, and what could not stand before the database. */
async function applyRest(deps: DeployDeps, io: StepIo, input: In, text: string): Promise<void> {
  const stack = await settledStack(deps, io, input.stack);
  const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
  if (live.trim() === text.trim()) {
    await deps.waits.untilStackDeployed(io, stack.id);
    return;
  }
  await update(deps, io, input, stack, text, []);
}

async function update(
  deps: DeployDeps,
  io: StepIo,
  order: StackOrder,
  stack: Stack,
  text: string,
  retained: readonly string[],
): Promise<void> {
  const declared = deps.templates.read(text).parameters.map(({ name }) => name);
  const request = {
    ...toChangeRequest(deps.templates, io, order, text),
    type: 'UPDATE' as const,
    previousParameters: stack.parameters.filter((name) => declared.includes(name)),
  };
  await deploy(deps, io, stack, request, (changes) => findDestruction(changes, retained));
}

/** Lets cluster and instance go without deleting them; the steps that made them take them back by themselves. */
async function release(deps: DeployDeps, io: StepIo, input: In): Promise<void> {
  await withdrawLeftovers(deps, io);
  if (io.intents().length === 0) return;
  if ((await deps.cloudFormation.findStack(input.stack)) === undefined) return;
  const stack = await settledStack(deps, io, input.stack);
  const live = await deps.cloudFormation.getTemplate(stack.name, 'Original');
  const isBack = deps.templates.read(live).resources.every(({ type }) => type !== 'AWS::RDS::DBCluster');
  if (isBack) return;
  const { cluster, instance } = deps.templates.findDatabase(live);
  const both = [cluster, instance];
  const kept = deps.templates.retain(live, both, { logicalId: cluster, value: io.runId });
  if (kept.changes.length > 0) await update(deps, io, input, stack, kept.text, []);
  await update(deps, io, input, stack, deps.templates.foundationStage(live), both);
}

function notImport({ action, logicalId, type }: ResourceChange): Problem {
  return {
    code: 'ImportTouchesMore',
    what: `the import would also ${action.toLowerCase()} ${logicalId} (${type})`,
    why: 'Only the restored cluster and its writer are to come into the stack',
    fix: 'leave the template as it was when the run began, then resume',
  };
}
