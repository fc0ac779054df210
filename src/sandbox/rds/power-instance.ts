import { optionalText } from '../services/read-input.js';
import type { Action } from '../service.js';
import { invalidClusterState, invalidInstanceState } from './errors.js';
import { required } from './identifiers.js';
import { instanceView } from './instance-view.js';
import { minutes, seconds } from './lifecycle.js';
import { statusOf, type Rds } from './rds.js';
import type { DbInstance } from './resources.js';
import { leaderOf, settingsOf } from './running-settings.js';
import { beginSnapshot } from './snapshots.js';
import { startFailure } from './bring-up.js';

/** @throws AwsError `InvalidDBInstanceState` */
export function requireInstanceState(rds: Rds, instance: DbInstance, ...states: readonly string[]): void {
  const status = statusOf(rds, instance);
  if (states.includes(status)) return;
  throw invalidInstanceState(
    `Instance ${instance.identifier} is in state ${status}; it must be ${states.join(' or ')}.`,
  );
}

function refuseMember(instance: DbInstance, action: string): void {
  if (instance.clusterIdentifier === undefined) return;
  throw invalidClusterState(
    `${action} is not supported for an instance of a DB cluster: use the cluster's own action.`,
  );
}

/** RebootDBInstance: the server restarts, with the parameters that waited for it. */
export const rebootInstance =
  (rds: Rds): Action =>
  (input) => {
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    requireInstanceState(rds, instance, 'available', 'incompatible-parameters');
    rds.lifecycle.begin(instance, startFailure(rds, instance), async ({ wait, become }) => {
      become('rebooting');
      if (leaderOf(rds, instance) === instance)
        await instance.database.reboot(settingsOf(rds, instance, 'start'));
      instance.parameterApplyStatus = 'in-sync';
      await wait(seconds(30));
      rds.events.add(instance, 'availability', 'DB instance restarted');
      become('available');
    });
    return { DBInstance: instanceView(rds, instance) };
  };

/** StopDBInstance; AWS would start it again after seven days, the sandbox does not live so long. */
export const stopInstance =
  (rds: Rds): Action =>
  (input) => {
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    refuseMember(instance, 'StopDBInstance');
    requireInstanceState(rds, instance, 'available');
    const identifier = optionalText(input, 'DBSnapshotIdentifier')?.toLowerCase();
    const snapshot =
      identifier === undefined ? undefined : beginSnapshot(rds, instance, identifier, new Map());
    rds.lifecycle.begin(instance, 'failed', async ({ wait, become }) => {
      become('stopping');
      await snapshot?.copied;
      await instance.database.close();
      await wait(minutes(3));
      rds.events.add(instance, 'notification', 'DB instance stopped');
      become('stopped');
    });
    return { DBInstance: instanceView(rds, instance) };
  };

/** StartDBInstance. */
export const startInstance =
  (rds: Rds): Action =>
  (input) => {
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    refuseMember(instance, 'StartDBInstance');
    requireInstanceState(rds, instance, 'stopped');
    rds.lifecycle.begin(instance, startFailure(rds, instance), async ({ wait, become }) => {
      become('starting');
      await wait(minutes(4));
      await instance.database.open(settingsOf(rds, instance, 'start'));
      instance.parameterApplyStatus = 'in-sync';
      rds.events.add(instance, 'notification', 'DB instance started');
      become('available');
    });
    return { DBInstance: instanceView(rds, instance) };
  };
