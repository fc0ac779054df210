import type { AwsStruct, SandboxContext } from '../../service.js';
import { handlerRefusal, ResourceFailure } from '../engine/resource-failure.js';
import type { TemplateObject } from '../template/template-value.js';
import { scalarsAt, structsAt, textAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick, pickChanged, textOf } from './generated-name.js';
import {
  clusterAfterCreateNames,
  clusterCreateNames,
  clusterCreateOnly,
  clusterModifyNames,
  clusterRestoreNames,
  clusterSchema,
  clusterWriteOnly,
} from './rds-db-cluster-properties.js';
import { updateRdsTags } from './rds-tags.js';
import type {
  CreateRequest,
  DeleteRequest,
  LiveResource,
  ResourceProvider,
  UpdateRequest,
} from './resource-provider.js';
import { words } from './schema.js';
import { letChangeBegin, unlessMissing, waitUntil } from './wait-until.js';

/** The handler's own default, also for aurora-postgresql: a template should always give its port. */
const defaultPort = 3306;
const defaultRetention = 1;

/** AWS::RDS::DBCluster, after the handler in aws-cloudformation-resource-providers-rds. */
export const dbCluster: ResourceProvider = {
  type: 'AWS::RDS::DBCluster',
  schema: clusterSchema,
  createOnly: clusterCreateOnly,
  conditionalCreateOnly: ['Engine', 'GlobalClusterIdentifier', 'MasterUsername'],
  // MasterUsername is only in the schema's list: the handler's ImmutabilityHelper refuses an engine change alone.
  needsReplacement: (previous, desired) =>
    textOf(previous, 'Engine') === textOf(desired, 'Engine') ? [] : ['Engine'],
  nameProperty: 'DBClusterIdentifier',
  attributes: words(`Endpoint.Address Endpoint.Port ReadEndpoint.Address DBClusterArn DBClusterResourceId
    MasterUserSecret.SecretArn`),
  snapshots: { defaultFor: () => true },
  writeOnly: clusterWriteOnly,
  identifier: ['DBClusterIdentifier'],
  create,
  update,
  delete: remove,
  read: async ({ context, physicalId }) => {
    const cluster = await find(context, physicalId);
    return cluster && { ...live(physicalId, cluster), properties: scalarsAt(cluster, clusterCreateNames) };
  },
};

async function create(request: CreateRequest): Promise<LiveResource> {
  const { context, tags } = request;
  const properties = { Port: defaultPort, BackupRetentionPeriod: defaultRetention, ...request.properties };
  const physicalId = nameOf(request, 'DBClusterIdentifier', 63).toLowerCase();
  const named = { DBClusterIdentifier: physicalId, Tags: awsTags(tags) };
  const isRestore = textOf(properties, 'SnapshotIdentifier') !== undefined;
  if (isRestore)
    await context.call('rds', 'RestoreDBClusterFromSnapshot', {
      ...pick(properties, clusterRestoreNames),
      ...named,
    });
  else
    await context.call('rds', 'CreateDBCluster', {
      ...pick(properties, clusterCreateNames),
      ...insights(properties),
      ...named,
    });
  request.started(physicalId);
  const created = await settled(context, physicalId);
  if (!isRestore) return created;
  // So a password in the template is set after the restore and replaces the snapshot's.
  const later = { ...pick(properties, clusterAfterCreateNames), ...insights(properties) };
  await context.call('rds', 'ModifyDBCluster', {
    ...later,
    DBClusterIdentifier: physicalId,
    ApplyImmediately: true,
  });
  await letChangeBegin(context);
  return settled(context, physicalId);
}

async function update(request: UpdateRequest): Promise<LiveResource> {
  const { context, physicalId, previous, properties } = request;
  const input: AwsStruct = {
    ...pickChanged(previous, properties, clusterModifyNames),
    ...insights(
      pickChanged(previous, properties, ['PerformanceInsightsEnabled', 'PerformanceInsightsKmsKeyId']),
    ),
    ...versionChange(request),
    ...logChange(previous, properties),
  };
  if (Object.keys(input).length > 0) {
    await context.call('rds', 'ModifyDBCluster', {
      ...input,
      DBClusterIdentifier: physicalId,
      ApplyImmediately: true,
    });
    await letChangeBegin(context);
  }
  const standing = await settled(context, physicalId);
  await updateRdsTags(request, textOf(standing.attributes, 'DBClusterArn') ?? '');
  return standing;
}

