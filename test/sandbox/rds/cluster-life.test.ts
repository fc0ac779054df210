import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostOf, RdsWorld, sourceInstance } from './rds-world.js';

const cluster = { DBClusterIdentifier: 'rag-cluster', Engine: 'aurora-postgresql' };
const scaling = { ServerlessV2ScalingConfiguration: { MinCapacity: '0.5', MaxCapacity: '1' } };
const writer = {
  DBInstanceIdentifier: 'rag-writer',
  DBInstanceClass: 'db.serverless',
  Engine: 'aurora-postgresql',
  DBClusterIdentifier: 'rag-cluster',
};
const password = { MasterUsername: 'raguser', MasterUserPassword: 'a-password' };

describe('the life of an Aurora cluster', () => {
  let world: RdsWorld;
  let snapshotArn: string;

  beforeAll(async () => {
    world = await RdsWorld.start();
    await world.call('CreateDBInstance', sourceInstance);
    const client = await world.connect(hostOf(await world.untilInstance('production-rag-db')));
    await client.query('CREATE EXTENSION vector');
    await client.query("CREATE TABLE chunks AS SELECT 1 AS id, '[1,2,3]'::vector AS embedding");
    await client.end();
    await world.call('CreateDBSnapshot', {
      DBInstanceIdentifier: 'production-rag-db',
      DBSnapshotIdentifier: 'before',
    });
    const taken = () => world.one('DescribeDBSnapshots', 'DBSnapshots', { DBSnapshotIdentifier: 'before' });
    await world.until(async () => (await taken())['Status'] === 'available');
    snapshotArn = String((await taken())['DBSnapshotArn']);
  });

  afterAll(() => world.stop());

  it('is created empty, answers once its writer is available, and goes with its last member', async () => {
    const request = {
      ...cluster,
      ...scaling,
      ...password,
      EngineVersion: '17.7',
      DatabaseName: 'ragdb',
      Port: '5432',
    };
    await world.call('CreateDBCluster', request);
    expect(await world.refusal('CreateDBInstance', writer)).toMatchObject({
      code: 'InvalidDBClusterStateFault',
    });
    const view = await world.untilCluster('rag-cluster');
    expect(view).toMatchObject({
      DBClusterMembers: [],
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
    });
    await expect(world.connect(hostOf(view))).rejects.toThrow('ECONNREFUSED');
    await world.call('CreateDBInstance', writer);
    await world.untilInstance('rag-writer');
    const client = await world.connect(hostOf(view));
    expect((await client.query('SHOW max_connections')).rows).toEqual([{ max_connections: '189' }]);
    await client.end();
    expect((await world.cluster('rag-cluster'))['DBClusterMembers']).toMatchObject([
      { DBInstanceIdentifier: 'rag-writer', IsClusterWriter: true },
    ]);
    const removal = { DBClusterIdentifier: 'rag-cluster', SkipFinalSnapshot: 'true' };
    expect(await world.refusal('DeleteDBCluster', removal)).toEqual({
      code: 'InvalidDBClusterStateFault',
      message: 'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
    });
    await world.call('DeleteDBInstance', { DBInstanceIdentifier: 'rag-writer' });
    await world.call('DeleteDBCluster', removal);
    await world.untilGone('DescribeDBClusters', { DBClusterIdentifier: 'rag-cluster' });
    expect(await world.refusal('DescribeDBInstances', { DBInstanceIdentifier: 'rag-writer' })).toMatchObject({
      code: 'DBInstanceNotFound',
    });
  });

  it('is restored from an instance snapshot by its ARN, with its data and without an instance', async () => {
    const request = {
      ...cluster,
      ...scaling,
      DBClusterIdentifier: 'restored',
      EngineVersion: '17.9',
      SnapshotIdentifier: snapshotArn,
    };
    expect(
      await world.refusal('RestoreDBClusterFromSnapshot', { ...request, SnapshotIdentifier: 'before' }),
    ).toMatchObject({
      code: 'DBClusterSnapshotNotFoundFault',
    });
    expect(
      await world.refusal('RestoreDBClusterFromSnapshot', { ...request, EngineVersion: '17.5' }),
    ).toEqual({
      code: 'InvalidParameterCombination',
      message:
        'The engine version you requested for your restored DB cluster (17.5) is earlier than the engine version of the DB cluster snapshot (17.7)',
    });
    expect(await world.refusal('RestoreDBClusterFromSnapshot', { ...request, ...password })).toMatchObject({
      code: 'InvalidParameterCombination',
    });
    await world.call('RestoreDBClusterFromSnapshot', request);
    expect(await world.untilCluster('restored')).toMatchObject({
      DBClusterMembers: [],
      MasterUsername: 'raguser',
      EngineVersion: '17.9',
    });
    await world.call('ModifyDBCluster', {
      DBClusterIdentifier: 'restored',
      MasterUserPassword: 'another-password',
    });
    await world.until(async () => (await world.cluster('restored'))['PendingModifiedValues'] === undefined);
    await world.call('CreateDBInstance', {
      ...writer,
      DBInstanceIdentifier: 'restored-writer',
      DBClusterIdentifier: 'restored',
    });
    await world.untilInstance('restored-writer');
    const host = hostOf(await world.cluster('restored'));
    await expect(world.connect(host)).rejects.toThrow('password authentication failed');
    const client = await world.connect(host, { password: 'another-password' });
    expect((await client.query('SELECT id, embedding::text FROM chunks')).rows).toEqual([
      { id: 1, embedding: '[1,2,3]' },
    ]);
    await client.end();
  });

  it('refuses a serverless instance without a scaling configuration', async () => {
    await world.call('CreateDBCluster', { ...cluster, ...password, DBClusterIdentifier: 'unscaled' });
    await world.untilCluster('unscaled');
    expect(await world.refusal('CreateDBInstance', { ...writer, DBClusterIdentifier: 'unscaled' })).toEqual({
      code: 'InvalidDBClusterStateFault',
      message:
        'Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.',
    });
    expect(
      await world.refusal('CreateDBInstance', {
        ...writer,
        DBClusterIdentifier: 'unscaled',
        EngineVersion: '17.9',
      }),
    ).toEqual({
      code: 'InvalidParameterCombination',
      message:
        'The engine version that you requested for your DB instance (17.9) does not match the engine version of your DB cluster (17.7).',
    });
  });
});
