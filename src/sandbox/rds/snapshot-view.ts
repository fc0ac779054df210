import type { AwsStruct } from '../service.js';
import { statusOf, type Rds } from './rds.js';
import type { Snapshot } from './resources.js';
import { tagList } from './tags.js';

/** Percent that is copied: by the clock while it is under way, as there is nothing else to go by. */
function percent(rds: Rds, { status, progress }: Snapshot): number {
  if (status === 'available') return 100;
  const elapsed = rds.context.clock.now().getTime() - progress.startedAt;
  return Math.max(0, Math.min(99, Math.floor((100 * elapsed) / Math.max(1, progress.realMs))));
}

function common(rds: Rds, snapshot: Snapshot): AwsStruct {
  const {
    StorageEncrypted: _,
    EngineMode: __,
    IAMDatabaseAuthenticationEnabled = false,
    ...attributes
  } = snapshot.attributes;
  return {
    ...attributes,
    IAMDatabaseAuthenticationEnabled,
    SnapshotCreateTime: snapshot.createdAt,
    Engine: snapshot.engine,
    EngineVersion: snapshot.engineVersion,
    Status: statusOf(rds, snapshot),
    Port: snapshot.port,
    VpcId: snapshot.vpcId,
    MasterUsername: snapshot.masterUsername,
    SnapshotType: snapshot.type === 'automated' ? 'automated' : 'manual',
    PercentProgress: percent(rds, snapshot),
    TagList: tagList(snapshot.tags),
  };
}

/** The `DBSnapshot` or `DBClusterSnapshot` structure. */
export function snapshotView(rds: Rds, snapshot: Snapshot): AwsStruct {
  const encrypted = snapshot.attributes['StorageEncrypted'] ?? false;
  if (snapshot.kind === 'db-snapshot') {
    return {
      DBSnapshotIdentifier: snapshot.identifier,
      DBInstanceIdentifier: snapshot.sourceIdentifier,
      ...common(rds, snapshot),
      InstanceCreateTime: snapshot.sourceCreatedAt,
      OriginalSnapshotCreateTime: snapshot.originalCreatedAt,
      OptionGroupName: `default:postgres-${snapshot.engineVersion.split('.')[0]}`,
      SourceDBSnapshotIdentifier: snapshot.copiedFrom,
      Encrypted: encrypted,
      DBSnapshotArn: snapshot.arn,
      DbiResourceId: snapshot.sourceResourceId,
      SnapshotTarget: 'region',
    };
  }
  return {
    DBClusterSnapshotIdentifier: snapshot.identifier,
    DBClusterIdentifier: snapshot.sourceIdentifier,
    ...common(rds, snapshot),
    ClusterCreateTime: snapshot.sourceCreatedAt,
    EngineMode: 'provisioned',
    StorageEncrypted: encrypted,
    DBClusterSnapshotArn: snapshot.arn,
    DbClusterResourceId: snapshot.sourceResourceId,
  };
}
