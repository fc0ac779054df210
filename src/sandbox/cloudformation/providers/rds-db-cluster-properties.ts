import { all, boolean, integer, list, number, object, tags, text, words } from './schema.js';

/** Properties of AWS::RDS::DBCluster that reach the sandbox's RDS; the rest of the type is refused by name. */
export const clusterSchema = object({
  ...all(
    text,
    words(`DBClusterIdentifier DBClusterParameterGroupName DBInstanceParameterGroupName
      DBSubnetGroupName DatabaseInsightsMode DatabaseName Engine EngineLifecycleSupport EngineMode EngineVersion
      KmsKeyId MasterUserPassword MasterUsername MonitoringRoleArn NetworkType
      PerformanceInsightsKmsKeyId PreferredBackupWindow PreferredMaintenanceWindow SnapshotIdentifier StorageType`),
  ),
  ...all(integer, words('BackupRetentionPeriod MonitoringInterval PerformanceInsightsRetentionPeriod Port')),
  ...all(
    boolean,
    words(`AutoMinorVersionUpgrade CopyTagsToSnapshot DeleteAutomatedBackups DeletionProtection EnableHttpEndpoint
      EnableIAMDatabaseAuthentication EnableLocalWriteForwarding ManageMasterUserPassword PerformanceInsightsEnabled
      PubliclyAccessible StorageEncrypted`),
  ),
  ServerlessV2ScalingConfiguration: object({
    MinCapacity: number,
    MaxCapacity: number,
    SecondsUntilAutoPause: integer,
  }),
  AvailabilityZones: list(text),
  EnableCloudwatchLogsExports: list(text),
  VpcSecurityGroupIds: list(text),
  Tags: tags,
});

/** What CreateDBCluster takes under the name it has in a template. */
export const clusterCreateNames = words(`AvailabilityZones AutoMinorVersionUpgrade BackupRetentionPeriod
  CopyTagsToSnapshot DBClusterParameterGroupName DBSubnetGroupName DatabaseInsightsMode DatabaseName DeletionProtection
  EnableCloudwatchLogsExports EnableHttpEndpoint EnableIAMDatabaseAuthentication Engine EngineLifecycleSupport
  EngineMode EngineVersion KmsKeyId ManageMasterUserPassword MasterUserPassword MasterUsername MonitoringInterval
  MonitoringRoleArn NetworkType PerformanceInsightsRetentionPeriod Port PreferredBackupWindow
  PreferredMaintenanceWindow PubliclyAccessible ServerlessV2ScalingConfiguration StorageEncrypted StorageType
  VpcSecurityGroupIds`);

/** What RestoreDBClusterFromSnapshot takes: no password, no retention, no StorageEncrypted. */
export const clusterRestoreNames = words(`AvailabilityZones CopyTagsToSnapshot DBClusterParameterGroupName
  DBSubnetGroupName DatabaseName DeletionProtection EnableCloudwatchLogsExports EnableIAMDatabaseAuthentication Engine
  EngineLifecycleSupport EngineMode EngineVersion KmsKeyId NetworkType Port PubliclyAccessible
  ServerlessV2ScalingConfiguration SnapshotIdentifier StorageType VpcSecurityGroupIds`);

/** What the handler sends with ModifyDBCluster once the restored cluster is available. */
export const clusterAfterCreateNames = words(`AutoMinorVersionUpgrade BackupRetentionPeriod CopyTagsToSnapshot
  DatabaseInsightsMode DBClusterParameterGroupName DeletionProtection EnableIAMDatabaseAuthentication
  ManageMasterUserPassword MasterUserPassword MonitoringInterval MonitoringRoleArn NetworkType PreferredBackupWindow
  PreferredMaintenanceWindow StorageType`);

/** What ModifyDBCluster takes under the name it has in a template; versions and logs are special. */
export const clusterModifyNames = words(`AutoMinorVersionUpgrade BackupRetentionPeriod CopyTagsToSnapshot
  DBClusterParameterGroupName DatabaseInsightsMode DeletionProtection EnableHttpEndpoint
  EnableIAMDatabaseAuthentication ManageMasterUserPassword MasterUserPassword MonitoringInterval MonitoringRoleArn
  NetworkType PerformanceInsightsRetentionPeriod Port PreferredBackupWindow PreferredMaintenanceWindow
  ServerlessV2ScalingConfiguration StorageType VpcSecurityGroupIds`);

/** "createOnlyProperties" and "writeOnlyProperties" of the type's schema. */
export const clusterCreateOnly =
  words(`AvailabilityZones ClusterScalabilityType DBClusterIdentifier DBSubnetGroupName
  DBSystemId DatabaseName EngineMode KmsKeyId PubliclyAccessible RestoreToTime RestoreType SnapshotIdentifier
  SourceDBClusterIdentifier SourceDbClusterResourceId SourceRegion StorageEncrypted UseLatestRestorableTime`);
export const clusterWriteOnly = words(`DBInstanceParameterGroupName DeleteAutomatedBackups MasterUserPassword
  SnapshotIdentifier`);
