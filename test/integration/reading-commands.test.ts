import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAwsGateways } from '../../src/aws/aws-gateways.js';
import { createPoll } from '../../src/aws/poll.js';
import { createStackWaits } from '../../src/aws/stack-waits.js';
import { initSchema, type InitResult } from '../../src/cli/init-schema.js';
import { statusSchema } from '../../src/cli/result-schemas.js';
import Init from '../../src/commands/init.js';
import PlanDumpRestore from '../../src/commands/plan/dump-restore.js';
import Status from '../../src/commands/status.js';
import { loadConfig } from '../../src/config/load.js';
import { createRun } from '../../src/journal/run.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { runCommand, type Captured } from '../cli/captured.js';
import { createStepIo } from '../steps/step-harness.js';

const infrastructure = join(import.meta.dirname, '../../examples/production-rag/infrastructure');

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 2_000 });
  Object.assign(process.env, sandbox.env);
  const aws = createAwsGateways({ region: 'us-east-1', version: '0.0.0' });
  const waits = createStackWaits(aws.cloudFormation, createPoll({ intervalMs: 200, random: () => 0.5 }));
  for (const [stack, file, count] of [
    ['production-network-stack', 'network.yaml', undefined],
    ['production-rag-stack', 'rds.yaml', '0'],
  ] as const) {
    const TemplateBody = await readFile(join(infrastructure, file), 'utf8');
    const Parameters = count === undefined ? [] : [{ ParameterKey: 'DesiredCount', ParameterValue: count }];
    const request = { StackName: stack, TemplateBody, Parameters, Capabilities: ['CAPABILITY_IAM'] };
    await sandbox.call('cloudformation', 'CreateStack', request);
    await waits.untilStackDeployed(createStepIo('set-up', 'set-up').io, stack);
  }
}, 180_000);

