import { optionalText } from '../services/read-input.js';
import type { Action } from '../service.js';
import { clusterView } from './cluster-view.js';
import { applyFilters, page } from './pages.js';
import type { Rds } from './rds.js';

/** DescribeDBClusters. */
export const describeClusters =
  (rds: Rds): Action =>
  (input) => {
    const identifier = optionalText(input, 'DBClusterIdentifier');
    const all = identifier === undefined ? [...rds.store.clusters.values()] : [rds.store.cluster(identifier)];
    const found = applyFilters(input, all, {
      'db-cluster-id': ({ identifier: id, arn }) => [id, arn],
      'db-cluster-resource-id': ({ resourceId }) => [resourceId],
      'clone-group-id': () => [],
      domain: () => [],
      engine: ({ engine }) => [engine],
    });
    found.sort((one, other) => one.identifier.localeCompare(other.identifier));
    return page(
      input,
      'DBClusters',
      'DBCluster',
      found.map((cluster) => clusterView(rds, cluster)),
    );
  };
