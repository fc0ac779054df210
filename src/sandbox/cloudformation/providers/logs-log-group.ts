import type { SandboxContext } from '../../service.js';
import { structsAt, textAt } from './answers.js';
import { tagMap } from './aws-tags.js';
import { nameOf, textOf } from './generated-name.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { integer, object, tags, text } from './schema.js';
import { tagChanges } from './tag-changes.js';
import { unlessMissing } from './wait-until.js';

/** AWS::Logs::LogGroup. */
export const logGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  schema: object({ LogGroupName: text, RetentionInDays: integer, Tags: tags }),
  createOnly: ['LogGroupName'],
  nameProperty: 'LogGroupName',
  attributes: ['Arn'],
  identifier: ['LogGroupName'],
  create: async (request) => {
    const { context, properties } = request;
    const physicalId = nameOf(request, 'LogGroupName', 512);
    await context.call('logs', 'CreateLogGroup', { logGroupName: physicalId, tags: tagMap(request.tags) });
    request.started(physicalId);
    const retention = textOf(properties, 'RetentionInDays');
    if (retention !== undefined) await setRetention(context, physicalId, retention);
    return live(context, physicalId);
  },
  update: async (request) => {
    const { context, physicalId, properties, previous } = request;
    const retention = textOf(properties, 'RetentionInDays');
    if (retention !== textOf(previous, 'RetentionInDays')) await setRetention(context, physicalId, retention);
    const { added, removed } = tagChanges(request);
    const standing = live(context, physicalId);
    const resourceArn = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${physicalId}`;
    if (removed.length > 0) await context.call('logs', 'UntagResource', { resourceArn, tagKeys: removed });
    if (added.length > 0) await context.call('logs', 'TagResource', { resourceArn, tags: tagMap(added) });
    return standing;
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('logs', 'DeleteLogGroup', { logGroupName: physicalId }));
  },
  read: async ({ context, physicalId }) => {
    const answer = await context.call('logs', 'DescribeLogGroups', { logGroupNamePrefix: physicalId });
    const group = structsAt(answer, 'logGroups').find((one) => textAt(one, 'logGroupName') === physicalId);
    const retention = group && textAt(group, 'retentionInDays');
    return (
      group && {
        ...live(context, physicalId),
        properties: retention === '' || retention === undefined ? {} : { RetentionInDays: Number(retention) },
      }
    );
  },
};

async function setRetention(
  context: SandboxContext,
  logGroupName: string,
  days: string | undefined,
): Promise<void> {
  if (days === undefined) await context.call('logs', 'DeleteRetentionPolicy', { logGroupName });
  else await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: Number(days) });
}

function live({ region, accountId }: SandboxContext, name: string): LiveResource {
  return { physicalId: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
}
