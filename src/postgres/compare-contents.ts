import type { Comparison } from '../steps/refs.js';
import type { Fingerprint, SequenceValue, TableContent } from './fingerprint.js';

/** Rows of every table and materialized view: one line each. */
export function compareContents(source: Fingerprint, target: Fingerprint): Comparison[] {
  const here = new Map(source.contents.map((one) => [one.table, one]));
  const there = new Map(target.contents.map((one) => [one.table, one]));
  const names = [...new Set([...here.keys(), ...there.keys()])].sort();
  return names.map((name) => compareTable(name, here.get(name), there.get(name)));
}

function compareTable(
  name: string,
  here: TableContent | undefined,
  there: TableContent | undefined,
): Comparison {
  const item = `rows of ${name}`;
  if (here === undefined) return { item, result: 'differ', detail: 'table only on the target' };
  if (there === undefined) return { item, result: 'differ', detail: 'table missing on the target' };
  if (here.rows === there.rows && here.checksum === there.checksum) {
    return {
      item,
      result: 'match',
      detail: here.checksum === undefined ? `${here.rows} rows, counted only` : `${here.rows} rows`,
    };
  }
  if (here.checksum === undefined || there.checksum === undefined) {
    if (here.rows === there.rows)
      return { item, result: 'not-compared', detail: 'rows were only counted on one side' };
  } else if (there.checksum === here.freshChecksum) {
    return {
      item,
      result: 'match',
      detail: `${there.rows} rows; the source's was stale and has been refreshed on the target`,
    };
  }
  return {
    item,
    result: 'differ',
    source: `${here.rows} rows ${here.checksum ?? ''}`.trim(),
    target: `${there.rows} rows ${there.checksum ?? ''}`.trim(),
    detail: here.rows === there.rows ? 'same number of rows, other content' : 'other number of rows',
  };
}

/** A sequence may be ahead on the target, never behind: a value given out twice breaks keys. */
export function compareSequences(source: Fingerprint, target: Fingerprint): Comparison[] {
  const there = new Map(target.sequences.map((one) => [one.sequence, one]));
  const lines = source.sequences.flatMap((one): Comparison[] => {
    const other = there.get(one.sequence);
    const item = `value of ${one.sequence}`;
    if (other === undefined)
      return [{ item, result: 'differ', source: one.lastValue, detail: 'missing on the target' }];
    if (!isBehind(one, other)) return [];
    return [
      { item, result: 'differ', source: valueOf(one), target: valueOf(other), detail: 'behind the source' },
    ];
  });
  return lines.length > 0
    ? lines
    : [
        {
          item: 'values of sequences',
          result: 'match',
          detail: `${String(source.sequences.length)}, none behind`,
        },
      ];
}

function isBehind(one: SequenceValue, other: SequenceValue): boolean {
  if (one.increment !== other.increment) return true;
  const step = BigInt(one.increment);
  const next = (value: SequenceValue): bigint => BigInt(value.lastValue) + (value.isCalled ? step : 0n);
  return step > 0n ? next(other) < next(one) : next(other) > next(one);
}

function valueOf(one: SequenceValue): string {
  return one.isCalled ? one.lastValue : `${one.lastValue} (not yet used)`;
}

export function compareLargeObjects(source: Fingerprint, target: Fingerprint): Comparison {
  const [here, there] = [source.largeObjects, target.largeObjects];
  const text = (one: Fingerprint['largeObjects']): string =>
    `${one.count} objects, ${one.bytes} bytes, ${one.checksum}`;
  return text(here) === text(there)
    ? { item: 'large objects', result: 'match', detail: `${here.count}, ${here.bytes} bytes` }
    : { item: 'large objects', result: 'differ', source: text(here), target: text(there) };
}
