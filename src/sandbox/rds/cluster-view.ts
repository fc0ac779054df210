import { XmlList } from '../http/xml-list.js';
import type { AwsStruct } from '../service.js';
import { securityGroupList } from './instance-view.js';
import { statusOf, type Rds } from './rds.js';
import type { DbCluster } from './resources.js';
import { tagList } from './tags.js';

function members(rds: Rds, cluster: DbCluster): XmlList<AwsStruct> {
  const rows = cluster.members.map((identifier, index) => ({
    DBInstanceIdentifier: identifier,
    IsClusterWriter: index === 0,
    DBClusterParameterGroupStatus: 'in-sync',
    PromotionTier: rds.store.instances.get(identifier)?.attributes['PromotionTier'] ?? 1,
  }));
  return new XmlList('DBClusterMember', rows);
}

function scalingView({ scaling }: DbCluster): AwsStruct | undefined {
  if (!scaling) return undefined;
  const { minCapacity, maxCapacity, secondsUntilAutoPause } = scaling;
  return { MinCapacity: minCapacity, MaxCapacity: maxCapacity, SecondsUntilAutoPause: secondsUntilAutoPause };
}

/** The `DBCluster` structure. Writer, reader and instance endpoints are one address: the sandbox has one server. */
export function clusterView(rds: Rds, cluster: DbCluster): AwsStruct {
  const { host, port } = cluster.database.listener;
  const now = rds.context.clock.now();
  return {
    AllocatedStorage: 1,
    AvailabilityZones: new XmlList('AvailabilityZone', cluster.availabilityZones),
    DatabaseName: cluster.databaseName,
    DBClusterIdentifier: cluster.identifier,
    DBClusterParameterGroup: cluster.parameterGroup,
    DBSubnetGroup: cluster.subnetGroup,
    Status: statusOf(rds, cluster),
    EarliestRestorableTime: cluster.createdAt,
    LatestRestorableTime: now,
    Endpoint: host,
    ReaderEndpoint: host,
    MultiAZ: cluster.members.length > 1,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    Port: port,
    MasterUsername: cluster.masterUsername,
    ...cluster.attributes,
    ReadReplicaIdentifiers: new XmlList('ReadReplicaIdentifier', []),
    DBClusterMembers: members(rds, cluster),
    VpcSecurityGroups: securityGroupList(cluster.securityGroups),
    HostedZoneId: 'Z2R2ITUGPM61AM',
    DbClusterResourceId: cluster.resourceId,
    DBClusterArn: cluster.arn,
    AssociatedRoles: new XmlList('DBClusterRole', []),
    ClusterCreateTime: cluster.createdAt,
    PendingModifiedValues: Object.keys(cluster.pending).length > 0 ? cluster.pending : undefined,
    ActivityStreamStatus: 'stopped',
    CrossAccountClone: false,
    DomainMemberships: new XmlList('DomainMembership', []),
    TagList: tagList(cluster.tags),
    ServerlessV2ScalingConfiguration: scalingView(cluster),
    ServerlessV2PlatformVersion: cluster.scaling ? '3' : undefined,
  };
}
