import type { ServerSettings } from '../postgres/server-files.js';
import { findParameterGroup } from './parameter-groups.js';
import type { Rds } from './rds.js';
import type { DbInstance } from './resources.js';
import { serverSettings, type Moment } from './server-settings.js';

/** How the server behind an instance is to run now: its groups' parameters and what follows from its size. */
export function settingsOf(rds: Rds, instance: DbInstance, moment: Moment): ServerSettings {
  const { clusterIdentifier } = instance;
  const cluster = clusterIdentifier === undefined ? undefined : rds.store.clusters.get(clusterIdentifier);
  const clusterGroup = cluster && findParameterGroup(rds, 'cluster', cluster.parameterGroup);
  const groups = [clusterGroup, findParameterGroup(rds, 'instance', instance.parameterGroup)];
  return serverSettings({ instance, cluster, groups }, moment);
}

/** The instance whose size and parameters its server runs with: itself, or the writer of its cluster. */
export function leaderOf(rds: Rds, instance: DbInstance): DbInstance {
  const cluster = rds.store.clusters.get(instance.clusterIdentifier ?? '');
  return rds.store.instances.get(cluster?.members[0] ?? '') ?? instance;
}
