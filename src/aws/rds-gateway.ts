import type { AwsClients } from './aws-clients.js';
import { createCatalogCalls, type CatalogCalls } from './rds-catalog.js';
import { createClusterCalls, type ClusterCalls, type ReadPassword } from './rds-clusters.js';
import { createInstanceRestoreCalls, type InstanceRestoreCalls } from './rds-instance-restores.js';
import { createInstanceReturnCalls, type InstanceReturnCalls } from './rds-instance-returns.js';
import { createInstanceCalls, type InstanceCalls } from './rds-instances.js';
import { createParameterCalls, type ParameterCalls } from './rds-parameters.js';
import { createRestoreCalls, type RestoreCalls } from './rds-restores.js';
import { createSnapshotCalls, type SnapshotCalls } from './rds-snapshots.js';

/** Amazon RDS in our words. */
export type RdsGateway = InstanceCalls &
  InstanceReturnCalls &
  ClusterCalls &
  SnapshotCalls &
  RestoreCalls &
  InstanceRestoreCalls &
  ParameterCalls &
  CatalogCalls;

export function createRdsGateway(clients: Pick<AwsClients, 'rds'>, readPassword: ReadPassword): RdsGateway {
  return {
    ...createInstanceCalls(clients),
    ...createInstanceReturnCalls(clients),
    ...createClusterCalls(clients, readPassword),
    ...createSnapshotCalls(clients),
    ...createRestoreCalls(clients, readPassword),
    ...createInstanceRestoreCalls(clients, readPassword),
    ...createParameterCalls(clients),
    ...createCatalogCalls(clients),
  };
}
