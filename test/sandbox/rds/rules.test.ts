import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsStruct } from '../../../src/sandbox/service.js';
import { RdsWorld, sourceInstance } from './rds-world.js';

const aurora: AwsStruct = {
  DBClusterIdentifier: 'c',
  Engine: 'aurora-postgresql',
  MasterUsername: 'raguser',
  MasterUserPassword: 'a-password',
};

describe('the rules of RDS', () => {
  let world: RdsWorld;

  beforeAll(async () => {
    // So slow that nothing leaves `creating` by itself.
    world = await RdsWorld.start(1);
  });

  afterAll(() => world.stop());

  const codes = async (
    action: string,
    base: AwsStruct,
    cases: readonly (readonly [AwsStruct, string])[],
  ): Promise<void> => {
    for (const [change, code] of cases) {
      const refusal = await world.refusal(action, { ...base, ...change });
      expect(refusal, JSON.stringify(change)).toMatchObject({ code });
    }
  };

  it('refuses bad instances, each with its own error', async () => {
    const before = await world.call('DescribeDBInstances');
    await codes('CreateDBInstance', sourceInstance, [
      [{ DBInstanceIdentifier: undefined }, 'MissingParameter'],
      [{ DBInstanceIdentifier: '1a' }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'a--b' }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'a-' }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'a'.repeat(64) }, 'InvalidParameterValue'],
      [{ MasterUserPassword: 'short' }, 'InvalidParameterValue'],
      [{ MasterUserPassword: 'with@sign-here' }, 'InvalidParameterValue'],
      [{ MasterUserPassword: 'x'.repeat(129) }, 'InvalidParameterValue'],
      [{ MasterUsername: 'rdsadmin' }, 'InvalidParameterValue'],
      [{ MasterUsername: '1user' }, 'InvalidParameterValue'],
      [{ DBName: 'no-hyphens' }, 'InvalidParameterValue'],
      [{ Engine: 'mysql' }, 'InvalidParameterValue'],
      [{ EngineVersion: '17.99' }, 'InvalidParameterCombination'],
      [{ DBInstanceClass: 'db.serverless' }, 'InvalidParameterCombination'],
      [{ DBInstanceClass: 'db.t4g.huge' }, 'InvalidParameterValue'],
      [{ AllocatedStorage: '5' }, 'InvalidParameterValue'],
      [{ Port: '80' }, 'InvalidParameterValue'],
      [{ DBSubnetGroupName: 'none' }, 'DBSubnetGroupNotFoundFault'],
      [{ VpcSecurityGroupIds: ['sg-none'] }, 'InvalidParameterValue'],
      [{ DBParameterGroupName: 'none' }, 'DBParameterGroupNotFound'],
      [{ DBParameterGroupName: 'default.postgres16' }, 'InvalidParameterCombination'],
      [{ Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValue'],
      [{ ManageMasterUserPassword: 'true' }, 'InvalidParameterCombination'],
      [{ Domain: 'corp' }, 'InvalidParameterCombination'],
      [{ DBClusterIdentifier: 'none' }, 'DBClusterNotFoundFault'],
    ]);
    expect(await world.call('DescribeDBInstances')).toEqual(before);
  });

  it('refuses bad clusters, each with its own error', async () => {
    const capacity = (MinCapacity: string, MaxCapacity: string, more = {}): AwsStruct => ({
      ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity, ...more },
    });
    await codes('CreateDBCluster', aurora, [
      [{ Engine: 'aurora-mysql' }, 'InvalidParameterValue'],
      [{ EngineVersion: '17.8' }, 'InvalidParameterCombination'],
      [{ EngineVersion: '15.5' }, 'InvalidParameterCombination'],
      [{ MasterUserPassword: 'x'.repeat(42) }, 'InvalidParameterValue'],
      [{ DBClusterParameterGroupName: 'none' }, 'DBClusterParameterGroupNotFound'],
      [{ StorageType: 'gp3' }, 'StorageTypeNotSupported'],
      [{ EngineMode: 'serverless' }, 'InvalidParameterCombination'],
      [capacity('0.5', '0.5'), 'InvalidParameterValue'],
      [capacity('0.7', '2'), 'InvalidParameterValue'],
      [capacity('4', '2'), 'InvalidParameterValue'],
      [capacity('0', '2', { SecondsUntilAutoPause: '60' }), 'InvalidParameterValue'],
      [capacity('1', '2', { SecondsUntilAutoPause: '600' }), 'InvalidParameterCombination'],
      [
        { ReplicationSourceIdentifier: 'arn:aws:rds:us-east-1:123456789012:db:x' },
        'InvalidParameterCombination',
      ],
    ]);
  });

  it('refuses what the state of a resource does not allow', async () => {
    await world.call('CreateDBInstance', { ...sourceInstance, DBInstanceIdentifier: 'busy' });
    const busy = { DBInstanceIdentifier: 'busy' };
    await codes('CreateDBInstance', { ...sourceInstance, ...busy }, [[{}, 'DBInstanceAlreadyExists']]);
    await codes('ModifyDBInstance', busy, [[{ DeletionProtection: 'true' }, 'InvalidDBInstanceState']]);
    await codes('CreateDBSnapshot', busy, [[{ DBSnapshotIdentifier: 's' }, 'InvalidDBInstanceState']]);
    await codes('RebootDBInstance', busy, [[{}, 'InvalidDBInstanceState']]);
    await codes('StartDBInstance', busy, [[{}, 'InvalidDBInstanceState']]);
    await codes('DeleteDBInstance', busy, [
      [{}, 'InvalidParameterCombination'],
      [{ SkipFinalSnapshot: 'true', FinalDBSnapshotIdentifier: 'f' }, 'InvalidParameterCombination'],
      [{ FinalDBSnapshotIdentifier: 'f' }, 'InvalidDBInstanceState'],
    ]);
    world.service.scriptState?.({ resource: 'db-instance', identifier: 'busy', state: 'available' });
    await world.call('ModifyDBInstance', { ...busy, DeletionProtection: 'true' });
    await codes('DeleteDBInstance', busy, [[{ SkipFinalSnapshot: 'true' }, 'InvalidParameterCombination']]);
    world.service.scriptState?.({ resource: 'db-instance', identifier: 'busy', state: 'storage-full' });
    expect(await world.instance('busy')).toMatchObject({ DBInstanceStatus: 'storage-full' });
    world.service.scriptState?.({ resource: 'db-instance', identifier: 'busy', state: '' });
    expect(await world.instance('busy')).toMatchObject({ DBInstanceStatus: 'creating' });
  });

  it('keeps a scripted state for a resource that does not exist yet', async () => {
    world.service.scriptState?.({ resource: 'db-cluster', identifier: 'Doomed', state: 'migration-failed' });
    await world.call('CreateDBCluster', { ...aurora, DBClusterIdentifier: 'doomed' });
    expect(await world.cluster('doomed')).toMatchObject({ Status: 'migration-failed' });
  });

  it('wants a subnet group to span two zones', async () => {
    const group = { DBSubnetGroupName: 'g', DBSubnetGroupDescription: 'd' };
    await codes('CreateDBSubnetGroup', group, [
      [{ SubnetIds: ['subnet-a'] }, 'DBSubnetGroupDoesNotCoverEnoughAZs'],
      [{ SubnetIds: ['subnet-none'] }, 'InvalidSubnet'],
    ]);
    await world.call('CreateDBSubnetGroup', { ...group, SubnetIds: ['subnet-a', 'subnet-b'] });
    await codes('CreateDBSubnetGroup', group, [
      [{ SubnetIds: ['subnet-a', 'subnet-b'] }, 'DBSubnetGroupAlreadyExists'],
    ]);
    await world.call('CreateDBCluster', { ...aurora, DBClusterIdentifier: 'user', DBSubnetGroupName: 'g' });
    await codes('DeleteDBSubnetGroup', { DBSubnetGroupName: 'g' }, [[{}, 'InvalidDBSubnetGroupStateFault']]);
  });

  it('keeps parameters to their type, range and moment', async () => {
    const name = { DBParameterGroupName: 'pg' };
    await world.call('CreateDBParameterGroup', {
      ...name,
      DBParameterGroupFamily: 'postgres17',
      Description: 'd',
    });
    const set = (
      ParameterName: string,
      ParameterValue: string,
      ApplyMethod = 'pending-reboot',
    ): AwsStruct => ({
      Parameters: [{ ParameterName, ParameterValue, ApplyMethod }],
    });
    await codes('ModifyDBParameterGroup', name, [
      [set('no_such', '1'), 'InvalidParameterValue'],
      [set('fsync', '0'), 'InvalidParameterValue'],
      [set('max_connections', '-5'), 'InvalidParameterValue'],
      [set('autovacuum', 'perhaps'), 'InvalidParameterValue'],
      [set('max_connections', '50', 'immediate'), 'InvalidParameterCombination'],
      [
        { DBParameterGroupName: 'default.postgres17', ...set('work_mem', '64') },
        'InvalidDBParameterGroupState',
      ],
    ]);
    await world.call('ModifyDBParameterGroup', { ...name, ...set('work_mem', '8192', 'immediate') });
    const user = await world.call('DescribeDBParameters', { ...name, Source: 'user' });
    expect(user).toMatchObject({
      Parameters: [{ ParameterName: 'work_mem', ParameterValue: '8192', ApplyType: 'dynamic' }],
    });
    expect(await world.refusal('DescribeDBParameters', { DBParameterGroupName: 'none' })).toMatchObject({
      code: 'DBParameterGroupNotFound',
    });
  });

  it('pages, and refuses page sizes and filters that RDS does not have', async () => {
    const first = await world.call('DescribeDBParameters', {
      DBParameterGroupName: 'default.postgres17',
      MaxRecords: '20',
    });
    expect(first['Parameters']).toHaveLength(20);
    const second = await world.call('DescribeDBParameters', {
      DBParameterGroupName: 'default.postgres17',
      MaxRecords: 20,
      Marker: first['Marker'],
    });
    expect(second['Parameters']).not.toEqual(first['Parameters']);
    await codes('DescribeDBInstances', {}, [
      [{ MaxRecords: '5' }, 'InvalidParameterValue'],
      [{ MaxRecords: '101' }, 'InvalidParameterValue'],
      [{ Marker: 'nonsense' }, 'InvalidParameterValue'],
      [{ Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue'],
      [{ DBInstanceIdentifier: 'none' }, 'DBInstanceNotFound'],
    ]);
  });

  it('lists versions oldest first by number, and only those that can be made unless all are asked for', async () => {
    const list = async (input: AwsStruct): Promise<string[]> => {
      const answer = await world.call('DescribeDBEngineVersions', { Engine: 'aurora-postgresql', ...input });
      return (answer['DBEngineVersions'] as { EngineVersion: string }[]).map(
        ({ EngineVersion }) => EngineVersion,
      );
    };
    expect(await list({ EngineVersion: '17' })).toEqual(['17.4', '17.5', '17.6', '17.7', '17.9', '17.10']);
    expect(await list({})).not.toContain('15.5');
    expect(await list({ IncludeAll: 'true' })).toContain('15.5');
    expect(await list({ DefaultOnly: 'true' })).toEqual(['17.7']);
  });
});
