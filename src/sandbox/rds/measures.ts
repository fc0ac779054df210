import type { Measure } from '../service.js';
import { statusOf, type Rds } from './rds.js';
import type { DbCluster, DbInstance } from './resources.js';

const namespace = 'AWS/RDS';

/**
 * What CloudWatch is told of every database that is up (Amazon RDS and Aurora User Guides, "CloudWatch metrics"): its
 * sessions and, of a Serverless v2 cluster, a capacity that stays at the minimum, since the sandbox does not scale.
 */
export async function measureDatabases(rds: Rds): Promise<Measure[]> {
  const isUp = (resource: DbInstance | DbCluster): boolean => statusOf(rds, resource) === 'available';
  const instances = [...rds.store.instances.values()].filter(isUp);
  const measures: Measure[] = [];
  for (const instance of instances) {
    const cluster = rds.store.clusters.get(instance.clusterIdentifier ?? '');
    const sessions = await (cluster ?? instance).database.countSessions();
    measures.push(...describe(instance, cluster, sessions));
  }
  return measures;
}

function describe(instance: DbInstance, cluster: DbCluster | undefined, sessions: number): Measure[] {
  const own = { DBInstanceIdentifier: instance.identifier };
  const dimensions = cluster === undefined ? [own] : [own, { DBClusterIdentifier: cluster.identifier }];
  const { minCapacity, maxCapacity } = cluster?.scaling ?? {};
  return dimensions.flatMap((dimension) => [
    measure('DatabaseConnections', dimension, sessions, 'Count'),
    ...(minCapacity === undefined || maxCapacity === undefined
      ? []
      : [
          measure('ServerlessDatabaseCapacity', dimension, minCapacity, 'Count'),
          measure('ACUUtilization', dimension, (100 * minCapacity) / maxCapacity, 'Percent'),
        ]),
  ]);
}

function measure(name: string, dimensions: Record<string, string>, value: number, unit: string): Measure {
  return { namespace, name, dimensions, value, unit };
}
