import { optionalFlag, optionalText, texts } from '../services/read-input.js';
import { XmlList } from '../http/xml-list.js';
import type { AwsStruct, AwsValue } from '../service.js';
import { optionalBetween } from './numbers.js';
import type { Attributes } from './resources.js';

interface Attribute {
  /** Member of the request, and of the answer where that has another name. */
  readonly member: string;
  readonly answer?: string;
  readonly read: (input: AwsStruct, member: string) => AwsValue;
  readonly fallback?: AwsValue;
}

const number = (input: AwsStruct, member: string): AwsValue =>
  optionalBetween(input, member, 0, Number.MAX_SAFE_INTEGER);
const days = (input: AwsStruct, member: string): AwsValue => optionalBetween(input, member, 0, 35);
const names = (input: AwsStruct, member: string): AwsValue =>
  input[member] === undefined ? undefined : new XmlList('member', texts(input, member));

const both: readonly Attribute[] = [
  { member: 'AutoMinorVersionUpgrade', read: optionalFlag, fallback: true },
  { member: 'BackupRetentionPeriod', read: days, fallback: 1 },
  { member: 'CopyTagsToSnapshot', read: optionalFlag, fallback: false },
  { member: 'DeletionProtection', read: optionalFlag, fallback: false },
  {
    member: 'EnableIAMDatabaseAuthentication',
    answer: 'IAMDatabaseAuthenticationEnabled',
    read: optionalFlag,
    fallback: false,
  },
  { member: 'EnableCloudwatchLogsExports', answer: 'EnabledCloudwatchLogsExports', read: names },
  {
    member: 'EnablePerformanceInsights',
    answer: 'PerformanceInsightsEnabled',
    read: optionalFlag,
    fallback: false,
  },
  { member: 'DatabaseInsightsMode', read: optionalText, fallback: 'standard' },
  { member: 'EngineLifecycleSupport', read: optionalText, fallback: 'open-source-rds-extended-support' },
  { member: 'KmsKeyId', read: optionalText },
  { member: 'MonitoringInterval', read: number, fallback: 0 },
  { member: 'MonitoringRoleArn', read: optionalText },
  { member: 'NetworkType', read: optionalText, fallback: 'IPV4' },
  { member: 'PreferredBackupWindow', read: optionalText, fallback: '07:05-07:35' },
  { member: 'PreferredMaintenanceWindow', read: optionalText, fallback: 'sun:05:12-sun:05:42' },
  { member: 'PubliclyAccessible', read: optionalFlag, fallback: false },
  { member: 'StorageEncrypted', read: optionalFlag, fallback: false },
];

const instanceOnly: readonly Attribute[] = [
  { member: 'AllocatedStorage', read: number },
  { member: 'AvailabilityZone', read: optionalText },
  { member: 'CACertificateIdentifier', read: optionalText, fallback: 'rds-ca-rsa2048-g1' },
  { member: 'Iops', read: number },
  { member: 'LicenseModel', read: optionalText, fallback: 'postgresql-license' },
  { member: 'MaxAllocatedStorage', read: number },
  { member: 'MultiAZ', read: optionalFlag, fallback: false },
  { member: 'PromotionTier', read: number },
  { member: 'StorageThroughput', read: number },
  { member: 'StorageType', read: optionalText, fallback: 'gp2' },
];

const clusterOnly: readonly Attribute[] = [
  { member: 'EnableHttpEndpoint', answer: 'HttpEndpointEnabled', read: optionalFlag, fallback: false },
  { member: 'EngineMode', read: optionalText, fallback: 'provisioned' },
  { member: 'StorageType', read: optionalText },
];

const tables = { instance: [...both, ...instanceOnly], cluster: [...both, ...clusterOnly] } as const;

/** Attributes of a resource to be made, with RDS's defaults. */
export function newAttributes(input: AwsStruct, level: keyof typeof tables): Attributes {
  const attributes: Attributes = {};
  for (const { member, answer = member, read, fallback } of tables[level]) {
    const value = read(input, member) ?? fallback;
    if (value !== undefined) attributes[answer] = value;
  }
  return attributes;
}

/** The attributes that a Modify request names. */
export function changedAttributes(input: AwsStruct, level: keyof typeof tables): Attributes {
  const attributes: Attributes = {};
  for (const { member, answer = member, read } of tables[level]) {
    const value = read(input, member);
    if (value !== undefined) attributes[answer] = value;
  }
  return attributes;
}
