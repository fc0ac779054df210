import { describe, expect, test } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.js';
import { toJson } from '../../src/journal/json.js';
import { inputsFrom } from '../../src/pipeline/inputs.js';
import { seal } from '../../src/pipeline/seal.js';
import { createCheckFinalization } from '../../src/steps/check-finalization.js';
import { createDeleteSource } from '../../src/steps/delete-source.js';
import { createKeepSecret } from '../../src/steps/keep-secret.js';
import { createTakeLastSnapshot } from '../../src/steps/take-last-snapshot.js';
import { FakeEndingWorld } from '../fakes/fake-ending-world.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { FakeStackCloud } from '../fakes/fake-stack-cloud.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const runId = 'law-000000';
const config: Config = { ...lawConfig, source: { ...lawConfig.source, stack: 'old' } };
const lifting: Config = configSchema.parse({
  ...lawConfig,
  source: { ...lawConfig.source, stack: 'old' },
  finalize: { liftDeletionProtection: true },
});
const instance = {
  identifier: 'production-rag-db',
  arn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-db',
  resourceId: 'db-1',
};
const stack = { id: 'arn:old', name: 'old', source: 'Source' };
const alone = { instance, ending: 'instance', stack: null, keep: [], stays: [], leftovers: [] };
const matched = { comparisons: [{ item: 'rows', result: 'match' }] };
const snapshotIdentifier = 'rds2aurora-law-000000-last';
const moved = {
  ...lawEarlier,
  'verify-data': matched,
  'validate-target': { ...matched, checks: [{ check: 'cluster', result: 'pass', detail: 'available' }] },
  'check-finalization': alone,
  'take-last-snapshot': {
    snapshotIdentifier,
    snapshotArn: `arn:aws:rds:us-east-1:123456789012:snapshot:${snapshotIdentifier}`,
    createdAt: '1970-01-01T00:00:00.000Z',
  },
};

const template = `Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
  Source:
    Type: AWS::RDS::DBInstance
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetId: !Ref Source}
`;

function own(world: FakeEndingWorld): void {
  world.stack = {
    template,
    status: 'CREATE_COMPLETE',
    resources: [
      ['Secret', 'AWS::SecretsManager::Secret', 'arn:secret'],
      ['Source', 'AWS::RDS::DBInstance', 'production-rag-db'],
      ['Attachment', 'AWS::SecretsManager::SecretTargetAttachment', 'attached'],
    ],
  };
}

function checkWorld(
  prepare: (world: FakeEndingWorld) => void = own,
): LawWorld<Config> & { fake: FakeEndingWorld } {
  const fake = new FakeEndingWorld();
  prepare(fake);
  return {
    fake,
    config,
    step: seal(createCheckFinalization(fake.gateways())),
    earlier: moved,
    snapshot: () => fake.snapshot(),
    mutations: () => [...fake.mutations],
    tamper: () => {
      fake.sessions = ['raguser on ragdb from 10.0.0.1'];
    },
  };
}

function lastWorld(): LawWorld<Config> {
  const rds = new FakeRds();
  return {
    config,
    step: seal(createTakeLastSnapshot({ rds: rds.gateway, waits: rds.waits })),
    earlier: moved,
    snapshot: () => rds.snapshot(),
    mutations: () => [...rds.mutations],
    tamper: () => rds.snapshots.clear(),
  };
}

function keepWorld(): LawWorld<Config> {
  const cloud = new FakeStackCloud();
  cloud.stand('old', template.replace(/!Ref (\w+)/g, '$1'));
  const [standing] = cloud.stacks;
  const { id = '' } = standing ?? {};
  return {
    config,
    step: seal(createKeepSecret(cloud.gateways(''))),
    earlier: {
      ...moved,
      'check-finalization': { ...alone, stack: { ...stack, id }, keep: ['Secret', 'Attachment'] },
    },
    snapshot: () => ({ template: standing?.template, ...(cloud.snapshot() as object) }),
    mutations: () => [...cloud.mutations],
    tamper: () => {
      if (standing !== undefined) standing.template = template;
    },
  };
}

function deleteWorld(
  ending: 'stack' | 'instance',
  isProtected = false,
): LawWorld<Config> & { fake: FakeEndingWorld } {
  const fake = new FakeEndingWorld();
  if (ending === 'stack') own(fake);
  fake.change('production-rag-db', { deletionProtection: isProtected });
  fake.rds.addSnapshot(snapshotIdentifier, { 'rds2aurora:run': runId });
  const gateways = fake.gateways();
  const check = createCheckFinalization(gateways);
  const recheck = check.verify.bind(check);
  return {
    fake,
    config: isProtected ? lifting : config,
    step: seal(
      createDeleteSource({
        ...gateways,
        recheck: (io, from, found) => recheck(io, check.select(from), found),
      }),
    ),
    earlier: {
      ...moved,
      'check-finalization':
        ending === 'stack' ? { ...alone, ending, stack, keep: ['Secret', 'Attachment'] } : alone,
    },
    snapshot: () => fake.snapshot(),
    mutations: () => [...fake.mutations],
    comparable: (output) => ({ ...(output as object), deletedAt: 'then' }),
    tamper: () => {
      fake.instances.set('production-rag-db', { resourceId: 'db-1', status: 'available' } as never);
    },
  };
}

