import type { PipelineEvent } from '../pipeline/events.js';
import { printable } from './printable.js';
import { formatAmount, formatDuration, type Unit } from './quantity.js';

type Progressed = Extract<PipelineEvent, { type: 'step-progressed' }>;

/** One measured thing (a table, an index, the whole dump) in one unit. */
interface Measure {
  readonly unit: Unit;
  done: number;
  total: number | undefined;
  /** Points of the last seconds, oldest first. */
  readonly samples: { readonly ms: number; readonly done: number }[];
}

interface Item {
  readonly name: string;
  readonly measures: Map<Unit, Measure>;
  updatedMs: number;
}

/** A rate is measured over this time: long enough to be calm, short enough to follow. */
const windowMs = 15_000;
/** A rate from less than this says nothing. */
const leastMs = 900;

/** Keeps the progress of one step: what is under way, how fast, and how long it may take. */
export class ProgressBoard {
  readonly #items = new Map<string, Item>();

  /** What the event did to its item: made it go on, finished it, or said again what was known. */
  record({ progress, elapsedMs }: Progressed): 'under-way' | 'finished' | 'known' {
    const item = this.#items.get(progress.item) ?? {
      name: progress.item,
      measures: new Map<Unit, Measure>(),
      updatedMs: 0,
    };
    this.#items.set(progress.item, item);
    const wasDone = isDone(item);
    item.updatedMs = elapsedMs;
    recordMeasure(item, progress, elapsedMs);
    if (!isDone(item)) return 'under-way';
    return wasDone ? 'known' : 'finished';
  }

  describe(name: string): string {
    const item = this.#items.get(name);
    return item === undefined ? printable(name) : describeItem(item);
  }

  /** A line for each item under way, the latest at the end, and a count of the finished ones. */
  describeActive(limit: number): readonly string[] {
    const items = [...this.#items.values()];
    const active = items
      .filter((item) => !isDone(item))
      .sort((left, right) => left.updatedMs - right.updatedMs);
    const finished = items.length - active.length;
    const shown = active.slice(-limit).map(describeItem);
    const rest = active.length - shown.length;
    const counts = [
      ...(finished > 0 ? [`${finished} done`] : []),
      ...(rest > 0 ? [`${rest} more under way`] : []),
    ];
    return counts.length > 0 ? [...shown, counts.join(', ')] : shown;
  }
}

function recordMeasure(item: Item, progress: Progressed['progress'], ms: number): void {
  const { unit, done, total } = progress;
  const measure = item.measures.get(unit) ?? { unit, done, total, samples: [] };
  item.measures.set(unit, measure);
  measure.done = done;
  measure.total = total ?? measure.total;
  measure.samples.push({ ms, done });
  while (measure.samples.length > 2 && ms - (measure.samples[0]?.ms ?? ms) > windowMs)
    measure.samples.shift();
}

function isDone(item: Item): boolean {
  const measures = [...item.measures.values()].filter(({ total }) => total !== undefined);
  return measures.length > 0 && measures.every(({ done, total = 0 }) => done >= total);
}

/** The first unit that was reported leads: its share, rate and time left stand for the item. */
function describeItem(item: Item): string {
  const [leading, ...others] = item.measures.values();
  if (leading === undefined) return printable(item.name);
  const parts = [describeAmount(leading), ...describePace(leading), ...others.map(describeAmount)];
  return `${printable(item.name)}  ${parts.join(', ')}`;
}

function describeAmount({ unit, done, total }: Measure): string {
  if (total === undefined || done >= total || unit === 'percent') return formatAmount(done, unit);
  return `${formatAmount(done, unit)} of ${formatAmount(total, unit)}`;
}

function describePace(measure: Measure): readonly string[] {
  const { unit, done, total } = measure;
  if (total === undefined) return describeRate(measure);
  if (done >= total) return [];
  const share = total > 0 && unit !== 'percent' ? [`${Math.floor((done / total) * 100)}%`] : [];
  return [...share, ...describeRate(measure)];
}

function describeRate({ unit, done, total, samples }: Measure): readonly string[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.ms - first.ms < leastMs) return [];
  const perMs = (last.done - first.done) / (last.ms - first.ms);
  if (perMs <= 0) return [];
  const left = total === undefined ? [] : [`about ${formatDuration((total - done) / perMs)} left`];
  return unit === 'percent' ? left : [`${formatAmount(perMs * 1000, unit)}/s`, ...left];
}
