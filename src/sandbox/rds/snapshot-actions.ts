import { optionalFlag, optionalText } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { invalidClusterState, invalidCombination, invalidInstanceState, snapshotNotFound } from './errors.js';
import { lookupIdentifier, required } from './identifiers.js';
import { applyFilters, page } from './pages.js';
import { statusOf, type Rds } from './rds.js';
import type { Snapshot } from './resources.js';
import { snapshotView } from './snapshot-view.js';
import {
  beginSnapshot,
  fillSnapshot,
  requireRoomForSnapshot,
  snapshotArn,
  snapshotsOf,
} from './snapshots.js';
import { readTags } from './tags.js';

const createDbSnapshot =
  (rds: Rds): Action =>
  (input) => {
    const identifier = lookupIdentifier(input, 'DBSnapshotIdentifier');
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    if (instance.clusterIdentifier !== undefined) {
      throw new AwsError(
        'InvalidParameterValue',
        `The specified instance ${instance.identifier} is a member of a cluster and a snapshot cannot be created directly. Please use the CreateDBClusterSnapshot API instead.`,
      );
    }
    if (!['available', 'storage-optimization', 'stopped'].includes(statusOf(rds, instance))) {
      throw invalidInstanceState(
        `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`,
      );
    }
    const { snapshot, copied } = beginSnapshot(rds, instance, identifier, readTags(input));
    copied.catch(() => undefined);
    return { DBSnapshot: snapshotView(rds, snapshot) };
  };

const createClusterSnapshot =
  (rds: Rds): Action =>
  (input) => {
    const identifier = lookupIdentifier(input, 'DBClusterSnapshotIdentifier');
    const cluster = rds.store.cluster(required(input, 'DBClusterIdentifier'));
    if (statusOf(rds, cluster) !== 'available') {
      throw invalidClusterState(
        `Cannot create a snapshot because the DB cluster ${cluster.identifier} is not currently in the available state.`,
      );
    }
    const { snapshot, copied } = beginSnapshot(rds, cluster, identifier, readTags(input));
    copied.catch(() => undefined);
    return { DBClusterSnapshot: snapshotView(rds, snapshot) };
  };

/** CopyDBSnapshot within the Region; a KMS key encrypts the copy. */
const copyDbSnapshot =
  (rds: Rds): Action =>
  async (input) => {
    const source = rds.store.snapshot(required(input, 'SourceDBSnapshotIdentifier'));
    const identifier = lookupIdentifier(input, 'TargetDBSnapshotIdentifier');
    requireRoomForSnapshot(rds, 'db-snapshot', identifier);
    const { volume } = source;
    if (statusOf(rds, source) !== 'available' || !volume) {
      throw new AwsError(
        'InvalidDBSnapshotState',
        `Snapshot ${source.identifier} is not in the available state.`,
      );
    }
    const key = optionalText(input, 'KmsKeyId');
    if (source.type === 'shared' && source.attributes['StorageEncrypted'] === true && key === undefined) {
      throw invalidCombination(
        'A KmsKeyId must be specified to copy an encrypted snapshot that is shared from another account.',
      );
    }
    const now = rds.context.clock.now();
    const tags = readTags(input);
    const snapshot: Snapshot = {
      ...source,
      type: 'manual',
      identifier,
      arn: snapshotArn(rds, 'db-snapshot', identifier),
      createdAt: now,
      copiedFrom: source.arn,
      attributes:
        key === undefined
          ? source.attributes
          : { ...source.attributes, StorageEncrypted: true, KmsKeyId: key },
      tags: optionalFlag(input, 'CopyTags') === true ? new Map([...source.tags, ...tags]) : tags,
      status: 'creating',
      job: {},
      progress: { ...source.progress, startedAt: now.getTime() },
      volume: undefined,
    };
    const runtime = await rds.runtime();
    fillSnapshot(rds, snapshot, () => runtime.copyVolume(volume)).catch(() => undefined);
    return { DBSnapshot: snapshotView(rds, snapshot) };
  };