describeStepLaws('check-finalization, of a source that a stack owns', () => checkWorld());
describeStepLaws('check-finalization, of a source that no stack owns', () => checkWorld(() => undefined));
describeStepLaws('take-last-snapshot', lastWorld);
describeStepLaws('keep-secret', keepWorld);
describeStepLaws('delete-source, the instance alone', () => deleteWorld('instance'));
describeStepLaws('delete-source, protected and asked for by name', () => deleteWorld('instance', true));
describeStepLaws('delete-source, with its stack', () => deleteWorld('stack'));

function inputs({ earlier = {} }: LawWorld<Config>, withConfig: Config = config) {
  return inputsFrom(withConfig, runId, (id) => (earlier[id] === undefined ? undefined : toJson(earlier[id])));
}

describe('a source is not ended', () => {
  test.each([
    ['SourceInUse', (world: FakeEndingWorld) => (world.sessions = ['raguser on ragdb'])],
    ['SecretElsewhere', (world: FakeEndingWorld) => (world.secretHost = '127.0.0.1')],
    [
      'DeletionProtected',
      (world: FakeEndingWorld) => world.change('production-rag-db', { deletionProtection: true }),
    ],
    [
      'SourceNotAvailable',
      (world: FakeEndingWorld) => world.change('production-rag-db', { status: 'stopped' }),
    ],
    ['TargetNotAnswering', (world: FakeEndingWorld) => (world.cluster = { status: 'stopped' })],
    ['TargetNotAnswering', (world: FakeEndingWorld) => (world.tables = 0)],
    ['TargetNotAnswering', (world: FakeEndingWorld) => world.instances.delete('production-rag-instance')],
    ['SourceGone', (world: FakeEndingWorld) => world.instances.delete('production-rag-db')],
    [
      'StackNotReady',
      (world: FakeEndingWorld) => (world.stack = { ...owned(world), status: 'UPDATE_IN_PROGRESS' }),
    ],
  ])('%s', async (code, spoil) => {
    const { fake, step, ...world } = checkWorld();
    spoil(fake);
    const { io } = createStepIo(runId, step.id);
    const from = inputs({ ...world, step });
    const plan = await step.plan(io, { config, runId, findOutputOf: (ref) => from.findOutputOf(ref) });
    expect(plan).toMatchObject({ kind: 'blocked', problems: [{ code }] });
    await expect(step.run(io, from)).rejects.toMatchObject({ code, exitCode: 10 });
    expect(fake.mutations).toEqual([]);
  });

  test('when the last verification was not all match', async () => {
    const { step, ...world } = checkWorld();
    const comparisons = [{ item: 'rows of a', result: 'not-compared' }];
    const earlier = { ...moved, 'verify-data': { comparisons } };
    const { io } = createStepIo(runId, step.id);
    await expect(step.run(io, inputs({ ...world, step, earlier }))).rejects.toMatchObject({
      code: 'NotVerified',
    });
  });

  test('when an instance of its name was made after the move', async () => {
    const { fake, step, ...world } = checkWorld();
    fake.change('production-rag-db', { createdAt: new Date('2026-01-02') });
    const database = { previousDefaultReadOnly: null, sessionsEnded: 0 };
    const pausedAt = '2026-01-01T00:00:00.000Z';
    const earlier = { ...moved, 'pause-writers': { application: null, database, pausedAt, lsn: '0/0' } };
    const { io } = createStepIo(runId, step.id);
    await expect(step.run(io, inputs({ ...world, step, earlier }))).rejects.toMatchObject({
      code: 'SourceGone',
    });
  });

  test.each([
    ['SourceInUse', (world: FakeEndingWorld) => (world.sessions = ['raguser on ragdb'])],
    ['SnapshotNotAvailable', (world: FakeEndingWorld) => world.rds.snapshots.clear()],
    ['SourceDiffers', (world: FakeEndingWorld) => world.change('production-rag-db', { resourceId: 'db-9' })],
  ])('at the last moment: %s', async (code, spoil) => {
    const { fake, step, ...world } = deleteWorld('instance');
    spoil(fake);
    const { io } = createStepIo(runId, step.id);
    await expect(step.run(io, inputs({ ...world, step }))).rejects.toMatchObject({ code });
    expect(fake.mutations).toEqual([]);
  });

  test('with a stack that has got an application since', async () => {
    const { fake, step, ...world } = deleteWorld('stack');
    fake.stack = {
      ...owned(fake),
      resources: [...owned(fake).resources, ['Service', 'AWS::ECS::Service', 'rag']],
    };
    const { io } = createStepIo(runId, step.id);
    await expect(step.run(io, inputs({ ...world, step }))).rejects.toMatchObject({ code: 'SourceChanged' });
    expect(fake.mutations).toEqual([]);
  });
});

test('what only the source used, and no stack owns, is named and left alone', async () => {
  const { step, ...world } = checkWorld(() => undefined);
  const { io } = createStepIo(runId, step.id);
  await expect(step.run(io, inputs({ ...world, step }))).resolves.toMatchObject({
    leftovers: [
      'aws rds delete-db-subnet-group --db-subnet-group-name old-subnets',
      'aws rds delete-db-parameter-group --db-parameter-group-name old-parameters',
      'aws ec2 delete-security-group --group-id sg-old',
    ],
  });
});

function owned({ stack: found }: FakeEndingWorld): NonNullable<FakeEndingWorld['stack']> {
  if (found === undefined) throw new Error('no stack stands');
  return found;
}
