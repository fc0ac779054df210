import { AwsError, type AwsStruct } from '../../service.js';
import {
  optionalNumber,
  optionalStruct,
  optionalText,
  optionalTime,
  requiredText,
  structs,
  texts,
} from '../read-input.js';
import { paginate } from '../paginate.js';
import type { MetricId, MetricSeries, MetricStore } from './metric-store.js';
import { bucketsOf, statistic, statisticName } from './statistics.js';

export const missingParameter = 'MissingParameter';

/** `[{Name, Value}]` as a record. */
export function readDimensions(input: AwsStruct): Record<string, string> {
  return Object.fromEntries(
    structs(input, 'Dimensions').map((dimension) => [
      requiredText(dimension, 'Name', missingParameter),
      optionalText(dimension, 'Value') ?? '',
    ]),
  );
}

function writeDimensions(dimensions: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function readMetricId(input: AwsStruct): MetricId {
  return {
    namespace: requiredText(input, 'Namespace', missingParameter),
    name: requiredText(input, 'MetricName', missingParameter),
    dimensions: readDimensions(input),
  };
}

interface Range {
  readonly start: Date;
  readonly end: Date;
}

function readRange(input: AwsStruct): Range {
  const start = optionalTime(input, 'StartTime');
  const end = optionalTime(input, 'EndTime');
  if (start === undefined || end === undefined) {
    throw new AwsError(missingParameter, 'The parameters StartTime and EndTime are required.');
  }
  if (start >= end) {
    throw new AwsError(
      'InvalidParameterValue',
      'The parameter StartTime must be less than the parameter EndTime.',
    );
  }
  return { start, end };
}

function checkPeriod(seconds: number): number {
  if (![1, 5, 10, 20, 30].includes(seconds) && (seconds < 60 || seconds % 60 !== 0)) {
    throw new AwsError('InvalidParameterValue', 'Period must be 1, 5, 10, 20, 30 or a multiple of 60');
  }
  return seconds;
}

/** GetMetricStatistics: data points of one metric, in no promised order. */
export function getMetricStatistics(store: MetricStore, input: AwsStruct): AwsStruct {
  const id = readMetricId(input);
  const { start, end } = readRange(input);
  const period = checkPeriod(optionalNumber(input, 'Period') ?? 60);
  const names = texts(input, 'Statistics').map(statisticName);
  if (names.length === 0) throw new AwsError(missingParameter, 'The parameter Statistics is required.');
  const series = store.find(id);
  const Datapoints = bucketsOf(series?.points ?? [], start, end, period).map((bucket) => ({
    Timestamp: new Date(bucket.at),
    Unit: series?.unit,
    ...Object.fromEntries(names.map((name) => [name, statistic(bucket, name)])),
  }));
  return { Label: id.name, Datapoints };
}

/** GetMetricData: queries with a `MetricStat`; newest first unless `ScanBy` says otherwise. Expressions are refused. */
export function getMetricData(store: MetricStore, input: AwsStruct): AwsStruct {
  const range = readRange(input);
  const ascending = optionalText(input, 'ScanBy') === 'TimestampAscending';
  const results = structs(input, 'MetricDataQueries').map((query) =>
    answerQuery(store, query, range, ascending),
  );
  return { MetricDataResults: results, Messages: [] };
}

function answerQuery(
  store: MetricStore,
  query: AwsStruct,
  { start, end }: Range,
  ascending: boolean,
): AwsStruct {
  const stat = optionalStruct(query, 'MetricStat');
  if (stat === undefined) {
    throw new AwsError('InvalidParameterValue', 'The sandbox answers queries with a MetricStat only');
  }
  const id = readMetricId(optionalStruct(stat, 'Metric') ?? {});
  const name = statisticName(requiredText(stat, 'Stat', missingParameter));
  const period = checkPeriod(optionalNumber(stat, 'Period') ?? 60);
  const buckets = bucketsOf(store.find(id)?.points ?? [], start, end, period);
  if (!ascending) buckets.reverse();
  return {
    Id: requiredText(query, 'Id', missingParameter),
    Label: optionalText(query, 'Label') ?? id.name,
    Timestamps: buckets.map(({ at }) => new Date(at)),
    Values: buckets.map((bucket) => statistic(bucket, name)),
    StatusCode: 'Complete',
  };
}

/** ListMetrics: what has ever been measured, by namespace, name and dimensions. */
export function listMetrics(store: MetricStore, input: AwsStruct): AwsStruct {
  const namespace = optionalText(input, 'Namespace');
  const name = optionalText(input, 'MetricName');
  const found = store
    .all()
    .filter(
      (series) =>
        (namespace ?? series.namespace) === series.namespace &&
        (name ?? series.name) === series.name &&
        structs(input, 'Dimensions').every((filter) => hasDimension(series, filter)),
    );
  const pages = {
    size: 'MaxRecords',
    token: 'NextToken',
    defaultSize: 500,
    badToken: 'InvalidParameterValue',
  };
  const { items, next } = paginate(found, input, pages);
  return {
    Metrics: items.map((series) => ({
      Namespace: series.namespace,
      MetricName: series.name,
      Dimensions: writeDimensions(series.dimensions),
    })),
    NextToken: next,
  };
}

function hasDimension({ dimensions }: MetricSeries, filter: AwsStruct): boolean {
  const value = dimensions[optionalText(filter, 'Name') ?? ''];
  return value !== undefined && value === (optionalText(filter, 'Value') ?? value);
}
