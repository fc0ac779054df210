import type { DBSnapshot } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, writeTags, type Tags } from './tags.js';

/** A snapshot of a DB instance. Snapshots of clusters are another kind, with calls of their own. */
export interface DbSnapshot {
  readonly identifier: string;
  readonly arn: string;
  readonly status: string;
  /** `manual`, `automated`, `shared` and so on. */
  readonly type: string;
  readonly instanceIdentifier: string;
  /** DbiResourceId of the instance: tells a namesake that was made later. */
  readonly instanceResourceId: string | undefined;
  readonly engine: string;
  readonly engineVersion: string;
  readonly masterUser: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly allocatedGiB: number | undefined;
  readonly storageType: string | undefined;
  readonly iops: number | undefined;
  /** Of the data: that of the original for a copy. Absent while it is being created. */
  readonly createdAt: Date | undefined;
  /** 0 to 100. */
  readonly percent: number;
  readonly tags: Tags;
}

export interface NewSnapshot {
  readonly identifier: string;
  readonly instance: string;
  readonly tags: Tags;
}

export interface CopiedSnapshot {
  readonly identifier: string;
  /** The only way to name a snapshot of another account. */
  readonly sourceArn: string;
  /** Must be given for an encrypted snapshot of another account. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Tags;
}

export interface SnapshotCalls {
  /** By identifier or ARN; only by ARN one that another account shares. */
  findSnapshot(identifier: string): Promise<DbSnapshot | undefined>;
  /** `taken` when a snapshot of that name exists (perhaps from a lost reply). */
  createSnapshot(
    snapshot: NewSnapshot,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  /** Within the Region. `taken` when a snapshot of that name exists (perhaps from a lost reply). */
  copySnapshot(
    snapshot: CopiedSnapshot,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  /** Absence is no error. */
  deleteSnapshot(identifier: string): Promise<void>;
}

export function createSnapshotCalls(clients: Pick<AwsClients, 'rds'>): SnapshotCalls {
  return {
    findSnapshot: async (identifier) => {
      try {
        const rds = await clients.rds();
        const found = await callAws('rds:DescribeDBSnapshots', identifier, () =>
          rds.describeDBSnapshots({
            DBSnapshotIdentifier: identifier,
            ...(identifier.startsWith('arn:') ? { IncludeShared: true } : {}),
          }),
        );
        return found.DBSnapshots?.[0] === undefined ? undefined : toDbSnapshot(found.DBSnapshots[0]);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },

    createSnapshot: async ({ identifier, instance, tags }) => {
      try {
        const rds = await clients.rds();
        const { DBSnapshot: made } = await callAws('rds:CreateDBSnapshot', identifier, () =>
          rds.createDBSnapshot({
            DBSnapshotIdentifier: identifier,
            DBInstanceIdentifier: instance,
            Tags: writeTags(tags),
          }),
        );
        return {
          outcome: 'created',
          ...(made?.DBSnapshotArn === undefined ? {} : { arn: made.DBSnapshotArn }),
        };
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return { outcome: 'taken' };
        throw error;
      }
    },

    copySnapshot: async ({ identifier, sourceArn, kmsKeyId, tags }) => {
      try {
        const rds = await clients.rds();
        const { DBSnapshot: made } = await callAws('rds:CopyDBSnapshot', identifier, () =>
          rds.copyDBSnapshot({
            SourceDBSnapshotIdentifier: sourceArn,
            TargetDBSnapshotIdentifier: identifier,
            ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
            Tags: writeTags(tags),
          }),
        );
        return {
          outcome: 'created',
          ...(made?.DBSnapshotArn === undefined ? {} : { arn: made.DBSnapshotArn }),
        };
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return { outcome: 'taken' };
        throw error;
      }
    },

    deleteSnapshot: async (identifier) => {
      try {
        const rds = await clients.rds();
        await callAws('rds:DeleteDBSnapshot', identifier, () =>
          rds.deleteDBSnapshot({ DBSnapshotIdentifier: identifier }),
        );
      } catch (error) {
        if (!isAwsError(error, 'NotFound')) throw error;
      }
    },
  };
}

function toDbSnapshot(snapshot: DBSnapshot): DbSnapshot {
  return {
    identifier: snapshot.DBSnapshotIdentifier ?? '',
    arn: snapshot.DBSnapshotArn ?? '',
    status: snapshot.Status ?? 'unknown',
    type: snapshot.SnapshotType ?? 'unknown',
    instanceIdentifier: snapshot.DBInstanceIdentifier ?? '',
    instanceResourceId: snapshot.DbiResourceId,
    engine: snapshot.Engine ?? '',
    engineVersion: snapshot.EngineVersion ?? '',
    masterUser: snapshot.MasterUsername,
    encrypted: snapshot.Encrypted ?? false,
    kmsKeyId: snapshot.KmsKeyId,
    allocatedGiB: snapshot.AllocatedStorage,
    storageType: snapshot.StorageType,
    iops: snapshot.Iops,
    createdAt: snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime,
    percent: snapshot.PercentProgress ?? 0,
    tags: readTags(snapshot.TagList),
  };
}
