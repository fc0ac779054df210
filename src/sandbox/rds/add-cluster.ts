import { AwsError, type AwsStruct } from '../service.js';
import { optionalText } from '../services/read-input.js';
import { newAttributes } from './attributes.js';
import { Database } from './database.js';
import type { EngineVersion } from './engine-versions.js';
import { unsupported } from './errors.js';
import { databasePort } from './identifiers.js';
import { chooseSecurityGroups, chooseSubnetGroup } from './network.js';
import { chooseParameterGroup } from './parameter-groups.js';
import { arnOf, newResourceId, type Rds } from './rds.js';
import type { Attributes, DbCluster } from './resources.js';
import { readScaling } from './scaling.js';
import { readTags } from './tags.js';

/** Clusters that an account may have in a Region by default (RDS User Guide, "Quotas and constraints"). */
export const clusterQuota = 40;

export function requireRoomForCluster(rds: Rds, identifier: string): void {
  if (rds.store.clusters.has(identifier))
    throw new AwsError('DBClusterAlreadyExistsFault', 'DB Cluster already exists');
  if (rds.store.clusters.size >= clusterQuota) {
    throw new AwsError(
      'DBClusterQuotaExceededFault',
      `Cannot create more than ${clusterQuota} DB clusters`,
      403,
    );
  }
}

interface NewCluster {
  readonly identifier: string;
  readonly version: EngineVersion;
  readonly masterUsername: string;
  readonly databaseName: string | undefined;
  /** Port when the request has none. */
  readonly port?: number;
  /** What the request does not say; its own words win. */
  readonly inherited?: Attributes;
}

function storageAttributes(input: AwsStruct): Attributes {
  const type = optionalText(input, 'StorageType');
  if (type !== undefined && !['aurora', 'aurora-iopt1'].includes(type)) {
    throw new AwsError(
      'StorageTypeNotSupported',
      `The storage type ${type} is not supported for aurora-postgresql.`,
    );
  }
  const mode = optionalText(input, 'EngineMode');
  if (mode !== undefined && mode !== 'provisioned') throw unsupported(`EngineMode ${mode}`);
  // RDS leaves StorageType out for the standard configuration.
  return type === 'aurora-iopt1' ? { StorageType: type } : { StorageType: undefined };
}

/** Puts a new cluster into the world, in state `creating` and without instances. */
export async function addCluster(rds: Rds, input: AwsStruct, given: NewCluster): Promise<DbCluster> {
  const { identifier, version, masterUsername, databaseName, port, inherited } = given;
  const runtime = await rds.runtime();
  const storage = storageAttributes(input);
  const scaling = readScaling(input, version.version);
  const parameterGroup = chooseParameterGroup(rds, 'cluster', input, 'aurora-postgresql', version.version);
  const subnetGroup = await chooseSubnetGroup(rds, input);
  const securityGroups = await chooseSecurityGroups(rds, input, subnetGroup.vpcId);
  const listener = await runtime.allotAddress(databasePort(input, 'Port', port), `cluster:${identifier}`);
  requireRoomForCluster(rds, identifier);
  const cluster: DbCluster = {
    kind: 'db-cluster',
    identifier,
    arn: arnOf(rds, 'cluster', identifier),
    resourceId: newResourceId(rds, 'cluster'),
    status: 'creating',
    job: {},
    engine: 'aurora-postgresql',
    engineVersion: version.version,
    createdAt: rds.context.clock.now(),
    masterUsername,
    databaseName,
    database: new Database(runtime, version.major, listener),
    subnetGroup: subnetGroup.name,
    securityGroups,
    parameterGroup,
    attributes: { ...newAttributes(input, 'cluster'), ...inherited, ...storage },
    pending: {},
    tags: readTags(input),
    scaling,
    availabilityZones: [...new Set(subnetGroup.subnets.map(({ zone }) => zone))].sort(),
    members: [],
  };
  rds.store.clusters.set(identifier, cluster);
  rds.scripted.appeared(cluster);
  return cluster;
}
