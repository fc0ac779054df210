import { optionalFlag, optionalText } from '../services/read-input.js';
import type { Action, AwsStruct } from '../service.js';
import { invalidCombination, invalidInstanceState } from './errors.js';
import { required } from './identifiers.js';
import { instanceView } from './instance-view.js';
import { minutes } from './lifecycle.js';
import { statusOf, type Rds } from './rds.js';
import type { DbInstance } from './resources.js';
import { beginSnapshot, finalSnapshotIdentifier } from './snapshots.js';

/** In these states no snapshot can be taken any more. */
const broken = ['failed', 'incompatible-restore', 'incompatible-network'];

function readFinalSnapshot(rds: Rds, instance: DbInstance, input: AwsStruct): string | undefined {
  const skip = optionalFlag(input, 'SkipFinalSnapshot') ?? false;
  const identifier = optionalText(input, 'FinalDBSnapshotIdentifier');
  if (instance.clusterIdentifier !== undefined) {
    if (identifier !== undefined) {
      throw invalidCombination(
        'FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance',
      );
    }
    return undefined;
  }
  const chosen = finalSnapshotIdentifier(rds, 'db-snapshot', { skip, identifier });
  const status = statusOf(rds, instance);
  if (chosen !== undefined && (broken.includes(status) || status === 'creating')) {
    throw invalidInstanceState(
      `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`,
    );
  }
  return chosen;
}

/** DeleteDBInstance. A cluster goes on without it; its server stops with the last instance. */
export const deleteInstance =
  (rds: Rds): Action =>
  (input) => {
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    if (instance.status === 'deleting')
      throw invalidInstanceState(`Instance ${instance.identifier} is already being deleted.`);
    if (instance.clusterIdentifier === undefined && instance.attributes['DeletionProtection'] === true) {
      throw invalidCombination(
        'Cannot delete protected DB Instance, please disable deletion protection and try again.',
      );
    }
    const finalSnapshot = readFinalSnapshot(rds, instance, input);
    const snapshot =
      finalSnapshot === undefined ? undefined : beginSnapshot(rds, instance, finalSnapshot, new Map());
    rds.lifecycle.begin(instance, 'failed', async ({ wait, become }) => {
      become('deleting');
      await Promise.all([snapshot?.copied, wait(minutes(3))]);
      if (instance.clusterIdentifier === undefined) await instance.database.destroy();
      else await leaveCluster(rds, instance);
      rds.store.instances.delete(instance.identifier);
      rds.events.add(instance, 'deletion', 'DB instance deleted');
    });
    return { DBInstance: instanceView(rds, instance) };
  };

async function leaveCluster(rds: Rds, instance: DbInstance): Promise<void> {
  const cluster = rds.store.clusters.get(instance.clusterIdentifier ?? '');
  if (!cluster) return;
  cluster.members = cluster.members.filter((member) => member !== instance.identifier);
  if (cluster.members.length === 0) await cluster.database.close();
}