afterAll(async () => {
  await sandbox.stop();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-init-'));
  await cp(infrastructure, join(folder, 'infrastructure'), { recursive: true });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const file = () => join(folder, 'rds2aurora.yaml');

function init(...flags: string[]): Promise<Captured> {
  return runCommand(Init, ['--config', file(), '--region', 'us-east-1', ...flags]);
}

function resultOf({ stdout }: Captured): InitResult {
  return initSchema.parse((JSON.parse(stdout) as { result: unknown }).result);
}

describe('init', () => {
  it('finds all that production-rag has by reading only, and plan takes the file', async () => {
    const before = sandbox.calls().length;
    const written = await init('--yes', '--json');
    expect(written, written.stdout).toMatchObject({ exitCode: 0 });
    expect(resultOf(written)).toMatchObject({
      replaced: false,
      name: 'production-rag',
      source: {
        instance: 'production-rag-db',
        database: 'ragdb',
        user: 'raguser',
        secret: 'production-rag-db-password',
        stack: 'production-rag-stack',
      },
      target: {
        cluster: 'production-rag-cluster',
        instance: 'production-rag-instance',
        stack: 'production-rag-aurora-stack',
        template: 'infrastructure/aurora.yaml',
      },
      app: { ecsCluster: 'production-rag', ecsService: 'rag', logGroup: '/ecs/production-rag' },
      remarks: [],
    });
    const made = sandbox.calls().slice(before);
    expect(made.length).toBeGreaterThan(8);
    expect(made.filter(({ mutating }) => mutating)).toEqual([]);
    expect(made.filter(({ action }) => action === 'GetSecretValue')).toHaveLength(1);

    const plan = await runCommand(PlanDumpRestore, ['--config', file(), '--json']);
    expect(plan, plan.stdout).toMatchObject({ exitCode: 0 });
  });

  it('writes a file with comments that editors and people can read', async () => {
    await init('--yes');
    const text = await readFile(file(), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/schemas\/config\.schema\.json\n/);
    expect(text).toContain('  secret: production-rag-db-password # Secrets Manager');
    expect(text).toContain('  endpointOutput: DatabaseEndpoint # the output');
    expect(text).not.toContain('password:');
  });

  it('writes over nothing unless it is told to', async () => {
    await writeFile(file(), 'mine\n');
    const before = sandbox.calls().length;
    const refused = await init('--yes');
    expect(refused).toMatchObject({ exitCode: 5 });
    expect(refused.stderr).toContain('FileExists');
    expect(await readFile(file(), 'utf8')).toBe('mine\n');
    expect(sandbox.calls()).toHaveLength(before);
    expect(resultOf(await init('--yes', '--force', '--json'))).toMatchObject({ replaced: true });
    expect(await readFile(file(), 'utf8')).toContain('production-rag-db');
  });

  it('takes what flags say instead: in place, without an application, and through the API', async () => {
    const production = join(folder, 'infrastructure', 'production.yaml');
    const inPlace = await init('--yes', '--json', '--template', production, '--service', 'none');
    expect(resultOf(inPlace)).toMatchObject({
      target: { stack: 'production-rag-stack', template: 'infrastructure/production.yaml' },
      app: null,
      remarks: [expect.stringContaining('stop all that writes')],
    });
    const { config } = await loadConfig({ path: file(), cwd: folder, env: {} });
    expect(config.target.deploy.capabilities).toEqual(['CAPABILITY_IAM']);
    await init('--yes', '--force', '--template', 'none', '--cluster', 'mine', '--name', 'other');
    const { written } = await loadConfig({ path: file(), cwd: folder, env: {} });
    expect(written).toMatchObject({ name: 'other', target: { cluster: 'mine', deploy: { api: true } } });
    expect(written.target.stack).toBeUndefined();
  });

  it('refuses an instance that is not there, and a Region without one', async () => {
    expect((await init('--yes', '--instance', 'other-db')).stderr).toContain('It has: production-rag-db');
    const elsewhere = await runCommand(Init, ['--config', file(), '--region', 'eu-west-1', '--yes']);
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([10, expect.stringContaining('NothingToMove')]);
  });

  it('says what it was not allowed to see, and leaves it out or has it given', async () => {
    const deny = (service: string, action: string) =>
      sandbox.addFault({ service, action, kind: 'access-denied', times: 0 });
    deny('ecs', 'ListClusters');
    deny('secretsmanager', 'ListSecrets');
    try {
      const refused = await init('--yes');
      expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('--secret')]);
      const given = resultOf(await init('--yes', '--secret', 'production-rag-db-password', '--json'));
      expect(given).toMatchObject({ source: { database: 'ragdb', user: 'raguser' }, app: null });
      expect(given.remarks).toEqual([
        expect.stringContaining('ECS services could not be listed: ecs:ListClusters was refused'),
        expect.stringContaining('Secrets could not be listed'),
        expect.stringContaining('stop all that writes'),
      ]);
    } finally {
      sandbox.clearFaults();
    }
  });

  it('refuses answers that make no valid configuration, and writes nothing', async () => {
    const refused = await init('--yes', '--cluster', 'two words');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('target.cluster')]);
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });
});

