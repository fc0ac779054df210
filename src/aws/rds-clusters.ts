import type { CreateDBClusterMessage, DBCluster } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, writeTags, type Tags } from './tags.js';

/** Capacity in ACU, in steps of 0.5. `autoPauseSeconds` only goes with `min` 0. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  readonly autoPauseSeconds?: number | undefined;
}

export interface DbCluster {
  readonly identifier: string;
  readonly arn: string;
  readonly status: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly endpoint: string | undefined;
  readonly port: number;
  readonly masterUser: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string | undefined;
  readonly scaling: Scaling | undefined;
  readonly members: readonly { readonly identifier: string; readonly writer: boolean }[];
  readonly deletionProtection: boolean;
  /** True from the request for another master password until it is set. */
  readonly passwordPending: boolean;
  readonly tags: Tags;
}

/** What a new Aurora PostgreSQL cluster is to be. Nothing is left to AWS's defaults, which differ from the source's. */
export interface NewCluster {
  readonly identifier: string;
  readonly engineVersion: string;
  readonly masterUser: string;
  /** The secret whose `password` becomes the master password; it is read inside the gateway and nowhere else. */
  readonly secret: string;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly scaling: Scaling;
  readonly tags: Tags;
}

export interface ClusterCalls {
  findCluster(identifier: string): Promise<DbCluster | undefined>;
  /** `taken` when a cluster of that name exists (perhaps from a lost reply). */
  createCluster(
    cluster: NewCluster,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  setDeletionProtection(identifier: string, on: boolean): Promise<void>;
  /** Deletes a cluster without members and without a final snapshot. Absence is no error. */
  deleteCluster(identifier: string): Promise<void>;
}

/** Reads the master password of a secret. Given to the gateway, so that no password passes through a step. */
export type ReadPassword = (secret: string) => Promise<string>;

export function createClusterCalls(
  clients: Pick<AwsClients, 'rds'>,
  readPassword: ReadPassword,
): ClusterCalls {
  return {
    findCluster: async (identifier) => {
      try {
        const rds = await clients.rds();
        const found = await callAws('rds:DescribeDBClusters', identifier, () =>
          rds.describeDBClusters({ DBClusterIdentifier: identifier }),
        );
        return found.DBClusters?.[0] === undefined ? undefined : toDbCluster(found.DBClusters[0]);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },

    createCluster: async (cluster) => {
      const request = toCreateRequest(cluster, await readPassword(cluster.secret));
      try {
        const rds = await clients.rds();
        const { DBCluster: made } = await callAws('rds:CreateDBCluster', cluster.identifier, () =>
          rds.createDBCluster(request),
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

    setDeletionProtection: async (identifier, on) => {
      const rds = await clients.rds();
      await callAws('rds:ModifyDBCluster', identifier, () =>
        rds.modifyDBCluster({
          DBClusterIdentifier: identifier,
          DeletionProtection: on,
          ApplyImmediately: true,
        }),
      );
    },

    deleteCluster: async (identifier) => {
      try {
        const rds = await clients.rds();
        await callAws('rds:DeleteDBCluster', identifier, () =>
          rds.deleteDBCluster({ DBClusterIdentifier: identifier, SkipFinalSnapshot: true }),
        );
      } catch (error) {
        if (!isAwsError(error, 'NotFound')) throw error;
      }
    },
  };
}

/** The cluster's part of Serverless v2, as both ways of making a cluster take it. */
export function toScalingRequest({ min, max, autoPauseSeconds }: Scaling) {
  return {
    MinCapacity: min,
    MaxCapacity: max,
    ...(autoPauseSeconds === undefined ? {} : { SecondsUntilAutoPause: autoPauseSeconds }),
  };
}

/** Port is said because a default of 3306 has been seen for Aurora PostgreSQL, EngineVersion because RDS would take the Region's default. */
function toCreateRequest(cluster: NewCluster, password: string): CreateDBClusterMessage {
  return {
    DBClusterIdentifier: cluster.identifier,
    Engine: 'aurora-postgresql',
    EngineVersion: cluster.engineVersion,
    Port: 5432,
    MasterUsername: cluster.masterUser,
    MasterUserPassword: password,
    ...(cluster.subnetGroup === undefined ? {} : { DBSubnetGroupName: cluster.subnetGroup }),
    VpcSecurityGroupIds: [...cluster.securityGroups],
    StorageEncrypted: cluster.encrypted,
    ...(cluster.kmsKeyId === undefined ? {} : { KmsKeyId: cluster.kmsKeyId }),
    CopyTagsToSnapshot: true,
    BackupRetentionPeriod: 7,
    // Switched on once the cluster is there: one that fails on the way must stay deletable.
    DeletionProtection: false,
    EnableCloudwatchLogsExports: ['postgresql'],
    ServerlessV2ScalingConfiguration: toScalingRequest(cluster.scaling),
    Tags: writeTags(cluster.tags),
  };
}

function toDbCluster(cluster: DBCluster): DbCluster {
  const scaling = cluster.ServerlessV2ScalingConfiguration;
  return {
    identifier: cluster.DBClusterIdentifier ?? '',
    arn: cluster.DBClusterArn ?? '',
    status: cluster.Status ?? 'unknown',
    engine: cluster.Engine ?? '',
    engineVersion: cluster.EngineVersion ?? '',
    endpoint: cluster.Endpoint,
    port: cluster.Port ?? 5432,
    masterUser: cluster.MasterUsername,
    encrypted: cluster.StorageEncrypted ?? false,
    kmsKeyId: cluster.KmsKeyId,
    subnetGroup: cluster.DBSubnetGroup,
    securityGroups: (cluster.VpcSecurityGroups ?? []).flatMap((one) => one.VpcSecurityGroupId ?? []),
    parameterGroup: cluster.DBClusterParameterGroup,
    scaling:
      scaling?.MaxCapacity === undefined
        ? undefined
        : {
            min: scaling.MinCapacity ?? 0,
            max: scaling.MaxCapacity,
            autoPauseSeconds: scaling.SecondsUntilAutoPause,
          },
    members: (cluster.DBClusterMembers ?? []).map((member) => ({
      identifier: member.DBInstanceIdentifier ?? '',
      writer: member.IsClusterWriter ?? false,
    })),
    deletionProtection: cluster.DeletionProtection ?? false,
    passwordPending: cluster.PendingModifiedValues?.MasterUserPassword !== undefined,
    tags: readTags(cluster.TagList),
  };
}
