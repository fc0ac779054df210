import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsGateways, type AwsGateways } from '../../src/aws/aws-gateways.js';
import { createDatabaseWaits, type DatabaseWaits } from '../../src/aws/database-waits.js';
import { createPoll } from '../../src/aws/poll.js';
import { createStackWaits, type StackWaits } from '../../src/aws/stack-waits.js';
import { createTemplateTools } from '../../src/aws/template-tools.js';
import { createAwsChecks, dumpRestoreNeeds } from '../../src/checks/aws-checks.js';
import { examineSource } from '../../src/checks/source-instance.js';
import { chooseTargetVersion } from '../../src/checks/target-version.js';
import { configSchema, type Config } from '../../src/config/schema.js';
import type { RecordedIntent } from '../../src/pipeline/step.js';
import { createDeployCommand } from '../../src/process/deploy-command.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { createCheckReadiness } from '../../src/steps/check-readiness.js';
import { createCreateCluster } from '../../src/steps/create-cluster.js';
import { createCreateWriter } from '../../src/steps/create-writer.js';
import { createDeployTargetTemplate } from '../../src/steps/deploy-target-template.js';
import { createRetainSource } from '../../src/steps/retain-source.js';
import { createRunDeployCommand } from '../../src/steps/run-deploy-command.js';
import { FakeRunFiles } from '../fakes/fake-run-files.js';
import { createStepIo } from '../steps/step-harness.js';

const infrastructure = join(import.meta.dirname, '../../examples/production-rag/infrastructure');
const runId = 'production-rag-ab12cd';

let sandbox: Sandbox;
let aws: AwsGateways;
let databases: DatabaseWaits;
let stacks: StackWaits;

const config = (target: object): Config =>
  configSchema.parse({
    name: 'production-rag',
    region: 'us-east-1',
    source: {
      instance: 'production-rag-db',
      database: 'ragdb',
      user: 'raguser',
      secret: 'production-rag-db-password',
      stack: 'production-rag-stack',
    },
    target: { cluster: 'production-rag-cluster', instance: 'production-rag-instance', ...target },
  });
const apiConfig = () => config({ deploy: { api: true } });
const stackConfig = () =>
  config({ stack: 'production-rag-aurora-stack', deploy: { template: 'aurora.yaml' } });
const inPlaceConfig = () =>
  config({ stack: 'production-rag-stack', deploy: { template: 'production.yaml' } });

async function deployBefore(stack: string, file: string): Promise<void> {
  const template = await readFile(join(infrastructure, file), 'utf8');
  const Parameters = file === 'rds.yaml' ? [{ ParameterKey: 'DesiredCount', ParameterValue: '0' }] : [];
  const request = { StackName: stack, TemplateBody: template, Parameters, Capabilities: ['CAPABILITY_IAM'] };
  await sandbox.call('cloudformation', 'CreateStack', request);
  await stacks.untilStackDeployed(createStepIo(runId, 'set-up').io, stack);
}

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 2_000 });
  Object.assign(process.env, sandbox.env);
  aws = createAwsGateways({ region: 'us-east-1', version: '0.0.0' });
  const poll = createPoll({ intervalMs: 200, random: () => 0.5 });
  databases = createDatabaseWaits(aws.rds, poll);
  stacks = createStackWaits(aws.cloudFormation, poll);
  await deployBefore('production-network-stack', 'network.yaml');
  await deployBefore('production-rag-stack', 'rds.yaml');
}, 180_000);

afterAll(async () => {
  await sandbox.stop();
});

function readinessOf() {
  return createCheckReadiness({
    sts: aws.sts,
    rds: aws.rds,
    examineSource: (wanted, caller) => examineSource(aws.rds, wanted, caller),
    chooseTargetVersion: (wanted, source) => chooseTargetVersion(aws.rds, wanted, source),
    postgres: {
      chooseClients: () => Promise.resolve({ found: { major: 17, version: '17.10', binDir: '/usr/bin' } }),
      measureDatabase: () => Promise.resolve(1_000),
    },
    checks: createAwsChecks(aws, dumpRestoreNeeds),
  });
}

const deployDeps = () => ({
  ...{ cloudFormation: aws.cloudFormation, rds: aws.rds, secrets: aws.secrets, waits: stacks },
  templates: createTemplateTools(infrastructure),
  files: new FakeRunFiles(),
});

