import { minutes } from './lifecycle.js';
import type { Rds } from './rds.js';
import type { DbCluster, DbInstance } from './resources.js';
import { findParameterGroup } from './parameter-groups.js';
import { leaderOf, settingsOf } from './running-settings.js';

/** A server that does not start with the user's parameters is the user's affair, any other the sandbox's. */
export function startFailure(rds: Rds, instance: DbInstance): string {
  const group = findParameterGroup(rds, 'instance', instance.parameterGroup);
  return group && group.values.size > 0 ? 'incompatible-parameters' : 'failed';
}

/**
 * From `creating` to `available`, for an RDS instance: it can be reached from `backing-up` on. `prepare` makes its
 * storage, while AWS time passes.
 */
export function bringUpInstance(rds: Rds, instance: DbInstance, prepare: () => Promise<void>): void {
  rds.lifecycle.begin(instance, startFailure(rds, instance), async ({ wait, become }) => {
    await Promise.all([prepare(), wait(minutes(4))]);
    become('creating');
    await instance.database.open(settingsOf(rds, instance, 'start'));
    become('backing-up');
    instance.hasEndpoint = true;
    rds.events.add(instance, 'creation', 'DB instance created');
    rds.events.add(instance, 'backup', 'Backing up DB instance');
    await wait(minutes(1.5));
    rds.events.add(instance, 'backup', 'Finished DB Instance backup');
    become('available');
  });
}

/** The same for a member of a cluster: the cluster's endpoint answers once its writer is up. */
export function bringUpMember(rds: Rds, instance: DbInstance): void {
  rds.lifecycle.begin(instance, startFailure(rds, instance), async ({ wait, become }) => {
    await wait(minutes(5));
    await instance.database.open(settingsOf(rds, leaderOf(rds, instance), 'start'));
    become('available');
    instance.hasEndpoint = true;
    rds.events.add(instance, 'creation', 'DB instance created');
  });
}

/** From `creating` to `available`, for a cluster: storage and no server, until it has an instance. */
export function bringUpCluster(
  rds: Rds,
  cluster: DbCluster,
  states: readonly [string, number][],
  prepare: () => Promise<void>,
): void {
  rds.lifecycle.begin(cluster, 'failed', async ({ wait, become }) => {
    const prepared = prepare();
    // Awaited below; until then a failure must not count as unhandled.
    prepared.catch(() => undefined);
    for (const [state, awsMs] of states) {
      become(state);
      await wait(awsMs);
    }
    await prepared;
    become('available');
    rds.events.add(cluster, 'creation', 'DB cluster created');
  });
}
