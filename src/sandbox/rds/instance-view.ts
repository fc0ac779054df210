import { XmlList } from '../http/xml-list.js';
import type { AwsStruct } from '../service.js';
import { statusOf, type Rds } from './rds.js';
import type { DbCluster, DbInstance } from './resources.js';
import { subnetGroupView } from './subnet-group-actions.js';
import { tagList } from './tags.js';

export const securityGroupList = (ids: readonly string[]): XmlList<AwsStruct> =>
  new XmlList(
    'VpcSecurityGroupMembership',
    ids.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
  );

/** Members that an instance of a cluster takes from its cluster. */
function clusterMembers(cluster: DbCluster | undefined): AwsStruct {
  if (!cluster) return {};
  const { BackupRetentionPeriod, StorageEncrypted, KmsKeyId, DeletionProtection, CopyTagsToSnapshot } =
    cluster.attributes;
  return {
    DBClusterIdentifier: cluster.identifier,
    AllocatedStorage: 1,
    StorageType: 'aurora',
    BackupRetentionPeriod,
    StorageEncrypted,
    KmsKeyId,
    DeletionProtection,
    CopyTagsToSnapshot,
  };
}

/** The `DBInstance` structure. */
export function instanceView(rds: Rds, instance: DbInstance): AwsStruct {
  const status = statusOf(rds, instance);
  const cluster = rds.store.clusters.get(instance.clusterIdentifier ?? '');
  const subnetGroup = rds.store.subnetGroups.get(instance.subnetGroup);
  const { host, port } = instance.database.listener;
  return {
    DBInstanceIdentifier: instance.identifier,
    DBInstanceClass: instance.instanceClass,
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    DBInstanceStatus: status,
    MasterUsername: instance.masterUsername,
    DBName: instance.databaseName,
    Endpoint: instance.hasEndpoint
      ? { Address: host, Port: port, HostedZoneId: 'Z2R2ITUGPM61AM' }
      : undefined,
    InstanceCreateTime: instance.hasEndpoint ? instance.createdAt : undefined,
    DbInstancePort: 0,
    ...instance.attributes,
    ...clusterMembers(cluster),
    DBSecurityGroups: new XmlList('DBSecurityGroup', []),
    VpcSecurityGroups: securityGroupList(instance.securityGroups),
    DBParameterGroups: new XmlList('DBParameterGroup', [
      { DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: instance.parameterApplyStatus },
    ]),
    DBSubnetGroup: subnetGroup && subnetGroupView(subnetGroup),
    PendingModifiedValues: instance.pending,
    ReadReplicaDBInstanceIdentifiers: new XmlList('ReadReplicaDBInstanceIdentifier', []),
    OptionGroupMemberships: new XmlList('OptionGroupMembership', [
      {
        OptionGroupName: `default:${instance.engine}-${instance.engineVersion.split('.')[0]}`,
        Status: 'in-sync',
      },
    ]),
    DbiResourceId: instance.resourceId,
    DomainMemberships: new XmlList('DomainMembership', []),
    DBInstanceArn: instance.arn,
    AssociatedRoles: new XmlList('DBInstanceRole', []),
    TagList: tagList(instance.tags),
    CustomerOwnedIpEnabled: false,
    BackupTarget: 'region',
    DedicatedLogVolume: false,
    ActivityStreamStatus: 'stopped',
    LatestRestorableTime: status === 'available' && !cluster ? rds.context.clock.now() : undefined,
  };
}
