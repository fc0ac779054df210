import { describe, expect, test } from 'vitest';
import { createInstanceRestoreCalls, type RestoredInstance } from '../../src/aws/rds-instance-restores.js';
import { createRestoreCalls } from '../../src/aws/rds-restores.js';
import { createInstanceCalls } from '../../src/aws/rds-instances.js';

/** A client that keeps what it was asked, and answers nothing. */
function createRecorder() {
  const asked: Record<string, unknown>[] = [];
  const answer = (input: Record<string, unknown>) => {
    asked.push(input);
    return Promise.resolve({});
  };
  const rds = {
    createDBInstance: answer,
    modifyDBInstance: answer,
    restoreDBInstanceFromDBSnapshot: answer,
    restoreDBClusterFromSnapshot: answer,
  };
  return { asked, clients: { rds: () => Promise.resolve(rds as never) } };
}

describe('what RDS is asked', () => {
  test.each([
    [false, { AutoMinorVersionUpgrade: false }],
    [true, { AutoMinorVersionUpgrade: true }],
    [undefined, {}],
  ])('a writer with automatic minor upgrades %s', async (autoMinorVersionUpgrade, expected) => {
    const { asked, clients } = createRecorder();
    const writer = { identifier: 'writer', clusterIdentifier: 'cluster', tags: {} };
    await createInstanceCalls(clients).createWriter({ ...writer, autoMinorVersionUpgrade });
    expect(asked).toEqual([
      {
        ...{ DBInstanceIdentifier: 'writer', DBClusterIdentifier: 'cluster', Tags: [] },
        ...{ DBInstanceClass: 'db.serverless', Engine: 'aurora-postgresql', ...expected },
      },
    ]);
  });

  test('a temporary instance is private, has no backups, and stands where it is told', async () => {
    const { asked, clients } = createRecorder();
    await createInstanceRestoreCalls(clients, readPassword).restoreInstance(temporary);
    expect(asked).toEqual([
      {
        ...{ DBInstanceIdentifier: 'temporary', DBSnapshotIdentifier: 'snapshot', Engine: 'postgres' },
        ...{ DBInstanceClass: 'db.t4g.micro', Port: 5433, AllocatedStorage: 20, StorageType: 'gp3' },
        ...{ DBSubnetGroupName: 'group', VpcSecurityGroupIds: ['sg-1'] },
        ...{ PubliclyAccessible: false, MultiAZ: false, AutoMinorVersionUpgrade: false },
        ...{ CopyTagsToSnapshot: false, DeletionProtection: false, BackupRetentionPeriod: 0 },
        Tags: [{ Key: 'rds2aurora:run', Value: 'law-000000' }],
      },
    ]);
  });

  test.each([true, false])('a restored cluster with IAM authentication: %s', async (iamAuthentication) => {
    const { asked, clients } = createRecorder();
    await createRestoreCalls(clients, readPassword).restoreCluster({
      ...{ identifier: 'cluster', snapshotArn: 'arn', engineVersion: '17.7', subnetGroup: 'group' },
      ...{ securityGroups: [], parameterGroup: undefined, kmsKeyId: undefined, tags: {} },
      ...{ scaling: { min: 0.5, max: 1 }, deletionProtection: true, backupRetention: 7, iamAuthentication },
    });
    expect(asked[0]).toMatchObject({ EnableIAMDatabaseAuthentication: iamAuthentication });
  });

  test('only provisioned storage is told its operations', async () => {
    const { asked, clients } = createRecorder();
    const storage = { allocatedGiB: 100, type: 'io2', iops: 4000 };
    await createInstanceRestoreCalls(clients, readPassword).restoreInstance({ ...temporary, storage });
    expect(asked[0]).toMatchObject({ StorageType: 'io2', Iops: 4000 });
  });

  test('a password goes to RDS at once, and nowhere else', async () => {
    const { asked, clients } = createRecorder();
    const answer = await createInstanceRestoreCalls(clients, readPassword).setInstancePassword('one', 'name');
    expect(answer).toBeUndefined();
    expect(asked).toEqual([
      { DBInstanceIdentifier: 'one', MasterUserPassword: 'password of name', ApplyImmediately: true },
    ]);
  });
});

const readPassword = (secret: string) => Promise.resolve(`password of ${secret}`);

const temporary: RestoredInstance = {
  ...{ identifier: 'temporary', snapshot: 'snapshot', instanceClass: 'db.t4g.micro', port: 5433 },
  ...{ subnetGroup: 'group', securityGroups: ['sg-1'] },
  storage: { allocatedGiB: 20, type: 'gp3', iops: 3000 },
  tags: { 'rds2aurora:run': 'law-000000' },
};
