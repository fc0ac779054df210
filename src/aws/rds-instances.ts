import type { DBInstance } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, writeTags, type Tags } from './tags.js';

/** A DB instance as the tool needs it; RDS compares identifiers without case and answers in lower case. */
export interface DbInstance {
  readonly identifier: string;
  readonly arn: string;
  /** DbiResourceId: tells a namesake that was made later. */
  readonly resourceId: string | undefined;
  readonly createdAt: Date | undefined;
  readonly status: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly instanceClass: string;
  readonly clusterIdentifier: string | undefined;
  readonly endpoint: { readonly address: string; readonly port: number } | undefined;
  readonly database: string | undefined;
  readonly masterUser: string | undefined;
  readonly managedSecretArn: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly subnetGroup: string | undefined;
  readonly vpcId: string | undefined;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  readonly securityGroups: readonly string[];
  readonly parameterGroups: readonly string[];
  readonly allocatedGiB: number;
  /** Such as `gp3`. */
  readonly storageType: string | undefined;
  readonly multiAz: boolean;
  readonly autoMinorVersionUpgrade: boolean;
  readonly deletionProtection: boolean;
  readonly iamAuthentication: boolean;
  /** A new master password was asked for and is not yet set. */
  readonly passwordPending: boolean;
  readonly tags: Tags;
}

export interface NewWriter {
  readonly identifier: string;
  readonly clusterIdentifier: string;
  /** Undefined is left to RDS, which upgrades. */
  readonly autoMinorVersionUpgrade?: boolean | undefined;
  readonly tags: Tags;
}

export interface InstanceCalls {
  findInstance(identifier: string): Promise<DbInstance | undefined>;
  /**
   * Creates a `db.serverless` instance in an Aurora PostgreSQL cluster, without EngineVersion: RDS refuses one that
   * differs from the cluster's. `taken` when an instance of that name exists (perhaps from a lost reply).
   */
  createWriter(writer: NewWriter): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  setInstanceDeletionProtection(identifier: string, on: boolean): Promise<void>;
  /** Deletes an instance without a final snapshot: the cluster, or a snapshot, holds the data. Absence is no error. */
  deleteInstance(identifier: string): Promise<void>;
}

export function createInstanceCalls(clients: Pick<AwsClients, 'rds'>): InstanceCalls {
  return {
    findInstance: async (identifier) => {
      try {
        const rds = await clients.rds();
        const found = await callAws('rds:DescribeDBInstances', identifier, () =>
          rds.describeDBInstances({ DBInstanceIdentifier: identifier }),
        );
        return found.DBInstances?.[0] === undefined ? undefined : toDbInstance(found.DBInstances[0]);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },

    createWriter: async ({ identifier, clusterIdentifier, autoMinorVersionUpgrade, tags }) => {
      try {
        const rds = await clients.rds();
        const { DBInstance: made } = await callAws('rds:CreateDBInstance', identifier, () =>
          rds.createDBInstance({
            DBInstanceIdentifier: identifier,
            DBClusterIdentifier: clusterIdentifier,
            DBInstanceClass: 'db.serverless',
            Engine: 'aurora-postgresql',
            ...(autoMinorVersionUpgrade === undefined
              ? {}
              : { AutoMinorVersionUpgrade: autoMinorVersionUpgrade }),
            Tags: writeTags(tags),
          }),
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

    setInstanceDeletionProtection: async (identifier, on) => {
      const rds = await clients.rds();
      await callAws('rds:ModifyDBInstance', identifier, () =>
        rds.modifyDBInstance({
          DBInstanceIdentifier: identifier,
          DeletionProtection: on,
          ApplyImmediately: true,
        }),
      );
    },

    deleteInstance: async (identifier) => {
      try {
        const rds = await clients.rds();
        await callAws('rds:DeleteDBInstance', identifier, () =>
          rds.deleteDBInstance({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true }),
        );
      } catch (error) {
        if (!isAwsError(error, 'NotFound')) throw error;
      }
    },
  };
}

export function toDbInstance(instance: DBInstance): DbInstance {
  const { Endpoint: endpoint, DBSubnetGroup: group } = instance;
  return {
    identifier: instance.DBInstanceIdentifier ?? '',
    arn: instance.DBInstanceArn ?? '',
    resourceId: instance.DbiResourceId,
    createdAt: instance.InstanceCreateTime,
    status: instance.DBInstanceStatus ?? 'unknown',
    engine: instance.Engine ?? '',
    engineVersion: instance.EngineVersion ?? '',
    instanceClass: instance.DBInstanceClass ?? '',
    clusterIdentifier: instance.DBClusterIdentifier,
    endpoint:
      endpoint?.Address === undefined
        ? undefined
        : { address: endpoint.Address, port: endpoint.Port ?? 5432 },
    database: instance.DBName,
    masterUser: instance.MasterUsername,
    managedSecretArn: instance.MasterUserSecret?.SecretArn,
    encrypted: instance.StorageEncrypted ?? false,
    kmsKeyId: instance.KmsKeyId,
    subnetGroup: group?.DBSubnetGroupName,
    vpcId: group?.VpcId,
    subnets: (group?.Subnets ?? []).map((subnet) => ({
      id: subnet.SubnetIdentifier ?? '',
      zone: subnet.SubnetAvailabilityZone?.Name ?? '',
    })),
    securityGroups: (instance.VpcSecurityGroups ?? []).flatMap((one) => one.VpcSecurityGroupId ?? []),
    parameterGroups: (instance.DBParameterGroups ?? []).flatMap((one) => one.DBParameterGroupName ?? []),
    allocatedGiB: instance.AllocatedStorage ?? 0,
    storageType: instance.StorageType,
    multiAz: instance.MultiAZ ?? false,
    autoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade ?? false,
    deletionProtection: instance.DeletionProtection ?? false,
    iamAuthentication: instance.IAMDatabaseAuthenticationEnabled ?? false,
    passwordPending: instance.PendingModifiedValues?.MasterUserPassword !== undefined,
    tags: readTags(instance.TagList),
  };
}
