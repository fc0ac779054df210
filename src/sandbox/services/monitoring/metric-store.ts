import type { Measure } from '../../service.js';

export interface DataPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
}

export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly points: DataPoint[];
}

export type MetricId = Pick<MetricSeries, 'namespace' | 'name' | 'dimensions'>;

/** An hour of samples every second is kept of each metric. */
const keptPoints = 3600;

/** The metrics of one Region. A metric is told by namespace, name and exactly its dimensions. */
export class MetricStore {
  private readonly series = new Map<string, MetricSeries>();

  all(): MetricSeries[] {
    return [...this.series.values()];
  }

  find(id: MetricId): MetricSeries | undefined {
    return this.series.get(keyOf(id));
  }

  add(id: MetricId & { readonly unit: string }, point: DataPoint): void {
    const key = keyOf(id);
    const known = this.series.get(key);
    const series = known ?? { ...id, points: [] };
    if (known === undefined) this.series.set(key, series);
    series.points.push(point);
    if (series.points.length > keptPoints) series.points.shift();
  }

  sample({ value, ...id }: Measure, at: number): void {
    this.add(id, { at, sum: value, minimum: value, maximum: value, count: 1 });
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
