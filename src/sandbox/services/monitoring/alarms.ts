import { AwsError, type Action, type AwsStruct, type SandboxContext } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalFlag, optionalNumber, optionalText, requiredText, texts } from '../read-input.js';
import { readTags, writeTags, type Tags } from '../tags.js';
import type { MetricStore } from './metric-store.js';
import { missingParameter, readDimensions } from './read-metric.js';
import { bucketsOf, statistic, statisticName } from './statistics.js';

interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly input: AwsStruct;
  readonly tags: Tags;
  readonly updated: Date;
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** Alarms on one metric; their state is worked out when it is asked for, and no action is ever taken. */
export function alarmActions(context: SandboxContext, store: MetricStore): Record<string, Action> {
  const alarms = new Map<string, Alarm>();
  return {
    PutMetricAlarm: (input) => {
      const alarm = readAlarm(context, input, alarms.get(optionalText(input, 'AlarmName') ?? '')?.tags);
      alarms.set(alarm.name, alarm);
      return {};
    },
    DescribeAlarms: (input) => describeAlarms([...alarms.values()], store, context, input),
    DeleteAlarms: (input) => {
      const names = texts(input, 'AlarmNames');
      const missing = names.filter((name) => !alarms.has(name));
      if (missing.length > 0) {
        throw new AwsError('ResourceNotFound', `Alarm ${missing.join(', ')} does not exist`, 404);
      }
      for (const name of names) alarms.delete(name);
      return {};
    },
    ListTagsForResource: (input) => ({ Tags: writeTags(byArn(alarms, input).tags) }),
    TagResource: (input) => {
      const { tags } = byArn(alarms, input);
      for (const [key, value] of readTags(input)) tags.set(key, value);
      return {};
    },
    UntagResource: (input) => {
      const { tags } = byArn(alarms, input);
      for (const key of texts(input, 'TagKeys')) tags.delete(key);
      return {};
    },
  };
}

function byArn(alarms: ReadonlyMap<string, Alarm>, input: AwsStruct): Alarm {
  const arn = requiredText(input, 'ResourceARN', missingParameter);
  const alarm = [...alarms.values()].find((candidate) => candidate.arn === arn);
  if (alarm === undefined) throw new AwsError('ResourceNotFoundException', `${arn} does not exist`, 404);
  return alarm;
}

function readAlarm(context: SandboxContext, input: AwsStruct, oldTags: Tags | undefined): Alarm {
  const name = requiredText(input, 'AlarmName', missingParameter);
  const operator = requiredText(input, 'ComparisonOperator', missingParameter);
  if (comparisons[operator] === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      `The sandbox does not support the comparison operator ${operator}`,
    );
  }
  requiredText(input, 'MetricName', missingParameter);
  statisticName(requiredText(input, 'Statistic', missingParameter));
  const { Tags: _tags, ...kept } = input;
  return {
    name,
    arn: `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}`,
    input: kept,
    tags: oldTags ?? readTags(input),
    updated: context.clock.now(),
  };
}

function describeAlarms(
  alarms: readonly Alarm[],
  store: MetricStore,
  context: SandboxContext,
  input: AwsStruct,
): AwsStruct {
  const names = texts(input, 'AlarmNames');
  const prefix = optionalText(input, 'AlarmNamePrefix') ?? '';
  const shown = alarms
    .filter(({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix))
    .map((alarm) => shape(alarm, store, context.clock.now()))
    .filter(({ StateValue }) => (optionalText(input, 'StateValue') ?? StateValue) === StateValue);
  const pages = { size: 'MaxRecords', token: 'NextToken', defaultSize: 50, badToken: 'InvalidNextToken' };
  const { items, next } = paginate(shown, input, pages);
  return { MetricAlarms: items, CompositeAlarms: [], NextToken: next };
}

function shape(alarm: Alarm, store: MetricStore, now: Date): AwsStruct & { StateValue: string } {
  const { input } = alarm;
  return {
    ...input,
    AlarmArn: alarm.arn,
    ActionsEnabled: optionalFlag(input, 'ActionsEnabled') ?? true,
    Period: optionalNumber(input, 'Period') ?? 60,
    EvaluationPeriods: optionalNumber(input, 'EvaluationPeriods') ?? 1,
    Threshold: optionalNumber(input, 'Threshold'),
    DatapointsToAlarm: optionalNumber(input, 'DatapointsToAlarm'),
    AlarmConfigurationUpdatedTimestamp: alarm.updated,
    StateUpdatedTimestamp: alarm.updated,
    StateValue: stateOf(input, store, now),
  };
}

function stateOf(input: AwsStruct, store: MetricStore, now: Date): string {
  const period = optionalNumber(input, 'Period') ?? 60;
  const periods = optionalNumber(input, 'EvaluationPeriods') ?? 1;
  const series = store.find({
    namespace: optionalText(input, 'Namespace') ?? '',
    name: optionalText(input, 'MetricName') ?? '',
    dimensions: readDimensions(input),
  });
  const start = new Date(now.getTime() - period * periods * 1000);
  const recent = bucketsOf(series?.points ?? [], start, now, period);
  if (recent.length === 0) return 'INSUFFICIENT_DATA';
  const breaches = comparisons[optionalText(input, 'ComparisonOperator') ?? ''];
  const name = statisticName(optionalText(input, 'Statistic') ?? '');
  const threshold = optionalNumber(input, 'Threshold') ?? 0;
  const breaching = recent.filter((bucket) => breaches?.(statistic(bucket, name), threshold) === true);
  return breaching.length >= (optionalNumber(input, 'DatapointsToAlarm') ?? periods) ? 'ALARM' : 'OK';
}
