import type { RestoreDBClusterFromSnapshotMessage } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { toScalingRequest, type ReadPassword, type Scaling } from './rds-clusters.js';
import { writeTags, type Tags } from './tags.js';

/** An Aurora PostgreSQL cluster to be made from a snapshot. None of this is taken over from the source by AWS. */
export interface RestoredCluster {
  readonly identifier: string;
  /** An instance's snapshot is found by its ARN alone: a name is looked up among the snapshots of clusters. */
  readonly snapshotArn: string;
  readonly engineVersion: string;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  /** Of the Aurora family; undefined takes the default group of the version. */
  readonly parameterGroup: string | undefined;
  /** Undefined keeps the encryption of the snapshot. */
  readonly kmsKeyId: string | undefined;
  readonly scaling: Scaling;
  /** Whether users may log in by tokens of IAM. */
  readonly iamAuthentication: boolean;
  /** Days. */
  readonly backupRetention: number;
  readonly tags: Tags;
}

export interface RestoreCalls {
  /** `taken` when a cluster of that name exists (perhaps from a lost reply). */
  restoreCluster(
    cluster: RestoredCluster,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  /** Sets the master password to what the secret says; it is read here and nowhere else. Applies at once. */
  setMasterPassword(identifier: string, secret: string): Promise<void>;
}

export function createRestoreCalls(
  clients: Pick<AwsClients, 'rds'>,
  readPassword: ReadPassword,
): RestoreCalls {
  return {
    restoreCluster: async (cluster) => {
      try {
        const rds = await clients.rds();
        const { DBCluster: made } = await callAws(
          'rds:RestoreDBClusterFromSnapshot',
          cluster.identifier,
          () => rds.restoreDBClusterFromSnapshot(toRequest(cluster)),
        );
        return {
          outcome: 'created',
          ...(made?.DBClusterArn === undefined ? {} : { arn: made.DBClusterArn }),
        };
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return { outcome: 'taken' };
        throw error;
      }
    },

    setMasterPassword: async (identifier, secret) => {
      const password = await readPassword(secret);
      const rds = await clients.rds();
      await callAws('rds:ModifyDBCluster', identifier, () =>
        rds.modifyDBCluster({
          DBClusterIdentifier: identifier,
          MasterUserPassword: password,
          ApplyImmediately: true,
        }),
      );
    },
  };
}

/**
 * Said in full: without EngineVersion RDS takes the Region's default, without subnet and security groups those of the
 * default VPC, and the rest is off by default. The log types of RDS for PostgreSQL differ from Aurora's (`upgrade` is
 * none there). Source: RestoreDBClusterFromSnapshot in the API reference.
 */
function toRequest(cluster: RestoredCluster): RestoreDBClusterFromSnapshotMessage {
  return {
    DBClusterIdentifier: cluster.identifier,
    SnapshotIdentifier: cluster.snapshotArn,
    Engine: 'aurora-postgresql',
    EngineVersion: cluster.engineVersion,
    Port: 5432,
    ...(cluster.subnetGroup === undefined ? {} : { DBSubnetGroupName: cluster.subnetGroup }),
    ...(cluster.securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: [...cluster.securityGroups] }),
    ...(cluster.parameterGroup === undefined ? {} : { DBClusterParameterGroupName: cluster.parameterGroup }),
    ...(cluster.kmsKeyId === undefined ? {} : { KmsKeyId: cluster.kmsKeyId }),
    CopyTagsToSnapshot: true,
    BackupRetentionPeriod: cluster.backupRetention,
    // Switched on once the cluster is there: one that fails on the way must stay deletable.
    DeletionProtection: false,
    EnableIAMDatabaseAuthentication: cluster.iamAuthentication,
    EnableCloudwatchLogsExports: ['postgresql'],
    ServerlessV2ScalingConfiguration: toScalingRequest(cluster.scaling),
    Tags: writeTags(cluster.tags),
  };
}
