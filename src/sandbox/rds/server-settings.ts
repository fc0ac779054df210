import type { ServerSettings } from '../postgres/server-files.js';
import { majorOf } from './engine-versions.js';
import { capacityMemory, instanceMemory } from './instance-classes.js';
import type { DbCluster, DbInstance, ParameterGroup } from './resources.js';

/** PostgreSQL sets memory aside for each; more than this a laptop would notice. */
const mostConnections = 1000;
const mostMaintenanceKb = 512 * 1024;

/** Parameters that RDS derives from memory; Aurora Serverless v2 from the largest capacity (Aurora User Guide). */
export function derivedParameters(memory: number, scaling?: DbCluster['scaling']): Record<string, string> {
  const connections = Math.min(
    Math.floor(memory / 9_531_392),
    scaling && scaling.minCapacity <= 0.5 ? 2000 : 5000,
  );
  const maintenanceKb = Math.max(Math.floor((memory / 63_963_136) * 1024), 65_536);
  return {
    max_connections: String(Math.min(connections, mostConnections)),
    maintenance_work_mem: `${Math.min(maintenanceKb, mostMaintenanceKb)}kB`,
    effective_cache_size: `${Math.floor(memory / 16384)}kB`,
  };
}

/** Names that the server itself does not know or that the sandbox needs for itself. */
const notPassedOn = /^rds\.|^(?:shared_buffers|wal_level|max_wal_size|effective_cache_size)$/;

/** Libraries that RDS has and every PostgreSQL has too; a server does not start when one is missing. */
const libraries = new Set(['pg_stat_statements', 'auto_explain', 'pg_prewarm']);

/** What the server understands: RDS's formulas worked out, libraries that exist only in AWS left out. */
function serverValue(name: string, value: string, memory: number): string {
  if (name === 'shared_preload_libraries') {
    return value
      .split(',')
      .map((library) => library.trim())
      .filter((library) => libraries.has(library))
      .join(',');
  }
  const divisor = /^\{DBInstanceClassMemory\/(\d+)\}$/.exec(value)?.[1];
  return divisor ? String(Math.floor(memory / Number(divisor))) : value;
}

/** When a setting of the user counts: at a start all do, else only those that were to apply at once. */
export type Moment = 'start' | 'running';

function userValues(groups: readonly (ParameterGroup | undefined)[], moment: Moment): Map<string, string> {
  const values = new Map<string, string>();
  for (const group of groups) {
    for (const [name, { value, method }] of group?.values ?? []) {
      if (moment === 'start' || method === 'immediate') values.set(name, value);
    }
  }
  return values;
}

/** How the server of an instance, or of an Aurora cluster with its writer, is to run. Later groups win. */
export function serverSettings(
  {
    instance,
    cluster,
    groups,
  }: {
    instance: DbInstance;
    cluster?: DbCluster | undefined;
    groups: readonly (ParameterGroup | undefined)[];
  },
  moment: Moment,
): ServerSettings {
  const scaling = instance.instanceClass === 'db.serverless' ? cluster?.scaling : undefined;
  const memory = scaling ? capacityMemory(scaling.maxCapacity) : instanceMemory(instance.instanceClass);
  const values = userValues(groups, moment);
  const isLogical = values.get('rds.logical_replication') === '1';
  const passedOn = [...values]
    .filter(([name, value]) => value !== '' && !notPassedOn.test(name))
    .map(([name, value]) => [name, serverValue(name, value, memory)] as const);
  const forcedByDefault = majorOf(instance.engineVersion) >= (cluster ? 17 : 15);
  return {
    parameters: {
      shared_preload_libraries: 'pg_stat_statements',
      ...derivedParameters(memory, scaling),
      ...(isLogical ? { wal_level: 'logical', max_replication_slots: '20' } : {}),
      ...Object.fromEntries(passedOn),
    },
    forceSsl: (values.get('rds.force_ssl') ?? (forcedByDefault ? '1' : '0')) === '1',
  };
}
