import { structsAt, textAt, scalarsAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick } from './generated-name.js';
import type { LiveResource, ResourceProvider, ResourceRequest } from './resource-provider.js';
import { all, boolean, integer, list, number, object, tags, text, words } from './schema.js';

const schema = object({
  ...all(
    text,
    words(`AlarmName AlarmDescription ComparisonOperator ExtendedStatistic MetricName Namespace Statistic
      TreatMissingData Unit`),
  ),
  ...all(integer, words('DatapointsToAlarm EvaluationPeriods Period')),
  ...all(list(text), words('AlarmActions InsufficientDataActions OKActions')),
  ActionsEnabled: boolean,
  Threshold: number,
  Dimensions: list(object({ Name: text, Value: text }, ['Name', 'Value'])),
  Tags: tags,
});
const putNames = Object.keys(schema.properties).filter((name) => name !== 'AlarmName' && name !== 'Tags');

/** AWS::CloudWatch::Alarm. */
export const cloudwatchAlarm: ResourceProvider = {
  type: 'AWS::CloudWatch::Alarm',
  schema,
  createOnly: ['AlarmName'],
  nameProperty: 'AlarmName',
  attributes: ['Arn'],
  identifier: ['AlarmName'],
  create: async (request) => {
    const name = nameOf(request, 'AlarmName', 255);
    await put(request, name);
    request.started(name);
    return live(request, name);
  },
  update: async (request) => {
    await put(request, request.physicalId);
    return live(request, request.physicalId);
  },
  delete: async ({ context, physicalId }) => {
    await context.call('monitoring', 'DeleteAlarms', { AlarmNames: [physicalId] });
  },
  read: async ({ context, physicalId }) => {
    const answer = await context.call('monitoring', 'DescribeAlarms', { AlarmNames: [physicalId] });
    const alarm = structsAt(answer, 'MetricAlarms')[0];
    return (
      alarm && {
        physicalId,
        attributes: { Arn: textAt(alarm, 'AlarmArn') },
        properties: scalarsAt(alarm, putNames),
      }
    );
  },
};

async function put({ context, properties, tags: all }: ResourceRequest, name: string): Promise<void> {
  await context.call('monitoring', 'PutMetricAlarm', {
    ...pick(properties, putNames),
    AlarmName: name,
    Tags: awsTags(all),
  });
}

function live({ context }: ResourceRequest, name: string): LiveResource {
  return {
    physicalId: name,
    attributes: { Arn: `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}` },
  };
}
