import { optionalText } from '../services/read-input.js';
import type { Action } from '../service.js';
import { instanceView } from './instance-view.js';
import { applyFilters, page } from './pages.js';
import type { Rds } from './rds.js';
import { fromArn } from './store.js';

/** DescribeDBInstances. */
export const describeInstances =
  (rds: Rds): Action =>
  (input) => {
    const identifier = optionalText(input, 'DBInstanceIdentifier');
    const all =
      identifier === undefined ? [...rds.store.instances.values()] : [rds.store.instance(identifier)];
    const found = applyFilters(input, all, {
      'db-cluster-id': ({ clusterIdentifier }) => [
        clusterIdentifier,
        rds.store.clusters.get(clusterIdentifier ?? '')?.arn,
      ],
      'db-instance-id': ({ identifier: id, arn }) => [id, arn, fromArn(arn, 'db')],
      'dbi-resource-id': ({ resourceId }) => [resourceId],
      engine: ({ engine }) => [engine],
      domain: () => [],
    });
    found.sort((one, other) => one.identifier.localeCompare(other.identifier));
    return page(
      input,
      'DBInstances',
      'DBInstance',
      found.map((instance) => instanceView(rds, instance)),
    );
  };
