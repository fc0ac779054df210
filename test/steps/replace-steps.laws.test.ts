import { describe, expect, test } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.js';
import { MigrationError } from '../../src/errors.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createDeleteStack } from '../../src/steps/delete-stack.js';
import { createDeployFromSnapshot } from '../../src/steps/deploy-from-snapshot.js';
import { createSaveStack } from '../../src/steps/save-stack.js';
import { createSettleStack } from '../../src/steps/settle-stack.js';
import { FakeStackCloud, snapshotArn } from '../fakes/fake-stack-cloud.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const password = 'canary-of-the-old-secret';
const config: Config = configSchema.parse({
  ...lawConfig,
  source: { ...lawConfig.source, stack: 'old' },
  target: { ...lawConfig.target, stack: 'old', deploy: { template: 'new.yaml' } },
});
const secretOf = (policy: string) =>
  `  Secret:\n    Type: AWS::SecretsManager::Secret\n${policy}    Properties:\n      Name: secret\n`;
const service = `  Service:\n    Type: AWS::ECS::Service\n    Properties:\n      DesiredCount: 2\n`;
const oldTemplate = (policy: string) =>
  `Resources:\n${secretOf(policy)}  Source:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      DBInstanceIdentifier: production-rag-db\n      MasterUsername: raguser\n${service}`;
const newTemplate = `Resources:\n${secretOf('    DeletionPolicy: Retain\n')}  Target:\n    Type: AWS::RDS::DBCluster\n    Properties:\n      DBClusterIdentifier: production-rag-cluster\n      MasterUsername: raguser\n${service}`;

const snapshot = {
  snapshotIdentifier: 'rds2aurora-law-000000',
  snapshotArn,
  engineVersion: '17.7',
  encrypted: true,
  kmsKeyId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const paused = {
  application: null,
  database: { previousDefaultReadOnly: null, sessionsEnded: 0 },
  pausedAt: '2026-01-01T00:00:00.000Z',
  lsn: '0/0',
};

/** The world as it is when `upTo` is about to run. */
async function makeWorld(
  upTo: 'save-stack' | 'delete-stack' | 'deploy-from-snapshot' | 'settle-stack',
  policy: string,
): Promise<LawWorld<Config> & { cloud: FakeStackCloud }> {
  const cloud = new FakeStackCloud();
  cloud.stand('old', oldTemplate(policy));
  const secret = cloud.secrets.get('secret');
  if (secret !== undefined) secret.value = password;
  const deps = cloud.gateways(newTemplate);
  const fingerprint = {
    file: 'fingerprint.json',
    sha256: await deps.files.write('fingerprint.json', '{}'),
    tables: 1,
    rows: 1,
  };
  const earlier: Record<string, unknown> = {
    ...lawEarlier,
    'take-snapshot': snapshot,
    'pause-writers': paused,
    'fingerprint-source': fingerprint,
  };
  const steps = [
    seal(createSaveStack(deps)),
    seal(createDeleteStack(deps)),
    seal(createDeployFromSnapshot(deps)),
    seal(createSettleStack(deps)),
  ];
  const wanted = steps.findIndex(({ id }) => id === upTo);
  for (const step of steps.slice(0, wanted)) earlier[step.id] = await runStep(step, earlier);
  return {
    cloud,
    step: steps[wanted] ?? expect.fail(upTo),
    config,
    earlier,
    snapshot: () => cloud.snapshot(),
    mutations: () => [...cloud.mutations],
    canaries: [password],
  };
}

function runStep(step: SealedStep<Config>, earlier: Record<string, unknown>): Promise<unknown> {
  const { io } = createStepIo('law-000000', step.id);
  return step.run(io, inputs(earlier));
}

function inputs(earlier: Record<string, unknown>): Parameters<SealedStep<Config>['run']>[1] {
  return {
    config,
    runId: 'law-000000',
    outputOf: (ref) => ref.output.parse(earlier[ref.id]),
    findOutputOf: (ref) => (earlier[ref.id] === undefined ? undefined : ref.output.parse(earlier[ref.id])),
  };
}

const policies = {
  'a secret that goes with the stack': '',
  'a secret that stays': '    DeletionPolicy: Retain\n',
};
for (const [name, policy] of Object.entries(policies)) {
  describeStepLaws(`save-stack, with ${name}`, () => makeWorld('save-stack', policy));
  describeStepLaws(`delete-stack, with ${name}`, async () => {
    const world = await makeWorld('delete-stack', policy);
    return { ...world, comparable: withoutIds };
  });
  describeStepLaws(`deploy-from-snapshot, with ${name}`, async () => {
    const world = await makeWorld('deploy-from-snapshot', policy);
    const gone = () => {
      const stack = world.cloud.stacks.find(({ status }) => status !== 'DELETE_COMPLETE');
      if (stack !== undefined) stack.status = 'ROLLBACK_COMPLETE';
    };
    // A secret that was made again stays: it is the application's, and the old stack takes it in.
    const snapshot = () => (policy === '' ? { stacks: stacksOf(world.cloud) } : world.cloud.snapshot());
    return { ...world, comparable: withoutIds, tamper: gone, snapshot };
  });
}
describeStepLaws('settle-stack', () => makeWorld('settle-stack', ''), {
  except: {
    'undo brings back what was there before, and a second undo changes nothing':
      'its stack is deleted by the step before',
    'undo without output takes back a run that was killed around any call':
      'its stack is deleted by the step before',
    'an undo killed around any call and begun again comes to the same end':
      'its stack is deleted by the step before',
  },
});

function stacksOf(cloud: FakeStackCloud): unknown {
  return (cloud.snapshot() as { stacks: unknown }).stacks;
}

/** Physical ids are made anew each time. */
function withoutIds(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output).replace(/arn:stack\/old\/\d+|secret-\d+/g, 'id')) as unknown;
}

