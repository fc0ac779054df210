import { AwsError, type AwsStruct } from '../../service.js';
import {
  list,
  optionalNumber,
  optionalStruct,
  optionalText,
  optionalTime,
  requiredText,
  structs,
} from '../read-input.js';
import type { DataPoint, MetricStore } from './metric-store.js';
import { missingParameter, readDimensions } from './read-metric.js';

/** PutMetricData: single values, statistic sets, and arrays of values with counts. */
export function putMetricData(store: MetricStore, input: AwsStruct, now: Date): AwsStruct {
  const namespace = requiredText(input, 'Namespace', missingParameter);
  if (namespace.startsWith('AWS/')) {
    throw new AwsError('InvalidParameterValue', 'The value AWS/ for parameter Namespace is invalid.');
  }
  for (const datum of structs(input, 'MetricData')) {
    const name = requiredText(datum, 'MetricName', missingParameter);
    const unit = optionalText(datum, 'Unit') ?? 'None';
    const at = (optionalTime(datum, 'Timestamp') ?? now).getTime();
    store.add({ namespace, name, unit, dimensions: readDimensions(datum) }, { at, ...readPoint(datum) });
  }
  return {};
}

function readPoint(datum: AwsStruct): Omit<DataPoint, 'at'> {
  const set = optionalStruct(datum, 'StatisticValues');
  if (set !== undefined) {
    return {
      sum: optionalNumber(set, 'Sum') ?? 0,
      minimum: optionalNumber(set, 'Minimum') ?? 0,
      maximum: optionalNumber(set, 'Maximum') ?? 0,
      count: optionalNumber(set, 'SampleCount') ?? 0,
    };
  }
  const single = optionalNumber(datum, 'Value');
  const values = single === undefined ? list(datum, 'Values').map(Number) : [single];
  if (values.length === 0) {
    throw new AwsError(
      missingParameter,
      'At least one of the parameters must be specified: Value, Values, StatisticValues.',
    );
  }
  const counts = list(datum, 'Counts').map(Number);
  const weighted = values.map((value, index) => ({ value, count: counts[index] ?? 1 }));
  return {
    sum: weighted.reduce((sum, { value, count }) => sum + value * count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    count: weighted.reduce((sum, { count }) => sum + count, 0),
  };
}
