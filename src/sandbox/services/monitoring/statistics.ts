import { AwsError } from '../../service.js';
import type { DataPoint } from './metric-store.js';

export const statisticNames = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
export type StatisticName = (typeof statisticNames)[number];

/** All points of one period, put together. */
export interface Bucket {
  /** Start of the period, milliseconds since 1970. */
  readonly at: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
}

/** Points from `start` (inclusive) to `end` (exclusive), by periods that begin at multiples of the period. */
export function bucketsOf(
  points: readonly DataPoint[],
  start: Date,
  end: Date,
  periodSeconds: number,
): Bucket[] {
  const periodMs = periodSeconds * 1000;
  const buckets = new Map<number, Bucket>();
  for (const point of points) {
    if (point.at < start.getTime() || point.at >= end.getTime()) continue;
    const at = Math.floor(point.at / periodMs) * periodMs;
    const bucket = buckets.get(at);
    buckets.set(at, {
      at,
      sum: (bucket?.sum ?? 0) + point.sum,
      minimum: Math.min(bucket?.minimum ?? point.minimum, point.minimum),
      maximum: Math.max(bucket?.maximum ?? point.maximum, point.maximum),
      count: (bucket?.count ?? 0) + point.count,
    });
  }
  return [...buckets.values()].sort((left, right) => left.at - right.at);
}

export function statistic(bucket: Bucket, name: StatisticName): number {
  switch (name) {
    case 'SampleCount':
      return bucket.count;
    case 'Average':
      return bucket.sum / bucket.count;
    case 'Sum':
      return bucket.sum;
    case 'Minimum':
      return bucket.minimum;
    case 'Maximum':
      return bucket.maximum;
  }
}

/** @throws AwsError `InvalidParameterValue` on percentiles and other statistics that the sandbox does not keep. */
export function statisticName(text: string): StatisticName {
  const name = statisticNames.find((candidate) => candidate === text);
  if (name === undefined) {
    throw new AwsError('InvalidParameterValue', `The sandbox does not keep the statistic ${text}`);
  }
  return name;
}
