import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { toJson } from '../../src/journal/json.js';
import { inputsFrom } from '../../src/pipeline/inputs.js';
import { seal } from '../../src/pipeline/seal.js';
import { createCarryParameters } from '../../src/steps/carry-parameters.js';
import { createCreateWriter } from '../../src/steps/create-writer.js';
import { createRestoreCluster } from '../../src/steps/restore-cluster.js';
import { createUseSnapshot } from '../../src/steps/use-snapshot.js';
import { createTakeSnapshot } from '../../src/steps/take-snapshot.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const own = { 'rds2aurora:run': 'law-000000' };
const snapshot = {
  snapshotIdentifier: 'rds2aurora-law-000000',
  snapshotArn: 'arn:aws:rds:us-east-1:123456789012:snapshot:rds2aurora-law-000000',
  engineVersion: '17.7',
  encrypted: true,
  kmsKeyId: 'key',
  createdAt: '1970-01-01T00:00:00.000Z',
};

function worldOf(rds: FakeRds, step: LawWorld<Config>['step'], tamper: () => void): LawWorld<Config> {
  return {
    step,
    config: lawConfig,
    earlier: { ...lawEarlier, 'take-snapshot': snapshot },
    snapshot: () => rds.snapshot(),
    mutations: () => [...rds.mutations],
    tamper,
  };
}

function takeWorld(): LawWorld<Config> {
  const rds = new FakeRds();
  const step = seal(createTakeSnapshot({ rds: rds.gateway, waits: rds.waits }));
  return worldOf(rds, step, () => rds.snapshots.clear());
}

const shared = 'arn:aws:rds:us-east-1:999988887777:snapshot:weekly';

function useWorld(): LawWorld<Config> {
  const rds = new FakeRds();
  rds.addSnapshot(shared, {});
  const found = rds.snapshots.get(shared);
  if (found !== undefined) rds.snapshots.set(shared, { ...found, arn: shared });
  const sts = { getCaller: () => Promise.resolve({ account: '123456789012', arn: 'arn' }) };
  const step = seal(createUseSnapshot({ sts, rds: rds.gateway, waits: rds.waits }));
  const world = worldOf(rds, step, () => rds.snapshots.delete(snapshot.snapshotIdentifier));
  const source = { ...lawConfig.source, snapshot: shared, snapshotKmsKey: 'alias/ours' };
  return { ...world, config: { ...lawConfig, source } };
}

function restoreWorld(): LawWorld<Config> {
  const rds = new FakeRds();
  const step = seal(createRestoreCluster({ rds: rds.gateway, waits: rds.waits }));
  return worldOf(rds, step, () => rds.clusters.clear());
}

function carryWorld(count: number): LawWorld<Config> {
  const rds = new FakeRds();
  const names = Array.from({ length: count }, (_, index) => `parameter_${String(index)}`);
  rds.sourceParameters = names.map((name) => ({ name, value: '1' }));
  rds.family = names.map((name) => ({ name, isModifiable: true, isStatic: false, allowedValues: undefined }));
  const source = { parameterGroups: ['source-group'], engineVersion: '17.7' };
  const gateway = { ...rds.gateway, findInstance: () => Promise.resolve(source as never) };
  return worldOf(rds, seal(createCarryParameters({ rds: gateway })), () => rds.groups.clear());
}

describeStepLaws('take-snapshot', takeWorld);
describeStepLaws('use-snapshot, of another account', useWorld);
describeStepLaws('restore-cluster', restoreWorld);
describeStepLaws('carry-parameters, with more than one call takes', () => carryWorld(45));

test('undo of restore-cluster waits for a cluster that is still migrating, and then deletes it', async () => {
  const rds = new FakeRds();
  const step = seal(createRestoreCluster({ rds: rds.gateway, waits: rds.waits }));
  const { io } = createStepIo('law-000000', step.id);
  const earlier: Readonly<Record<string, unknown>> = { ...lawEarlier, 'take-snapshot': snapshot };
  const inputs = inputsFrom(lawConfig, io.runId, (id) =>
    earlier[id] === undefined ? undefined : toJson(earlier[id]),
  );
  await step.run(io, inputs);
  for (const [name, cluster] of rds.clusters) rds.clusters.set(name, { ...cluster, status: 'migrating' });
  await step.undo(io, inputs, undefined);
  expect([...rds.clusters.keys()]).toEqual([]);
});

