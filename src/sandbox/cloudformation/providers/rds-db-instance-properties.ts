import { all, boolean, integer, list, object, tags, text, words } from './schema.js';

/** Properties of AWS::RDS::DBInstance that reach the sandbox's RDS; the rest of the type is refused by name. */
export const instanceSchema = object({
  ...all(
    text,
    words(`AllocatedStorage AvailabilityZone CACertificateIdentifier DBClusterIdentifier DBInstanceClass
      DBInstanceIdentifier DBName DBParameterGroupName DBSnapshotIdentifier DBSubnetGroupName DatabaseInsightsMode
      Engine EngineVersion KmsKeyId LicenseModel MasterUserPassword MasterUsername MonitoringRoleArn NetworkType
      OptionGroupName PerformanceInsightsKMSKeyId Port PreferredBackupWindow PreferredMaintenanceWindow StorageType`),
  ),
  ...all(
    integer,
    words(`BackupRetentionPeriod Iops MaxAllocatedStorage MonitoringInterval PerformanceInsightsRetentionPeriod
      PromotionTier StorageThroughput`),
  ),
  ...all(
    boolean,
    words(`AllowMajorVersionUpgrade ApplyImmediately AutoMinorVersionUpgrade CopyTagsToSnapshot DeleteAutomatedBackups
      DeletionProtection EnableIAMDatabaseAuthentication EnablePerformanceInsights ManageMasterUserPassword MultiAZ
      PubliclyAccessible StorageEncrypted`),
  ),
  VPCSecurityGroups: list(text),
  EnableCloudwatchLogsExports: list(text),
  Tags: tags,
});

/** What CreateDBInstance takes under the name it has in a template. */
export const instanceCreateNames = words(`AllocatedStorage AutoMinorVersionUpgrade AvailabilityZone
  BackupRetentionPeriod CACertificateIdentifier CopyTagsToSnapshot DBClusterIdentifier DBInstanceClass DBName
  DBParameterGroupName DBSubnetGroupName DatabaseInsightsMode DeletionProtection EnableCloudwatchLogsExports
  EnableIAMDatabaseAuthentication EnablePerformanceInsights Engine EngineVersion Iops KmsKeyId LicenseModel
  ManageMasterUserPassword MasterUserPassword MasterUsername MaxAllocatedStorage MonitoringInterval MonitoringRoleArn
  MultiAZ NetworkType OptionGroupName PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod Port
  PreferredBackupWindow PreferredMaintenanceWindow PromotionTier PubliclyAccessible StorageEncrypted StorageThroughput
  StorageType`);

/** What RestoreDBInstanceFromDBSnapshot takes, and what the handler sets afterwards with ModifyDBInstance. */
export const instanceRestoreNames =
  words(`AutoMinorVersionUpgrade AvailabilityZone CopyTagsToSnapshot DBInstanceClass
  DBParameterGroupName DBSubnetGroupName DeletionProtection Engine EnableCloudwatchLogsExports
  EnableIAMDatabaseAuthentication Iops LicenseModel MultiAZ NetworkType OptionGroupName Port PubliclyAccessible
  StorageThroughput StorageType`);
export const instanceAfterRestoreNames = words(`AllocatedStorage BackupRetentionPeriod MasterUserPassword
  ManageMasterUserPassword MaxAllocatedStorage PreferredBackupWindow PreferredMaintenanceWindow`);

/** What ModifyDBInstance takes under the name it has in a template. */
export const instanceModifyNames = words(`AllocatedStorage AllowMajorVersionUpgrade AutoMinorVersionUpgrade
  BackupRetentionPeriod CACertificateIdentifier CopyTagsToSnapshot DBInstanceClass DBParameterGroupName
  DatabaseInsightsMode DeletionProtection EnableIAMDatabaseAuthentication EngineVersion Iops LicenseModel
  ManageMasterUserPassword MasterUserPassword MaxAllocatedStorage MonitoringInterval MonitoringRoleArn MultiAZ
  NetworkType OptionGroupName PerformanceInsightsRetentionPeriod PreferredBackupWindow PreferredMaintenanceWindow
  PromotionTier PubliclyAccessible StorageThroughput StorageType`);

/** "createOnlyProperties" and "conditionalCreateOnlyProperties" of the type's schema. */
export const instanceCreateOnly =
  words(`BackupTarget CharacterSetName CustomIAMInstanceProfile DBClusterIdentifier
  DBInstanceIdentifier DBName DBSubnetGroupName DBSystemId KmsKeyId MasterUsername NcharCharacterSetName SourceRegion
  StorageEncrypted Timezone`);
export const instanceConditional = words(`AutoMinorVersionUpgrade AvailabilityZone BackupRetentionPeriod
  DBClusterSnapshotIdentifier DBParameterGroupName DBSnapshotIdentifier Engine MultiAZ PerformanceInsightsKMSKeyId
  PreferredMaintenanceWindow RestoreTime SourceDBClusterIdentifier SourceDBInstanceAutomatedBackupsArn
  SourceDBInstanceIdentifier SourceDbiResourceId StorageType UseLatestRestorableTime`);