const remove =
  (rds: Rds, kind: Snapshot['kind']): Action =>
  async (input) => {
    const isInstance = kind === 'db-snapshot';
    const identifier = required(input, isInstance ? 'DBSnapshotIdentifier' : 'DBClusterSnapshotIdentifier');
    const snapshot = isInstance ? rds.store.snapshot(identifier) : rds.store.clusterSnapshot(identifier);
    if (snapshot.type !== 'manual') {
      throw new AwsError('InvalidDBSnapshotState', 'Only manual snapshots may be deleted.');
    }
    if (!['available', 'failed'].includes(statusOf(rds, snapshot))) {
      const code = isInstance ? 'InvalidDBSnapshotState' : 'InvalidDBClusterSnapshotStateFault';
      throw new AwsError(
        code,
        `Cannot delete the snapshot because it is not currently in the available state.`,
      );
    }
    snapshotsOf(rds, kind).delete(snapshot.identifier);
    snapshot.status = 'deleted';
    rds.events.add(snapshot, 'deletion', 'Deleted snapshot');
    if (snapshot.volume) await (await rds.runtime()).deleteVolume(snapshot.volume);
    return {
      [isInstance ? 'DBSnapshot' : 'DBClusterSnapshot']: {
        ...snapshotView(rds, snapshot),
        Status: 'deleted',
      },
    };
  };

function select(rds: Rds, input: AwsStruct, kind: Snapshot['kind']): Snapshot[] {
  const isInstance = kind === 'db-snapshot';
  const identifier = optionalText(input, isInstance ? 'DBSnapshotIdentifier' : 'DBClusterSnapshotIdentifier');
  const source = optionalText(
    input,
    isInstance ? 'DBInstanceIdentifier' : 'DBClusterIdentifier',
  )?.toLowerCase();
  const type = optionalText(input, 'SnapshotType');
  const isShared = type === 'shared' || optionalFlag(input, 'IncludeShared') === true;
  const isSeen = (snapshot: Snapshot): boolean => snapshot.type !== 'shared' || isShared;
  let all = [...snapshotsOf(rds, kind).values()];
  if (identifier !== undefined)
    all = [isInstance ? rds.store.snapshot(identifier) : rds.store.clusterSnapshot(identifier)];
  if (source !== undefined) all = all.filter(({ sourceIdentifier }) => sourceIdentifier === source);
  all = all.filter(isSeen);
  if (identifier !== undefined && all.length === 0) throw snapshotNotFound(identifier);
  return type === undefined ? all : all.filter((snapshot) => snapshot.type === type);
}

const describe =
  (rds: Rds, kind: Snapshot['kind']): Action =>
  (input) => {
    const isInstance = kind === 'db-snapshot';
    const found = applyFilters(input, select(rds, input, kind), {
      [isInstance ? 'db-instance-id' : 'db-cluster-id']: ({ sourceIdentifier }) => [sourceIdentifier],
      [isInstance ? 'db-snapshot-id' : 'db-cluster-snapshot-id']: ({ identifier, arn }) => [identifier, arn],
      'dbi-resource-id': ({ sourceResourceId }) => [sourceResourceId],
      'snapshot-type': ({ type }) => [type],
      engine: ({ engine }) => [engine],
    });
    const [list, item] = isInstance
      ? ['DBSnapshots', 'DBSnapshot']
      : ['DBClusterSnapshots', 'DBClusterSnapshot'];
    return page(
      input,
      list,
      item,
      found.map((snapshot) => snapshotView(rds, snapshot)),
    );
  };

export const snapshotActions = (rds: Rds): Record<string, Action> => ({
  CreateDBSnapshot: createDbSnapshot(rds),
  CopyDBSnapshot: copyDbSnapshot(rds),
  DeleteDBSnapshot: remove(rds, 'db-snapshot'),
  DescribeDBSnapshots: describe(rds, 'db-snapshot'),
  CreateDBClusterSnapshot: createClusterSnapshot(rds),
  DeleteDBClusterSnapshot: remove(rds, 'db-cluster-snapshot'),
  DescribeDBClusterSnapshots: describe(rds, 'db-cluster-snapshot'),
});
