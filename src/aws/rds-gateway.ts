import type { AwsClients } from './aws-clients.js';
import { createCatalogCalls, type CatalogCalls } from './rds-catalog.js';
import { createClusterCalls, type ClusterCalls, type ReadPassword } from './rds-clusters.js';
import { createInstanceCalls, type InstanceCalls } from './rds-instances.js';

/** Amazon RDS in our words. */
export type RdsGateway = InstanceCalls & ClusterCalls & CatalogCalls;

export function createRdsGateway(clients: Pick<AwsClients, 'rds'>, readPassword: ReadPassword): RdsGateway {
  return {
    ...createInstanceCalls(clients),
    ...createClusterCalls(clients, readPassword),
    ...createCatalogCalls(clients),
  };
}
