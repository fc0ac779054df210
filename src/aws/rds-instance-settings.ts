import type {
  DBInstance,
  ModifyDBInstanceMessage,
  RestoreDBInstanceFromDBSnapshotMessage,
} from '@aws-sdk/client-rds';
import { readTags, writeTags, type Tags } from './tags.js';

/** All of an instance that can be asked for when it is made again from a snapshot. Null is what is not set. */
export interface InstanceSettings {
  readonly identifier: string;
  readonly arn: string;
  /** Changes when an instance is made again under its name. */
  readonly resourceId: string;
  readonly instanceClass: string;
  readonly port: number | null;
  readonly availabilityZone: string | null;
  readonly multiAz: boolean;
  readonly publiclyAccessible: boolean;
  readonly autoMinorVersionUpgrade: boolean;
  readonly licenseModel: string | null;
  readonly subnetGroup: string | null;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string | null;
  readonly optionGroup: string | null;
  readonly storageType: string | null;
  readonly allocatedGiB: number;
  readonly maxAllocatedGiB: number | null;
  readonly iops: number | null;
  readonly storageThroughput: number | null;
  readonly dedicatedLogVolume: boolean;
  readonly copyTagsToSnapshot: boolean;
  readonly iamAuthentication: boolean;
  readonly logExports: readonly string[];
  readonly deletionProtection: boolean;
  readonly networkType: string | null;
  readonly caCertificate: string | null;
  /** Days. */
  readonly backupRetention: number | null;
  readonly backupWindow: string | null;
  readonly maintenanceWindow: string | null;
  /** Seconds; 0 is off. */
  readonly monitoringInterval: number;
  readonly monitoringRoleArn: string | null;
  readonly performanceInsights: boolean;
  readonly performanceInsightsKey: string | null;
  readonly performanceInsightsDays: number | null;
  /** Both come with the snapshot; kept to be compared. */
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  readonly engineVersion: string;
  readonly tags: Tags;
}

export function toInstanceSettings(instance: DBInstance): InstanceSettings {
  return {
    identifier: instance.DBInstanceIdentifier ?? '',
    arn: instance.DBInstanceArn ?? '',
    resourceId: instance.DbiResourceId ?? '',
    instanceClass: instance.DBInstanceClass ?? '',
    engineVersion: instance.EngineVersion ?? '',
    tags: readTags(instance.TagList),
    ...networkOf(instance),
    ...storageOf(instance),
    ...careOf(instance),
  };
}

function networkOf(instance: DBInstance) {
  return {
    port: instance.Endpoint?.Port ?? null,
    availabilityZone: instance.AvailabilityZone ?? null,
    multiAz: instance.MultiAZ ?? false,
    publiclyAccessible: instance.PubliclyAccessible ?? false,
    subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName ?? null,
    securityGroups: (instance.VpcSecurityGroups ?? []).flatMap((one) => one.VpcSecurityGroupId ?? []),
    networkType: instance.NetworkType ?? null,
    caCertificate: instance.CACertificateIdentifier ?? null,
  };
}

function storageOf(instance: DBInstance) {
  return {
    storageType: instance.StorageType ?? null,
    allocatedGiB: instance.AllocatedStorage ?? 0,
    maxAllocatedGiB: instance.MaxAllocatedStorage ?? null,
    iops: instance.Iops ?? null,
    storageThroughput: instance.StorageThroughput ?? null,
    dedicatedLogVolume: instance.DedicatedLogVolume ?? false,
    encrypted: instance.StorageEncrypted ?? false,
    kmsKeyId: instance.KmsKeyId ?? null,
  };
}

function careOf(instance: DBInstance) {
  return {
    autoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade ?? false,
    licenseModel: instance.LicenseModel ?? null,
    parameterGroup: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    optionGroup: instance.OptionGroupMemberships?.[0]?.OptionGroupName ?? null,
    copyTagsToSnapshot: instance.CopyTagsToSnapshot ?? false,
    iamAuthentication: instance.IAMDatabaseAuthenticationEnabled ?? false,
    logExports: [...(instance.EnabledCloudwatchLogsExports ?? [])],
    deletionProtection: instance.DeletionProtection ?? false,
    backupRetention: instance.BackupRetentionPeriod ?? null,
    backupWindow: instance.PreferredBackupWindow ?? null,
    maintenanceWindow: instance.PreferredMaintenanceWindow ?? null,
    monitoringInterval: instance.MonitoringInterval ?? 0,
    monitoringRoleArn: instance.MonitoringRoleArn ?? null,
    performanceInsights: instance.PerformanceInsightsEnabled ?? false,
    performanceInsightsKey: instance.PerformanceInsightsKMSKeyId ?? null,
    performanceInsightsDays: instance.PerformanceInsightsRetentionPeriod ?? null,
  };
}