describe('status', () => {
  /** A run of the example that has yet to create its cluster. */
  async function begin(): Promise<string> {
    await init('--yes');
    const { written } = await loadConfig({ path: file(), cwd: folder, env: {} });
    const { poll: _poll, finalize: _finalize, ...config } = written;
    const run = createRun(
      {
        root: join(folder, '.rds2aurora'),
        command: 'rds2aurora migrate dump-restore',
        toolVersion: '0.1.0',
        now: () => new Date(),
      },
      {
        ...{ name: 'rag', path: 'dump-restore', config },
        ...{ source: 'us-east-1/production-rag-db', target: 'us-east-1/production-rag-cluster' },
        steps: [
          { id: 'check-readiness', title: 'Check', typicalSeconds: [5, 30] },
          { id: 'deploy-target-template', title: 'Deploy the template', typicalSeconds: [180, 600] },
        ],
      },
      () => 0.5,
    );
    run.journal.append({ type: 'started', step: 'check-readiness', attempt: 1 });
    run.journal.append({ type: 'succeeded', step: 'check-readiness', output: null, ms: 10 });
    run.journal.append({ type: 'verified', step: 'check-readiness' });
    run.journal.append({ type: 'started', step: 'deploy-target-template', attempt: 1 });
    const call = 'cloudformation:ExecuteChangeSet';
    const key = 'production-rag-aurora-stack/first';
    run.journal.append({ type: 'intent', step: 'deploy-target-template', intent: 1, call, key });
    run.journal.append({ type: 'effect', step: 'deploy-target-template', intent: 1, ms: 1 });
    run.close();
    return run.id;
  }
  const status = (...flags: string[]) => runCommand(Status, ['--config', file(), ...flags]);
  const statusOf = ({ stdout }: Captured) =>
    statusSchema.parse((JSON.parse(stdout) as { result: unknown }).result);

  it('tells what AWS has now, what it costs by the hour and what time is left, by reading only', async () => {
    const id = await begin();
    const before = sandbox.calls().length;
    const { live, liveProblem, cost, timeLeft } = statusOf(await status('--json'));
    expect(live?.map(({ resource, name, status: word }) => [resource, name, word])).toEqual([
      ['source instance', 'production-rag-db', 'available'],
      ['target cluster', 'production-rag-cluster', 'not there'],
      ['target writer', 'production-rag-instance', 'not there'],
      ['source stack', 'production-rag-stack', 'CREATE_COMPLETE'],
      ['target stack', 'production-rag-aurora-stack', 'not there'],
      ['application', 'production-rag/rag', 'ACTIVE, 0 of 0 tasks running'],
    ]);
    expect(liveProblem).toBeNull();
    expect(cost).toMatchObject({ perHour: [0.016, 0.016], lines: [{ what: 'source instance' }] });
    expect(timeLeft).toEqual({ seconds: [180, 600], overdue: false });
    const made = sandbox.calls().slice(before);
    expect(made.length).toBeGreaterThan(4);
    expect(made.filter(({ mutating }) => mutating)).toEqual([]);
    const { stdout } = await status();
    expect(stdout).toMatch(/Time left +about 3 min to 10 min/);
    expect(stdout).toMatch(/source instance +production-rag-db +available/);
    expect(stdout).toMatch(/source instance +0\.016 +db\.t4g\.micro, Single-AZ/);
    expect(stdout).toContain(`rds2aurora resume ${id}`);
  });

  it('tells the way back by hand from the journal alone, when it is asked', async () => {
    await begin();
    await rm(file());
    expect(statusOf(await status('--offline', '--json')).byHand).toBeNull();
    const before = sandbox.calls().length;
    const { byHand } = statusOf(await status('--offline', '--by-hand', '--json'));
    expect(byHand?.map(({ step }) => step)).toEqual(['first, in bash', 'deploy-target-template']);
    expect(byHand?.[0]?.note[0]).toBe('export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=');
    expect(byHand?.[1]?.note.join('\n')).toContain('--stack-name production-rag-aurora-stack');
    expect((await status('--offline', '--by-hand')).stdout).toContain(
      'Taking it back by hand, in this order:\n  first, in bash\n    export AWS_REGION=us-east-1 ',
    );
    expect(sandbox.calls()).toHaveLength(before);
  });

  it('shows the rest when AWS cannot be reached, and asks nothing when it is told so', async () => {
    await begin();
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
    try {
      const unreachable = await status('--json');
      expect(unreachable.exitCode).toBe(0);
      expect(statusOf(unreachable)).toMatchObject({
        ...{ live: null, cost: null, stepsDone: 1 },
        liveProblem: expect.stringContaining('got no answer') as string,
      });
    } finally {
      process.env['AWS_ENDPOINT_URL'] = endpoint;
    }
    const before = sandbox.calls().length;
    const offline = statusOf(await status('--offline', '--json'));
    expect([offline.live, offline.liveProblem, sandbox.calls().length]).toEqual([null, null, before]);
  });
});