describe('replacing a stack', () => {
  test('the new stack has the secret that the old one had, and no task', async () => {
    const { cloud, earlier = {} } = await makeWorld('settle-stack', '');
    expect(cloud.snapshot()).toMatchObject({
      stacks: [{ name: 'old', tasks: 0 }],
      secrets: [{ name: 'secret', value: password }],
    });
    const output = earlier['deploy-from-snapshot'] as { file: string };
    expect(cloud.files.get(output.file)).toContain(`SnapshotIdentifier: '${snapshotArn}'`);
    expect(JSON.stringify(earlier)).not.toContain(password);
  });

  test.each([
    ['ExportInUse', (cloud: FakeStackCloud) => (cloud.importers = ['reader'])],
    [
      'TerminationProtected',
      (cloud: FakeStackCloud) => cloud.stacks.forEach((one) => (one.isProtected = true)),
    ],
    ['DeletionProtected', (cloud: FakeStackCloud) => (cloud.isInstanceProtected = true)],
  ])('is refused: %s', async (code, spoil) => {
    const { cloud, step, earlier = {} } = await makeWorld('save-stack', '');
    spoil(cloud);
    const { io } = createStepIo('law-000000', step.id);
    await expect(step.plan(io, { config, runId: 'law-000000' })).resolves.toMatchObject({
      kind: 'blocked',
      problems: [{ code }],
    });
    await expect(step.run(io, inputs(earlier))).rejects.toMatchObject({ code, exitCode: 10 });
    expect(cloud.mutations).toEqual([]);
  });

  test('a deletion that fails tells the cause that CloudFormation gave, and can be gone on with', async () => {
    const { cloud, earlier = {} } = await makeWorld('delete-stack', '');
    const deps = cloud.gateways(newTemplate);
    const why = 'Firewall (AWS::EC2::SecurityGroup): has a dependent object';
    const failing = createDeleteStack({
      ...deps,
      waits: {
        ...deps.waits,
        untilStackGone: () => Promise.reject(new MigrationError('ResourceFailed', 'DELETE_FAILED', { why })),
      },
    });
    const { io, journal } = createStepIo('law-000000', failing.id);
    await expect(seal(failing).run(io, inputs(earlier))).rejects.toMatchObject({
      ...{ code: 'StackNotDeleted', why, resumable: true, changed: true },
      next: [
        expect.stringContaining('then resume'),
        expect.stringContaining('describe-stack-events'),
      ] as unknown,
    });
    const again = createStepIo('law-000000', failing.id, journal);
    await expect(seal(createDeleteStack(deps)).run(again.io, inputs(earlier))).resolves.toMatchObject({
      kept: [],
    });
  });

  test('an undo killed while the application starts is gone on with, and compares no more', async () => {
    const { cloud, earlier = {} } = await makeWorld('delete-stack', '');
    const deps = cloud.gateways(newTemplate);
    const { io, journal } = createStepIo('law-000000', 'delete-stack');
    const step = seal(createDeleteStack(deps));
    await step.run(io, inputs(earlier));
    await step.undo(io, inputs(earlier), undefined);
    const back = cloud.stacks.find(({ status }) => status !== 'DELETE_COMPLETE') ?? expect.fail('no stack');
    back.status = 'UPDATE_IN_PROGRESS';
    const done = [...cloud.mutations];
    const later = createDeleteStack({
      ...deps,
      fingerprints: { ...deps.fingerprints, compare: () => [{ item: 'rows', result: 'differ' }] },
      waits: {
        ...deps.waits,
        untilStackSettled: (waiting, id) => {
          back.status = 'UPDATE_COMPLETE';
          return deps.waits.untilStackSettled(waiting, id);
        },
      },
    });
    await seal(later).undo(
      createStepIo('law-000000', 'delete-stack', journal).io,
      inputs(earlier),
      undefined,
    );
    expect(cloud.mutations).toEqual(done);
  });

  test('nothing is deleted when the saved stack cannot be read any more', async () => {
    for (const file of ['old-stack.json', 'old-stack-secrets.json']) {
      const { cloud, step, earlier = {} } = await makeWorld('delete-stack', '');
      cloud.files.set(file, '{}');
      const { io } = createStepIo('law-000000', step.id);
      await expect(step.run(io, inputs(earlier))).rejects.toThrow();
      expect(cloud.mutations).toEqual([]);
    }
  });
});