const mutatingCalls = () => sandbox.calls().filter((call) => call.mutating).length;

describe('the control plane against the sandbox', { shuffle: false }, () => {
  it('finds everything ready, by reading only', async () => {
    const before = mutatingCalls();
    const { io } = createStepIo(runId, 'check-readiness');
    const ready = await readinessOf().run(io, apiConfig());
    expect(ready).toMatchObject({
      account: '123456789012',
      source: { identifier: 'production-rag-db', server: { database: 'ragdb', user: 'raguser', port: 5432 } },
    });
    expect(ready.targetEngineVersion).toMatch(/^17\./);
    expect(mutatingCalls()).toBe(before);
  });

  it('blocks a taken stack, an unknown version and a user that the secret does not hold', async () => {
    const { io } = createStepIo(runId, 'check-readiness');
    const taken = config({ stack: 'production-network-stack', deploy: { template: 'aurora.yaml' } });
    await expect(readinessOf().plan(io, { config: taken, runId })).resolves.toMatchObject({
      kind: 'blocked',
      problems: [{ code: 'StackTaken' }],
    });
    const unknown = config({ engineVersion: '15.5', deploy: { api: true } });
    await expect(readinessOf().plan(io, { config: unknown, runId })).resolves.toMatchObject({
      problems: [{ code: 'VersionNotOffered' }],
    });
    const other = { ...apiConfig(), source: { ...apiConfig().source, user: 'somebody' } };
    await expect(readinessOf().run(io, other)).rejects.toMatchObject({
      code: 'SourceUserDiffers',
      exitCode: 10,
    });
  });

  it('takes a Region without the source for wrong credentials, exit code 4', async () => {
    const elsewhere = createAwsGateways({ region: 'eu-west-1', version: '0.0.0' });
    const caller = await elsewhere.sts.getCaller();
    await expect(examineSource(elsewhere.rds, apiConfig(), caller)).rejects.toMatchObject({
      code: 'SourceNotFound',
      exitCode: 4,
    });
  });

  it('creates cluster and writer by the API, adopts them after a crash, and takes them back', async () => {
    const cluster = createCreateCluster({ rds: aws.rds, waits: databases });
    const writer = createCreateWriter({ rds: aws.rds, waits: databases });
    const ready = await readinessOf().run(createStepIo(runId, 'check-readiness').io, apiConfig());
    const outputs: Record<string, unknown> = { 'check-readiness': ready };
    const from = {
      config: apiConfig(),
      runId,
      outputOf: <T>(ref: { id: string; output: { parse(value: unknown): T } }) =>
        ref.output.parse(outputs[ref.id]),
      findOutputOf: () => undefined,
    };
    const first = createStepIo(runId, cluster.id);
    outputs['create-cluster'] = await cluster.run(first.io, cluster.select(from));
    const again = createStepIo(runId, cluster.id);
    expect(await cluster.run(again.io, cluster.select(from))).toEqual(outputs['create-cluster']);
    expect([first.calls(), again.calls()]).toEqual([['rds:CreateDBCluster', 'rds:ModifyDBCluster'], []]);
    const made = createStepIo(runId, writer.id);
    const output = await writer.run(made.io, writer.select(from));
    await writer.verify(made.io, writer.select(from), output);
    await expect(
      cluster.run(createStepIo('another-run', cluster.id).io, cluster.select(from)),
    ).rejects.toMatchObject({
      code: 'ClusterTaken',
      exitCode: 10,
    });
    if (cluster.reversal.kind !== 'undo' || writer.reversal.kind !== 'undo') throw new Error('no undo');
    await writer.reversal.undo(made.io, writer.select(from), output);
    await cluster.reversal.undo(first.io, cluster.select(from), undefined);
    expect(await aws.rds.findCluster('production-rag-cluster')).toBeUndefined();
    expect(await aws.rds.findInstance('production-rag-instance')).toBeUndefined();
  }, 120_000);

  it('deploys a template into a new stack by a change set, and takes it back', async () => {
    const step = createDeployTargetTemplate(deployDeps());
    const from = { config: stackConfig(), runId, outputOf: never, findOutputOf: () => undefined };
    const plan = await step.plan(createStepIo(runId, step.id).io, from);
    expect(plan).toMatchObject({ kind: 'change' });
    const { io, notes, calls, journal } = createStepIo(runId, step.id);
    const output = await step.run(io, step.select(from));
    expect(output).toMatchObject({ stackName: 'production-rag-aurora-stack', created: true });
    expect(notes).toContain('Add AuroraCluster (AWS::RDS::DBCluster)');
    expect(calls()).toEqual(['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet']);
    await step.verify(io, step.select(from), output);
    const again = createStepIo(runId, step.id, journal);
    expect(await step.run(again.io, step.select(from))).toEqual(output);
    expect(again.calls()).toHaveLength(2);
    if (step.reversal.kind !== 'undo') throw new Error('no undo');
    await step.reversal.undo(io, step.select(from), output);
    expect(await aws.cloudFormation.findStack('production-rag-aurora-stack')).toBeUndefined();
    expect(await aws.rds.findCluster('production-rag-cluster')).toBeUndefined();
  }, 180_000);

  it('refuses in place what would delete the source, retains it first, and keeps it through the deployment', async () => {
    const deploy = createDeployTargetTemplate(deployDeps());
    const retain = createRetainSource(deployDeps());
    const from = { config: inPlaceConfig(), runId, outputOf: never, findOutputOf: () => undefined };
    await expect(deploy.run(createStepIo(runId, deploy.id).io, deploy.select(from))).rejects.toMatchObject({
      code: 'DestructiveChange',
    });
    const original = await aws.cloudFormation.getTemplate('production-rag-stack', 'Original');
    const retaining: RecordedIntent[] = [];
    const kept = createStepIo(runId, retain.id, retaining);
    const input = retain.select(from);
    const proven = await retain.run(kept.io, input);
    expect(proven.retained).toEqual(
      expect.arrayContaining(['DatabaseSecret', 'DatabaseSubnetGroup', 'DatabaseSecurityGroup']),
    );
    await retain.verify(kept.io, input, proven);
    if (retain.reversal.kind !== 'undo') throw new Error('no undo');
    await retain.reversal.undo(kept.io, input, proven);
    expect(await aws.cloudFormation.getTemplate('production-rag-stack', 'Original')).toBe(original);
    const second = await retain.run(createStepIo(runId, retain.id).io, input);
    const source = await aws.rds.findInstance('production-rag-db');
    const { io } = createStepIo(runId, deploy.id);
    const output = await deploy.run(io, { ...deploy.select(from), retained: second.retained });
    await deploy.verify(io, deploy.select(from), output);
    expect(await aws.rds.findInstance('production-rag-db')).toEqual(source);
    expect(await aws.rds.findCluster('production-rag-cluster')).toMatchObject({ status: 'available' });
    await runsDeployScript(second.retained);
    expect(await aws.rds.findInstance('production-rag-db')).toEqual(source);
  }, 300_000);
});

