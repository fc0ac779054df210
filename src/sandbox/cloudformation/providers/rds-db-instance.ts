import type { AwsStruct } from '../../service.js';
import type { TemplateObject } from '../template/template-value.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick, pickChanged, textOf } from './generated-name.js';
import { findInstance, liveInstance, settledInstance } from './rds-db-instance-state.js';
import {
  instanceAfterRestoreNames,
  instanceConditional,
  instanceCreateNames,
  instanceCreateOnly,
  instanceModifyNames,
  instanceRestoreNames,
  instanceSchema,
} from './rds-db-instance-properties.js';
import { updateRdsTags } from './rds-tags.js';
import type {
  CreateRequest,
  DeleteRequest,
  LiveResource,
  ResourceProvider,
  UpdateRequest,
} from './resource-provider.js';
import { scalarsAt } from './answers.js';
import { words } from './schema.js';
import { letChangeBegin, unlessMissing, waitUntil } from './wait-until.js';

/** AWS::RDS::DBInstance, after the handler in aws-cloudformation-resource-providers-rds. */
export const dbInstance: ResourceProvider = {
  type: 'AWS::RDS::DBInstance',
  schema: instanceSchema,
  createOnly: instanceCreateOnly,
  conditionalCreateOnly: instanceConditional,
  needsReplacement,
  nameProperty: 'DBInstanceIdentifier',
  attributes: words(`Endpoint.Address Endpoint.Port DBInstanceArn DbiResourceId MasterUserSecret.SecretArn
    CertificateDetails.CAIdentifier`),
  snapshots: { defaultFor: (properties) => properties['DBClusterIdentifier'] === undefined },
  writeOnly: words(`AllowMajorVersionUpgrade ApplyImmediately DBSnapshotIdentifier DeleteAutomatedBackups
    MasterUserPassword SourceDBInstanceIdentifier`),
  identifier: ['DBInstanceIdentifier'],
  create,
  update,
  delete: remove,
  read: async ({ context, physicalId }) => {
    const instance = await findInstance(context, physicalId);
    return (
      instance && {
        ...liveInstance(physicalId, instance),
        properties: scalarsAt(instance, instanceCreateNames),
      }
    );
  },
};

/** The rule of the handler's ImmutabilityHelper: which conditional changes it refuses, so that CloudFormation replaces. */
function needsReplacement(previous: TemplateObject, desired: TemplateObject): readonly string[] {
  const changed = (name: string): boolean => textOf(previous, name) !== textOf(desired, name);
  const causes: string[] = [];
  if (changed('Engine')) causes.push('Engine');
  const key = 'PerformanceInsightsKMSKeyId';
  if (previous[key] !== undefined && changed(key)) causes.push(key);
  const movesToMultiAz = desired['AvailabilityZone'] === undefined && textOf(desired, 'MultiAZ') === 'true';
  if (changed('AvailabilityZone') && !movesToMultiAz) causes.push('AvailabilityZone');
  if (changed('DBSnapshotIdentifier') && desired['DBSnapshotIdentifier'] !== undefined)
    causes.push('DBSnapshotIdentifier');
  return causes;
}

async function create(request: CreateRequest): Promise<LiveResource> {
  const { context, properties, tags } = request;
  const physicalId = nameOf(request, 'DBInstanceIdentifier', 63).toLowerCase();
  const snapshot = textOf(properties, 'DBSnapshotIdentifier');
  if (snapshot !== undefined) return restore(request, physicalId, snapshot);
  const input = {
    ...apiProperties(properties, instanceCreateNames),
    DBInstanceIdentifier: physicalId,
    Tags: awsTags(tags),
  };
  await context.call('rds', 'CreateDBInstance', input);
  request.started(physicalId);
  return settledInstance(context, physicalId);
}

/** The handler restores, waits, and then sets what a restore cannot take. */
async function restore(
  { context, properties, tags, started }: CreateRequest,
  physicalId: string,
  snapshot: string,
): Promise<LiveResource> {
  const input = {
    ...apiProperties(properties, instanceRestoreNames),
    DBInstanceIdentifier: physicalId,
    DBSnapshotIdentifier: snapshot,
    Tags: awsTags(tags),
  };
  await context.call('rds', 'RestoreDBInstanceFromDBSnapshot', input);
  started(physicalId);
  const restored = await settledInstance(context, physicalId);
  const later = pick(properties, instanceAfterRestoreNames);
  if (Object.keys(later).length === 0) return restored;
  await context.call('rds', 'ModifyDBInstance', {
    ...later,
    DBInstanceIdentifier: physicalId,
    ApplyImmediately: true,
  });
  await letChangeBegin(context);
  return settledInstance(context, physicalId);
}

async function update(request: UpdateRequest): Promise<LiveResource> {
  const { context, physicalId, previous, properties } = request;
  const changed = pickChanged(previous, properties, [...instanceModifyNames, 'Port', 'VPCSecurityGroups']);
  const { Port: port, VPCSecurityGroups: groups, EngineVersion: version, ...same } = changed;
  const input: AwsStruct = {
    ...same,
    ...(port !== undefined && { DBPortNumber: port }),
    ...(groups !== undefined && { VpcSecurityGroupIds: groups }),
    // A rollback never downgrades.
    ...(version !== undefined && !request.isRollback && { EngineVersion: version }),
  };
  const isImmediate = properties['ApplyImmediately'] !== false;
  if (Object.keys(input).length > 0) {
    await context.call('rds', 'ModifyDBInstance', {
      ...input,
      DBInstanceIdentifier: physicalId,
      ApplyImmediately: isImmediate,
    });
    await letChangeBegin(context);
  }
  const standing = await settledInstance(context, physicalId, isImmediate);
  await updateRdsTags(request, textOf(standing.attributes, 'DBInstanceArn') ?? '');
  return standing;
}

/** Members of a cluster take no final snapshot; RDS deletes them with the request as it is. */
async function remove({ context, physicalId, properties, snapshot }: DeleteRequest): Promise<void> {
  const isMember = properties['DBClusterIdentifier'] !== undefined;
  const last =
    isMember || snapshot === undefined
      ? { SkipFinalSnapshot: true }
      : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: snapshot };
  const input = {
    DBInstanceIdentifier: physicalId,
    ...last,
    ...pick(properties, ['DeleteAutomatedBackups']),
  };
  await unlessMissing(async () => context.call('rds', 'DeleteDBInstance', input));
  await waitUntil(context, physicalId, async () => (await findInstance(context, physicalId)) === undefined);
}

function apiProperties(properties: TemplateObject, names: readonly string[]): AwsStruct {
  const groups = properties['VPCSecurityGroups'];
  return { ...pick(properties, names), ...(groups !== undefined && { VpcSecurityGroupIds: groups }) };
}
