import { z } from 'zod';
import type { InstanceSettings } from '../aws/rds-instance-settings.js';
import { VerifyError } from '../errors.js';
import type { RunFiles } from '../process/run-files.js';
import type { SavedFile } from './saved-stack.js';

const text = z.string().nullable();
const number = z.number().nullable();

/** The source as it was before it was deleted. */
const savedSourceSchema = z.strictObject({
  format: z.literal(1),
  settings: z.strictObject({
    identifier: z.string(),
    arn: z.string(),
    resourceId: z.string(),
    instanceClass: z.string(),
    port: number,
    availabilityZone: text,
    multiAz: z.boolean(),
    publiclyAccessible: z.boolean(),
    autoMinorVersionUpgrade: z.boolean(),
    licenseModel: text,
    subnetGroup: text,
    securityGroups: z.array(z.string()),
    parameterGroup: text,
    optionGroup: text,
    storageType: text,
    allocatedGiB: z.number(),
    maxAllocatedGiB: number,
    iops: number,
    storageThroughput: number,
    dedicatedLogVolume: z.boolean(),
    copyTagsToSnapshot: z.boolean(),
    iamAuthentication: z.boolean(),
    logExports: z.array(z.string()),
    deletionProtection: z.boolean(),
    networkType: text,
    caCertificate: text,
    backupRetention: number,
    backupWindow: text,
    maintenanceWindow: text,
    monitoringInterval: z.number(),
    monitoringRoleArn: text,
    performanceInsights: z.boolean(),
    performanceInsightsKey: text,
    performanceInsightsDays: number,
    encrypted: z.boolean(),
    kmsKeyId: text,
    engineVersion: z.string(),
    tags: z.record(z.string(), z.string()),
  }),
});

/** The call that brings it back, for the AWS CLI. */
export const returnFile = 'source-instance-return.json';

export function printSavedSource(settings: InstanceSettings): string {
  return `${JSON.stringify({ format: 1, settings }, null, 2)}\n`;
}

/** @throws VerifyError when the file is not the one that was written */
export async function readSavedSource(
  files: Pick<RunFiles, 'read' | 'pathOf'>,
  wanted: SavedFile,
): Promise<InstanceSettings> {
  const found = await files.read(wanted.file);
  if (found?.sha256 === wanted.sha256) return savedSourceSchema.parse(JSON.parse(found.text)).settings;
  throw new VerifyError(
    'SavedSourceDamaged',
    `${wanted.file} is ${found === undefined ? 'missing' : 'not what this run has written'}`,
    { resource: files.pathOf(wanted.file) },
  );
}
