import { optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { addInstance } from './add-instance.js';
import { newAttributes } from './attributes.js';
import { bringUpMember } from './bring-up.js';
import { readInstanceClass } from './read-instance-class.js';
import { invalidClusterState, invalidCombination } from './errors.js';
import { required } from './identifiers.js';
import { chooseParameterGroup } from './parameter-groups.js';
import { statusOf, type Rds } from './rds.js';
import type { DbCluster, DbInstance } from './resources.js';
import { readTags } from './tags.js';

/** What belongs to the cluster and is refused for its members (RDS API Reference, CreateDBInstance). */
const clusterSettings = [
  'AllocatedStorage', 'BackupRetentionPeriod', 'CopyTagsToSnapshot', 'DBName', 'KmsKeyId', 'ManageMasterUserPassword',
  'MasterUsername', 'MasterUserPassword', 'MultiAZ', 'StorageEncrypted', 'StorageType', 'VpcSecurityGroupIds', 'Port',
]; // prettier-ignore

function checkMember(rds: Rds, cluster: DbCluster, input: AwsStruct): void {
  const status = statusOf(rds, cluster);
  if (status !== 'available') {
    throw invalidClusterState(
      `DB cluster ${cluster.identifier} is not in the available state (it is ${status}).`,
    );
  }
  const given = clusterSettings.find((member) => input[member] !== undefined && input[member] !== '');
  if (given) {
    throw invalidCombination(
      `The requested DB Instance will be a member of a DB Cluster. Set ${given} for the DB Cluster.`,
    );
  }
  const engine = required(input, 'Engine');
  if (engine !== cluster.engine) {
    throw invalidCombination(
      `The engine name requested for your DB instance (${engine}) doesn't match the engine name of your DB cluster (${cluster.engine}).`,
    );
  }
  const version = optionalText(input, 'EngineVersion');
  if (version !== undefined && version !== cluster.engineVersion) {
    throw invalidCombination(
      `The engine version that you requested for your DB instance (${version}) does not match the engine version of your DB cluster (${cluster.engineVersion}).`,
    );
  }
}

/** CreateDBInstance with a cluster: the first member becomes its writer. */
export async function createMember(rds: Rds, input: AwsStruct, identifier: string): Promise<DbInstance> {
  const cluster = rds.store.cluster(required(input, 'DBClusterIdentifier'));
  checkMember(rds, cluster, input);
  const { engine, engineVersion } = cluster;
  const instanceClass = readInstanceClass(input, { engine, version: engineVersion });
  if (instanceClass === 'db.serverless' && !cluster.scaling) {
    throw invalidClusterState(
      'Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.',
    );
  }
  const zones = cluster.availabilityZones;
  const instance = addInstance(rds, {
    identifier,
    engine,
    engineVersion,
    instanceClass,
    masterUsername: cluster.masterUsername,
    databaseName: cluster.databaseName,
    database: cluster.database,
    clusterIdentifier: cluster.identifier,
    subnetGroup: cluster.subnetGroup,
    securityGroups: cluster.securityGroups,
    parameterGroup: chooseParameterGroup(rds, 'instance', input, engine, engineVersion),
    attributes: {
      AvailabilityZone: zones[cluster.members.length % zones.length],
      PromotionTier: 1,
      ...newAttributes(input, 'instance'),
    },
    tags: readTags(input),
  });
  cluster.members.push(identifier);
  bringUpMember(rds, instance);
  return Promise.resolve(instance);
}