describe('what has failed for good is made again, since it is of this run and holds nothing', () => {
  const earlier: Readonly<Record<string, unknown>> = { ...lawEarlier, 'take-snapshot': snapshot };
  const find = (id: string) => (earlier[id] === undefined ? undefined : toJson(earlier[id]));

  test.each(['migration-failed', 'incompatible-restore', 'inaccessible-encryption-credentials'])(
    'a cluster that is %s',
    async (status) => {
      const rds = new FakeRds();
      const step = seal(createRestoreCluster({ rds: rds.gateway, waits: rds.waits }));
      const { io, notes } = createStepIo('law-000000', step.id);
      const inputs = inputsFrom(lawConfig, io.runId, find);
      await step.run(io, inputs);
      for (const [name, one] of rds.clusters)
        rds.clusters.set(name, { ...one, status, deletionProtection: false });
      const made = rds.mutations.length;
      await step.run(io, inputs);
      expect(rds.mutations.slice(made)).toEqual([
        'DeleteDBCluster production-rag-cluster',
        'RestoreDBClusterFromSnapshot production-rag-cluster',
        'ModifyDBCluster production-rag-cluster',
      ]);
      expect(notes.join()).toContain(`is ${status} for good`);
    },
  );

  test('a snapshot that has failed', async () => {
    const rds = new FakeRds();
    rds.addSnapshot('rds2aurora-law-000000', own);
    const found = rds.snapshots.get('rds2aurora-law-000000');
    if (found !== undefined) rds.snapshots.set(found.identifier, { ...found, status: 'failed' });
    const { io } = createStepIo('law-000000', 'take-snapshot');
    const step = seal(createTakeSnapshot({ rds: rds.gateway, waits: rds.waits }));
    await step.run(io, inputsFrom(lawConfig, io.runId, find));
    expect(rds.mutations).toEqual([
      'DeleteDBSnapshot rds2aurora-law-000000',
      'CreateDBSnapshot rds2aurora-law-000000',
    ]);
  });

  test('a cluster of somebody else stays as it is, whatever its state', async () => {
    const rds = new FakeRds();
    const step = seal(createRestoreCluster({ rds: rds.gateway, waits: rds.waits }));
    const { io } = createStepIo('law-000000', step.id);
    const inputs = inputsFrom(lawConfig, io.runId, find);
    await step.run(io, inputs);
    for (const [name, one] of rds.clusters)
      rds.clusters.set(name, { ...one, status: 'migration-failed', tags: {} });
    const made = rds.mutations.length;
    await expect(step.run(io, inputs)).rejects.toMatchObject({ code: 'ClusterTaken' });
    expect(rds.mutations.length).toBe(made);
  });
});

describe('take-snapshot', () => {
  const input = { identifier: 'rds2aurora-law-000000', instance: 'production-rag-db' };
  const open = (rds: FakeRds) => createTakeSnapshot({ rds: rds.gateway, waits: rds.waits });

  test('adopts a snapshot that carries its tag', async () => {
    const rds = new FakeRds();
    rds.addSnapshot(input.identifier, own);
    const { io, calls } = createStepIo('law-000000', 'take-snapshot');
    expect(await open(rds).run(io, input)).toEqual(snapshot);
    expect(calls()).toEqual([]);
  });

  test('stops at one that is its own and of another instance', async () => {
    const rds = new FakeRds();
    rds.addSnapshot(input.identifier, own, 'another-db');
    const { io } = createStepIo('law-000000', 'take-snapshot');
    await expect(open(rds).run(io, input)).rejects.toMatchObject({ code: 'SnapshotDiffers', exitCode: 6 });
  });

  test('stops at one that is not its own, and never deletes it', async () => {
    const rds = new FakeRds();
    rds.addSnapshot(input.identifier, { 'rds2aurora:run': 'another' });
    const { io, calls } = createStepIo('law-000000', 'take-snapshot');
    const step = open(rds);
    await expect(step.run(io, input)).rejects.toMatchObject({ code: 'SnapshotNotOurs', exitCode: 10 });
    if (step.reversal.kind === 'undo') await step.reversal.undo(io, input, undefined);
    expect(calls()).toEqual([]);
    expect([...rds.snapshots.keys()]).toEqual([input.identifier]);
  });
});

test.each([
  ['false', false],
  ['true', true],
  [undefined, undefined],
])('a template that says AutoMinorVersionUpgrade %s has a writer with %s', (said, expected) => {
  const settings = said === undefined ? {} : { AutoMinorVersionUpgrade: said };
  const earlier: Readonly<Record<string, unknown>> = {
    'prepare-stack': { stackId: 'arn', stackName: 'new', created: true, settings },
    'restore-cluster': { clusterIdentifier: 'production-rag-cluster', clusterArn: 'arn' },
  };
  const rds = new FakeRds();
  const createWriter = () => Promise.resolve({ outcome: 'created' as const });
  const step = createCreateWriter({ rds: { ...rds.gateway, createWriter }, waits: rds.waits });
  const inputs = inputsFrom(lawConfig, 'law-000000', (id) =>
    earlier[id] === undefined ? undefined : toJson(earlier[id]),
  );
  expect(step.select(inputs).autoMinorVersionUpgrade).toBe(expected);
});

test.each([
  ['of the source, without a template', true, undefined, true],
  ['off, as a template says by silence', true, {}, false],
  ['of the template', false, { EnableIAMDatabaseAuthentication: 'true' }, true],
])('a restored cluster has the IAM authentication %s', (_name, ofSource, settings, expected) => {
  const { source } = lawEarlier['check-readiness'];
  const ready = { ...lawEarlier['check-readiness'], source: { ...source, iamAuthentication: ofSource } };
  const prepared = settings && { stackId: 'arn', stackName: 'new', created: true, settings };
  const earlier: Readonly<Record<string, unknown>> = {
    ...{ 'check-readiness': ready, 'take-snapshot': snapshot, 'prepare-stack': prepared },
  };
  const rds = new FakeRds();
  const step = createRestoreCluster({ rds: rds.gateway, waits: rds.waits });
  const inputs = inputsFrom(lawConfig, 'law-000000', (id) =>
    earlier[id] === undefined ? undefined : toJson(earlier[id]),
  );
  expect(step.select(inputs).iamAuthentication).toBe(expected);
});
