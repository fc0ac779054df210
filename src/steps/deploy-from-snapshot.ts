/**
 * Deploys the new stack in the place of the old one, its cluster restored from the snapshot of this run, and without
 * tasks: the application must not write before the data is verified. The template is used as it is where it has a
 * parameter for a snapshot, else an edited copy of it, which is shown, and kept in the folder of the run.
 * A crash leaves a change set or a stack with the run's tags, from which the next attempt goes on.
 */
import type { SnapshotTemplate } from '../aws/snapshot-template.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError } from '../errors.js';
import type { Step, StepIo, StepPlan } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { deleteFreshStack, noteFreshStack } from './delete-fresh-stack.js';
import { verifyDeployedStack } from './deployed-stack.js';
import { deployFresh, type FreshStack, type FreshStackDeps } from './fresh-stack.js';
import { ownTags } from './ownership.js';
import { missingParameters } from './plan-deployment.js';
import { deleteStack, deployFromSnapshot, saveStack, takeSnapshot, type SnapshotFacts } from './refs.js';
import { readSavedStack, type SavedStack, type StackResourceRef } from './saved-stack.js';
import { bringSecretsBack, type SealedSecretsDeps } from './sealed-secrets.js';

export interface DeployFromSnapshotDeps extends FreshStackDeps, SealedSecretsDeps {
  readonly templates: TemplateTools;
  readonly rds: FreshStackDeps['rds'] & {
    findInstance(identifier: string): Promise<{ readonly encrypted: boolean } | undefined>;
  };
  readonly files: RunFiles;
}

interface FromSnapshotInput {
  readonly config: Config;
  readonly snapshot: SnapshotFacts;
  readonly saved: ReturnType<typeof saveStack.output.parse>;
  readonly kept: readonly StackResourceRef[];
}
type Out = ReturnType<typeof deployFromSnapshot.output.parse>;

/** The name says what it is to whoever looks into the folder of the run. */
const fileName = 'template-with-snapshot';

export function createDeployFromSnapshot(deps: DeployFromSnapshotDeps): Step<FromSnapshotInput, Out, Config> {
  return {
    ...deployFromSnapshot,
    title: 'Deploy the new stack, its cluster from the snapshot',
    typicalSeconds: [900, 3_600],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ config, saved }, { output, intents }) =>
        noteFreshStack(output?.stackId ?? saved.stackName, config.target.cluster, intents),
      undo: (io, input, output) => deleteFreshStack(deps, io, input.saved.stackName, output?.stackId),
    },
    select: ({ config, outputOf }) => ({
      config,
      snapshot: outputOf(takeSnapshot),
      saved: outputOf(saveStack),
      kept: outputOf(deleteStack).kept,
    }),
    plan: (_io, { config }) => plan(deps, config),
    run: async (io, input) => {
      const { template = '' } = input.config.target.deploy;
      const edited = deps.templates.restoreCluster(await deps.templates.load(template), {
        arn: input.snapshot.snapshotArn,
        encrypted: input.snapshot.encrypted,
      });
      tell(io, edited, template);
      const file = `${fileName}${/\.[a-z]+$/i.exec(template)?.[0] ?? '.yaml'}`;
      const sha256 = await deps.files.write(file, edited.text);
      const saved = await readSavedStack(deps.files, input.saved);
      const fresh = newStackOf(io, input.config, saved, edited.text, edited.parameters);
      const stage = { ...fresh, template: deps.templates.withoutTasks(fresh.template) };
      const stack = await deployFresh(deps, io, stage, async () => [
        ...input.kept.filter(({ type }) => type !== 'AWS::SecretsManager::Secret'),
        ...(await bringSecretsBack(deps, io, input.saved, saved)),
      ]);
      return { stackId: stack.id, stackName: stack.name, file, sha256, parameters: { ...edited.parameters } };
    },
    verify: async (_io, _input, output) => {
      const found = await deps.files.read(output.file);
      if (found?.sha256 !== output.sha256)
        throw new VerifyError('TemplateDamaged', `${output.file} is not the template that was deployed`, {
          resource: deps.files.pathOf(output.file),
        });
      await verifyDeployedStack(deps, { ...output, created: true });
    },
  };
}

/** The new stack, with the parameters, tags and roles of the old one where they still have a place. */
export function newStackOf(
  io: Pick<StepIo, 'runId' | 'stepId'>,
  { target }: Config,
  { details }: SavedStack,
  template: string,
  snapshotParameters: Readonly<Record<string, string>>,
): FreshStack {
  const before = details.parameters
    .filter((one) => !one.hidden)
    .map(({ name, value }) => [name, value] as const);
  return {
    name: details.name,
    template,
    parameters: { ...Object.fromEntries(before), ...target.deploy.parameters, ...snapshotParameters },
    capabilities: [...new Set([...details.capabilities, ...(target.deploy.capabilities ?? [])])],
    tags: { ...details.tags, ...ownTags(io) },
    ...(details.roleArn === null ? {} : { roleArn: details.roleArn }),
    notificationArns: details.notificationArns,
  };
}

async function plan(deps: DeployFromSnapshotDeps, config: Config): Promise<StepPlan> {
  const { template = '', parameters = {} } = config.target.deploy;
  const text = await deps.templates.load(template);
  const instance = await deps.rds.findInstance(config.source.instance);
  const snapshot = { arn: 'ARN-OF-THE-SNAPSHOT', encrypted: instance?.encrypted ?? false };
  try {
    const edited = deps.templates.restoreCluster(text, snapshot);
    const known = (await deps.cloudFormation.findStack(config.source.stack ?? ''))?.parameters ?? [];
    const given = { template, parameters: { ...parameters, ...edited.parameters } };
    const problems = missingParameters(deps.templates.read(edited.text), given, known);
    if (problems.length > 0) return { kind: 'blocked', problems };
    const calls = ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'];
    return { kind: 'change', effects: describe(config, edited), calls };
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    const { code, message: what, why = '', next } = error;
    return { kind: 'blocked', problems: [{ code, what, why, fix: next.join('; ') }] };
  }
}

function describe({ target }: Config, edited: SnapshotTemplate): string[] {
  const names = Object.keys(edited.parameters);
  return [
    `creates the stack ${target.stack ?? ''} anew from ${target.deploy.template ?? ''}, ${edited.logicalId} restored from the snapshot`,
    ...(names.length > 0
      ? [`the snapshot is given by the parameter ${names.join(', ')}, which has to keep its value for ever`]
      : ['the template is used with these changes, and SnapshotIdentifier has to stay in it for ever:']),
    ...edited.difference,
  ];
}

function tell(io: StepIo, edited: SnapshotTemplate, template: string): void {
  edited.difference.forEach((line) => {
    io.note(line);
  });
  if (edited.difference.length > 0)
    io.note(
      `carry these changes over into ${template} before it is deployed again: without SnapshotIdentifier CloudFormation replaces the cluster with an empty one`,
    );
}