/** The template's names for Performance Insights are not those of the API. */
function insights(properties: TemplateObject): AwsStruct {
  const { PerformanceInsightsEnabled: enabled, PerformanceInsightsKmsKeyId: key } = properties;
  return {
    ...(enabled !== undefined && { EnablePerformanceInsights: enabled }),
    ...(key !== undefined && { PerformanceInsightsKMSKeyId: key }),
  };
}

/** A new version is an upgrade in place, always at once; a rollback never downgrades. */
function versionChange({ previous, properties, isRollback }: UpdateRequest): AwsStruct {
  const version = properties['EngineVersion'];
  if (
    isRollback ||
    version === undefined ||
    textOf(previous, 'EngineVersion') === textOf(properties, 'EngineVersion')
  )
    return {};
  return {
    EngineVersion: version,
    AllowMajorVersionUpgrade: true,
    ...pickChanged(previous, properties, ['DBInstanceParameterGroupName']),
  };
}

function logChange(previous: TemplateObject, properties: TemplateObject): AwsStruct {
  const before = namesIn(previous['EnableCloudwatchLogsExports']);
  const after = namesIn(properties['EnableCloudwatchLogsExports']);
  if (before.join() === after.join()) return {};
  const enable = after.filter((name) => !before.includes(name));
  const disable = before.filter((name) => !after.includes(name));
  return { CloudwatchLogsExportConfiguration: { EnableLogTypes: enable, DisableLogTypes: disable } };
}

function namesIn(value: TemplateObject[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

async function remove({ context, physicalId, properties, snapshot }: DeleteRequest): Promise<void> {
  const cluster = await find(context, physicalId);
  if (!cluster) return;
  if (textAt(cluster, 'DeletionProtection') === 'true')
    throw handlerRefusal(
      `Cannot delete protected Cluster ${physicalId}, please disable deletion protection and try again`,
      'NotUpdatable',
      context.random,
    );
  const last =
    snapshot === undefined
      ? { SkipFinalSnapshot: true }
      : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: snapshot };
  const input = { DBClusterIdentifier: physicalId, ...last, ...pick(properties, ['DeleteAutomatedBackups']) };
  await unlessMissing(async () => context.call('rds', 'DeleteDBCluster', input));
  await waitUntil(
    context,
    `DBCluster ${physicalId}`,
    async () => (await find(context, physicalId)) === undefined,
  );
}

async function find(context: SandboxContext, physicalId: string): Promise<AwsStruct | undefined> {
  const answer = await unlessMissing(async () =>
    context.call('rds', 'DescribeDBClusters', { DBClusterIdentifier: physicalId }),
  );
  return answer && structsAt(answer, 'DBClusters')[0];
}

async function settled(context: SandboxContext, physicalId: string): Promise<LiveResource> {
  let standing: AwsStruct | undefined;
  await waitUntil(context, `DBCluster ${physicalId}`, async () => {
    standing = await find(context, physicalId);
    const state = standing ? textAt(standing, 'Status') : 'missing';
    if (/^(?:failed|inaccessible-encryption-credentials|incompatible-.*|migration-failed)$/.test(state))
      throw new ResourceFailure(`DBCluster ${physicalId} is in state ${state}`);
    return state === 'available';
  });
  return live(physicalId, standing ?? {});
}

function live(physicalId: string, cluster: AwsStruct): LiveResource {
  const secret = textAt(cluster, 'MasterUserSecret', 'SecretArn');
  return {
    physicalId,
    attributes: {
      'Endpoint.Address': textAt(cluster, 'Endpoint'),
      'Endpoint.Port': textAt(cluster, 'Port'),
      'ReadEndpoint.Address': textAt(cluster, 'ReaderEndpoint'),
      DBClusterArn: textAt(cluster, 'DBClusterArn'),
      DBClusterResourceId: textAt(cluster, 'DbClusterResourceId'),
      ...(secret !== '' && { 'MasterUserSecret.SecretArn': secret }),
    },
  };
}
