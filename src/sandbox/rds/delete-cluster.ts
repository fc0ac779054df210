import { optionalFlag, optionalText } from '../services/read-input.js';
import type { Action } from '../service.js';
import { clusterView } from './cluster-view.js';
import { invalidClusterState, invalidCombination } from './errors.js';
import { required } from './identifiers.js';
import { minutes } from './lifecycle.js';
import { statusOf, type Rds } from './rds.js';
import { beginSnapshot, finalSnapshotIdentifier } from './snapshots.js';

/** DeleteDBCluster: its members must be gone or going. */
export const deleteCluster =
  (rds: Rds): Action =>
  (input) => {
    const cluster = rds.store.cluster(required(input, 'DBClusterIdentifier'));
    const { identifier } = cluster;
    if (cluster.status === 'deleting')
      throw invalidClusterState(`DB cluster ${identifier} is already being deleted.`);
    if (cluster.attributes['DeletionProtection'] === true) {
      throw invalidCombination(
        'Cannot delete protected Cluster, please disable deletion protection and try again.',
      );
    }
    const members = cluster.members.map((member) => rds.store.instances.get(member));
    if (members.some((member) => member !== undefined && member.status !== 'deleting')) {
      throw invalidClusterState(
        'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
      );
    }
    const asked = {
      skip: optionalFlag(input, 'SkipFinalSnapshot') ?? false,
      identifier: optionalText(input, 'FinalDBSnapshotIdentifier'),
    };
    const finalSnapshot = finalSnapshotIdentifier(rds, 'db-cluster-snapshot', asked);
    if (finalSnapshot !== undefined && statusOf(rds, cluster) !== 'available') {
      throw invalidClusterState(
        `DB cluster ${identifier} is not in the available state: no final snapshot can be taken.`,
      );
    }
    const snapshot =
      finalSnapshot === undefined ? undefined : beginSnapshot(rds, cluster, finalSnapshot, new Map());
    rds.lifecycle.begin(cluster, 'failed', async ({ wait, become }) => {
      become('deleting');
      await Promise.all([snapshot?.copied, wait(minutes(3))]);
      while (cluster.members.length > 0) await wait(minutes(0.5));
      await cluster.database.destroy();
      rds.store.clusters.delete(identifier);
      rds.events.add(cluster, 'deletion', 'DB cluster deleted');
    });
    return { DBCluster: clusterView(rds, cluster) };
  };
