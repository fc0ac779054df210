import { AwsError } from '../service.js';
import { invalidCombination, invalidValue } from './errors.js';
import { minutes } from './lifecycle.js';
import { arnOf, type Rds } from './rds.js';
import type { DbCluster, DbInstance, Snapshot } from './resources.js';
import type { Tags } from './tags.js';

/** Manual snapshots that an account may have, of either kind (RDS User Guide, "Quotas and constraints"). */
export const snapshotQuota = 100;
const snapshotMs = minutes(2);

const kept = ['AllocatedStorage', 'AvailabilityZone', 'BackupRetentionPeriod', 'Iops', 'IAMDatabaseAuthenticationEnabled',
  'KmsKeyId', 'LicenseModel', 'PreferredBackupWindow', 'StorageEncrypted', 'StorageThroughput', 'StorageType', 'EngineMode']; // prettier-ignore

type Kind = Snapshot['kind'];

export const snapshotsOf = (rds: Rds, kind: Kind): Map<string, Snapshot> =>
  kind === 'db-snapshot' ? rds.store.snapshots : rds.store.clusterSnapshots;

export const snapshotArn = (rds: Rds, kind: Kind, identifier: string): string =>
  arnOf(rds, kind === 'db-snapshot' ? 'snapshot' : 'cluster-snapshot', identifier);

/** @throws AwsError when the identifier cannot be had. */
export function requireRoomForSnapshot(rds: Rds, kind: Kind, identifier: string): void {
  const isInstance = kind === 'db-snapshot';
  if (!/^[a-z](?:-?[a-z0-9])*$/.test(identifier) || identifier.length > 255) {
    throw invalidValue(
      `The parameter ${isInstance ? 'DBSnapshotIdentifier' : 'DBClusterSnapshotIdentifier'} is not a valid identifier.`,
    );
  }
  if (snapshotsOf(rds, kind).has(identifier)) {
    const code = isInstance ? 'DBSnapshotAlreadyExists' : 'DBClusterSnapshotAlreadyExistsFault';
    throw new AwsError(
      code,
      `Cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`,
    );
  }
  const manual = [...snapshotsOf(rds, kind).values()].filter(({ type }) => type === 'manual');
  if (manual.length >= snapshotQuota) {
    throw new AwsError('SnapshotQuotaExceeded', `Cannot create more than ${snapshotQuota} manual snapshots`);
  }
}

/** The final snapshot that a delete request asks for, or undefined (RDS API Reference, DeleteDBInstance, DeleteDBCluster). */
export function finalSnapshotIdentifier(
  rds: Rds,
  kind: Kind,
  { skip, identifier }: { readonly skip: boolean; readonly identifier: string | undefined },
): string | undefined {
  if (skip && identifier !== undefined) {
    throw invalidCombination(
      'FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is enabled.',
    );
  }
  if (!skip && identifier === undefined) {
    throw invalidCombination('FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.');
  }
  if (identifier !== undefined) requireRoomForSnapshot(rds, kind, identifier.toLowerCase());
  return identifier?.toLowerCase();
}

/** A snapshot of an instance or a cluster as it is at this moment, before anything of it is copied. */
export function describeSnapshot(
  rds: Rds,
  source: DbInstance | DbCluster,
  identifier: string,
  tags: Tags,
): Snapshot {
  const kind = source.kind === 'db-instance' ? 'db-snapshot' : 'db-cluster-snapshot';
  const now = rds.context.clock.now();
  const { engine, engineVersion, masterUsername, databaseName, attributes } = source;
  return {
    kind,
    type: 'manual',
    identifier,
    arn: snapshotArn(rds, kind, identifier),
    sourceIdentifier: source.identifier,
    sourceResourceId: source.resourceId,
    engine,
    engineVersion,
    masterUsername,
    databaseName,
    port: source.database.listener.port,
    createdAt: now,
    originalCreatedAt: now,
    sourceCreatedAt: source.createdAt,
    vpcId: rds.store.subnetGroups.get(source.subnetGroup)?.vpcId,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => kept.includes(name))),
    copiedFrom: undefined,
    tags: attributes['CopyTagsToSnapshot'] === true ? new Map([...source.tags, ...tags]) : tags,
    status: 'creating',
    job: {},
    progress: { startedAt: now.getTime(), realMs: snapshotMs / rds.context.clock.speed },
    volume: undefined,
  };
}

/** Begins a snapshot of an instance or a cluster; the copy is of this moment. Resolves when the copy is made. */
export function beginSnapshot(
  rds: Rds,
  source: DbInstance | DbCluster,
  identifier: string,
  tags: Tags,
): { snapshot: Snapshot; copied: Promise<void> } {
  const kind = source.kind === 'db-instance' ? 'db-snapshot' : 'db-cluster-snapshot';
  requireRoomForSnapshot(rds, kind, identifier);
  const snapshot = describeSnapshot(rds, source, identifier, tags);
  return { snapshot, copied: fillSnapshot(rds, snapshot, () => source.database.copy()) };
}

/** Puts a snapshot into the world and lets it come to `available` once `copy` has made its storage. */
export function fillSnapshot(
  rds: Rds,
  snapshot: Snapshot,
  copy: () => Promise<NonNullable<Snapshot['volume']>>,
): Promise<void> {
  // Another account may have one of the same name.
  const key = snapshot.type === 'shared' ? snapshot.arn.toLowerCase() : snapshot.identifier;
  snapshotsOf(rds, snapshot.kind).set(key, snapshot);
  rds.scripted.appeared(snapshot);
  const copied = copy().then((volume) => void (snapshot.volume = volume));
  rds.lifecycle.begin(snapshot, 'failed', async ({ wait, become }) => {
    await Promise.all([copied, wait(snapshotMs)]);
    become('available');
    rds.events.add(snapshot, 'creation', 'Snapshot created');
  });
  return copied;
}