/** The runbook's own script, over the stack that is up to date already: judged, run, and taken for done. */
async function runsDeployScript(retained: readonly string[]): Promise<void> {
  const command = createDeployCommand({
    directory: infrastructure,
    environment: process.env,
    listSecrets: () => Promise.resolve([]),
  });
  const step = createRunDeployCommand({ ...deployDeps(), command });
  const deploy = {
    command: ['./scripts/deploy.sh', 'production', 'us-east-1'],
    commandTemplate: 'production.yaml',
  };
  const from = {
    config: config({ stack: 'production-rag-stack', deploy }),
    runId,
    outputOf: never,
    findOutputOf: () => undefined,
  };
  const { io, calls, notes } = createStepIo(runId, step.id);
  const output = await step.run(io, { ...step.select(from), retained });
  expect(output).toMatchObject({ stackName: 'production-rag-stack', created: false });
  expect(calls()).toEqual([
    'cloudformation:CreateChangeSet',
    'cloudformation:DeleteChangeSet',
    'process:DeployCommand',
  ]);
  expect(notes.join(' ')).toContain('No changes to deploy');
  const blind = {
    ...from,
    config: config({ stack: 'production-rag-stack', deploy: { command: deploy.command } }),
  };
  await expect(step.run(createStepIo(runId, step.id).io, step.select(blind))).rejects.toMatchObject({
    code: 'TemplateUnseen',
  });
}

function never(): never {
  throw new Error('this step asks for no output');
}
