import { optionalText } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { addCluster, requireRoomForCluster } from './add-cluster.js';
import { bringUpCluster } from './bring-up.js';
import { clusterView } from './cluster-view.js';
import { unsupportedForClusters } from './create-cluster.js';
import { compareVersions, resolveVersion, type EngineVersion } from './engine-versions.js';
import { invalidCombination, invalidValue, snapshotNotFound } from './errors.js';
import { newIdentifier, required } from './identifiers.js';
import { minutes } from './lifecycle.js';
import { statusOf, type Rds } from './rds.js';
import { isAsked, refuseUnsupported } from './refuse-unsupported.js';
import type { Attributes, Snapshot } from './resources.js';

/** Members of CreateDBCluster that RestoreDBClusterFromSnapshot does not have (RDS API Reference). */
const notForRestore = [
  'MasterUsername',
  'MasterUserPassword',
  'StorageEncrypted',
  'EnableHttpEndpoint',
  'DatabaseInsightsMode',
];

/**
 * A cluster snapshot by name or ARN, an instance snapshot by its ARN only: a bare name is looked up among the cluster
 * snapshots (Aurora User Guide, "Migrating a snapshot of an RDS for PostgreSQL DB instance").
 */
function findSnapshot(rds: Rds, text: string): Snapshot {
  const [, , , region, account, kind] = text.split(':');
  const isInstanceArn = text.startsWith('arn:') && kind === 'snapshot';
  if (!isInstanceArn) return rds.store.clusterSnapshot(text);
  if (region !== rds.context.region || account !== rds.context.accountId) throw snapshotNotFound(text);
  return rds.store.snapshot(text);
}

function requireAvailable(rds: Rds, snapshot: Snapshot): void {
  const status = statusOf(rds, snapshot);
  if (status === 'available') return;
  const code =
    snapshot.kind === 'db-snapshot' ? 'InvalidDBSnapshotState' : 'InvalidDBClusterSnapshotStateFault';
  throw new AwsError(
    code,
    `The snapshot ${snapshot.identifier} is not in the available state (it is ${status}).`,
  );
}

/** The same major and no earlier minor (Aurora User Guide, the same page). Without a version AWS takes its default. */
async function readVersion(rds: Rds, input: AwsStruct, snapshot: Snapshot): Promise<EngineVersion> {
  const { majors } = await rds.runtime();
  const chosen = resolveVersion('aurora-postgresql', optionalText(input, 'EngineVersion'), majors);
  if (compareVersions(chosen.version, snapshot.engineVersion) < 0) {
    throw invalidCombination(
      `The engine version you requested for your restored DB cluster (${chosen.version}) is earlier than the engine version of the DB cluster snapshot (${snapshot.engineVersion})`,
    );
  }
  if (chosen.major !== Number.parseInt(snapshot.engineVersion, 10)) {
    throw invalidCombination(
      `Cannot upgrade ${snapshot.engine} from ${snapshot.engineVersion} to ${chosen.version}`,
    );
  }
  return chosen;
}

/** The encryption of the snapshot stays, or begins with a key; it never ends. */
function encryption(input: AwsStruct, snapshot: Snapshot): Attributes {
  const key = optionalText(input, 'KmsKeyId');
  if (key !== undefined) return { StorageEncrypted: true, KmsKeyId: key };
  const { StorageEncrypted = false, KmsKeyId } = snapshot.attributes;
  return { StorageEncrypted, KmsKeyId };
}

/** RestoreDBClusterFromSnapshot: the storage and its users, and no instance. */
export const restoreCluster =
  (rds: Rds): Action =>
  async (input) => {
    const identifier = newIdentifier(input, 'DBClusterIdentifier');
    requireRoomForCluster(rds, identifier);
    const engine = required(input, 'Engine');
    if (engine !== 'aurora-postgresql') throw invalidValue(`Invalid DB engine: ${engine}`);
    refuseUnsupported(input, unsupportedForClusters);
    const misplaced = notForRestore.find((member) => isAsked(input, member));
    if (misplaced)
      throw invalidCombination(`${misplaced} cannot be specified when restoring from a snapshot.`);
    const snapshot = findSnapshot(rds, required(input, 'SnapshotIdentifier'));
    requireAvailable(rds, snapshot);
    const version = await readVersion(rds, input, snapshot);
    const { masterUsername, databaseName, port } = snapshot;
    const inherited = encryption(input, snapshot);
    const cluster = await addCluster(rds, input, {
      identifier,
      version,
      masterUsername,
      databaseName,
      port,
      inherited,
    });
    const isMigration = snapshot.kind === 'db-snapshot';
    const states: [string, number][] = isMigration
      ? [
          ['creating', minutes(3)],
          ['migrating', minutes(7)],
        ]
      : [['creating', minutes(6)]];
    bringUpCluster(rds, cluster, states, async () => {
      if (!snapshot.volume) throw new Error(`snapshot ${snapshot.identifier} has no storage`);
      await cluster.database.restore(snapshot.volume);
    });
    return { DBCluster: clusterView(rds, cluster) };
  };