/** gp3 of PostgreSQL takes numbers of its own from this size on. Source: "Amazon RDS DB instance storage" (RDS User Guide). */
const ownNumbersFromGiB = 400;

/**
 * Said in full: a restored instance takes the default groups and settings for whatever the request leaves out. Storage and
 * its key come with the snapshot, a Multi-AZ instance has no zone of its own, and tags of AWS's own cannot be given.
 * Source: RestoreDBInstanceFromDBSnapshot (RDS API reference).
 */
export function toRestoreRequest(
  settings: InstanceSettings,
  snapshot: string,
  tags: Tags,
): RestoreDBInstanceFromDBSnapshotMessage {
  const { iops, storageThroughput, multiAz, storageType, allocatedGiB } = settings;
  const hasNumbers = storageType !== 'gp3' || allocatedGiB >= ownNumbersFromGiB;
  return {
    DBInstanceIdentifier: settings.identifier,
    DBSnapshotIdentifier: snapshot,
    DBInstanceClass: settings.instanceClass,
    MultiAZ: multiAz,
    PubliclyAccessible: settings.publiclyAccessible,
    AutoMinorVersionUpgrade: settings.autoMinorVersionUpgrade,
    CopyTagsToSnapshot: settings.copyTagsToSnapshot,
    EnableIAMDatabaseAuthentication: settings.iamAuthentication,
    DeletionProtection: settings.deletionProtection,
    VpcSecurityGroupIds: [...settings.securityGroups],
    ...(settings.logExports.length === 0 ? {} : { EnableCloudwatchLogsExports: [...settings.logExports] }),
    ...present('Port', settings.port),
    ...present('AvailabilityZone', multiAz ? null : settings.availabilityZone),
    ...present('DBSubnetGroupName', settings.subnetGroup),
    ...present('DBParameterGroupName', settings.parameterGroup),
    ...present('OptionGroupName', settings.optionGroup),
    ...present('LicenseModel', settings.licenseModel),
    ...present('StorageType', storageType),
    ...present('Iops', hasNumbers ? iops : null),
    ...present('StorageThroughput', hasNumbers ? storageThroughput : null),
    ...present('NetworkType', settings.networkType),
    ...present('CACertificateIdentifier', settings.caCertificate),
    ...present('BackupRetentionPeriod', settings.backupRetention),
    ...present('PreferredBackupWindow', settings.backupWindow),
    ...(settings.dedicatedLogVolume ? { DedicatedLogVolume: true } : {}),
    Tags: writeTags({ ...withoutAws(settings.tags), ...tags }),
  };
}

/** What a restore cannot be asked for, where the instance as it came differs; undefined when nothing does. */
export function toModifyRequest(
  wanted: InstanceSettings,
  found: InstanceSettings,
): ModifyDBInstanceMessage | undefined {
  const changes = {
    ...(wanted.maintenanceWindow === found.maintenanceWindow
      ? {}
      : present('PreferredMaintenanceWindow', wanted.maintenanceWindow)),
    ...(wanted.maxAllocatedGiB === found.maxAllocatedGiB
      ? {}
      : present('MaxAllocatedStorage', wanted.maxAllocatedGiB)),
    ...(wanted.monitoringInterval === found.monitoringInterval
      ? {}
      : {
          MonitoringInterval: wanted.monitoringInterval,
          ...present('MonitoringRoleArn', wanted.monitoringRoleArn),
        }),
    ...(wanted.performanceInsights === found.performanceInsights
      ? {}
      : {
          EnablePerformanceInsights: wanted.performanceInsights,
          ...present('PerformanceInsightsKMSKeyId', wanted.performanceInsightsKey),
          ...present('PerformanceInsightsRetentionPeriod', wanted.performanceInsightsDays),
        }),
  };
  if (Object.keys(changes).length === 0) return undefined;
  return { DBInstanceIdentifier: wanted.identifier, ApplyImmediately: true, ...changes };
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | null,
): Partial<Record<Name, NonNullable<Value>>> {
  const result: Partial<Record<Name, NonNullable<Value>>> = {};
  if (value !== null && value !== undefined) result[name] = value;
  return result;
}

function withoutAws(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')));
}
