import type { RestoreDBInstanceFromDBSnapshotMessage } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import type { ReadPassword } from './rds-clusters.js';
import { writeTags, type Tags } from './tags.js';

/** An RDS instance that is made from a snapshot to be read for a while. */
export interface RestoredInstance {
  readonly identifier: string;
  readonly snapshot: string;
  /** Undefined takes that of the original, as RDS does. */
  readonly instanceClass: string | undefined;
  readonly port: number;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly storage: {
    readonly allocatedGiB: number | undefined;
    readonly type: string | undefined;
    readonly iops: number | undefined;
  };
  readonly tags: Tags;
}

export interface InstanceRestoreCalls {
  /** `taken` when an instance of that name exists (perhaps from a lost reply). */
  restoreInstance(
    instance: RestoredInstance,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  /** Sets the master password to what the secret says; it is read here and nowhere else. Applies at once. */
  setInstancePassword(identifier: string, secret: string): Promise<void>;
}

export function createInstanceRestoreCalls(
  clients: Pick<AwsClients, 'rds'>,
  readPassword: ReadPassword,
): InstanceRestoreCalls {
  return {
    restoreInstance: async (instance) => {
      try {
        const rds = await clients.rds();
        const { DBInstance: made } = await callAws(
          'rds:RestoreDBInstanceFromDBSnapshot',
          instance.identifier,
          () => rds.restoreDBInstanceFromDBSnapshot(toRequest(instance)),
        );
        return {
          outcome: 'created',
          ...(made?.DBInstanceArn === undefined ? {} : { arn: made.DBInstanceArn }),
        };
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return { outcome: 'taken' };
        throw error;
      }
    },

    setInstancePassword: async (identifier, secret) => {
      const password = await readPassword(secret);
      const rds = await clients.rds();
      await callAws('rds:ModifyDBInstance', identifier, () =>
        rds.modifyDBInstance({
          DBInstanceIdentifier: identifier,
          MasterUserPassword: password,
          ApplyImmediately: true,
        }),
      );
    },
  };
}

/**
 * Said in full: without subnet and security groups RDS takes those of the default VPC, and without the rest what the
 * original had or what is usual for something that stays. Version and encryption are the snapshot's and cannot be said.
 * Source: RestoreDBInstanceFromDBSnapshot in the API reference.
 */
function toRequest(instance: RestoredInstance): RestoreDBInstanceFromDBSnapshotMessage {
  const { allocatedGiB, type, iops } = instance.storage;
  return {
    DBInstanceIdentifier: instance.identifier,
    DBSnapshotIdentifier: instance.snapshot,
    Engine: 'postgres',
    Port: instance.port,
    ...(instance.instanceClass === undefined ? {} : { DBInstanceClass: instance.instanceClass }),
    ...(instance.subnetGroup === undefined ? {} : { DBSubnetGroupName: instance.subnetGroup }),
    ...(instance.securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: [...instance.securityGroups] }),
    ...(allocatedGiB === undefined ? {} : { AllocatedStorage: allocatedGiB }),
    ...(type === undefined ? {} : { StorageType: type }),
    // Needed by io1 and io2, and refused with a small gp3. Source: "Amazon RDS DB instance storage".
    ...(iops === undefined || type?.startsWith('io') !== true ? {} : { Iops: iops }),
    PubliclyAccessible: false,
    MultiAZ: false,
    AutoMinorVersionUpgrade: false,
    CopyTagsToSnapshot: false,
    DeletionProtection: false,
    BackupRetentionPeriod: 0,
    Tags: writeTags(instance.tags),
  };
}
