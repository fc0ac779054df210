import type { DatabaseMeasures, InstanceMeasures, Range } from './measures.js';
import { findAcuHour, findInstanceHour, findMonthlyPrices, pricesAsOf, pricingPages } from './prices.js';

export interface CostLine {
  readonly what: string;
  readonly per: 'hour' | 'month';
  /** USD; null when the price is not known here. */
  readonly usd: Range | null;
  readonly basis: string;
}

export interface CostEstimate {
  readonly currency: 'USD';
  readonly region: string;
  /** Year and month of the price list. */
  readonly asOf: string;
  readonly lines: readonly CostLine[];
  /** Source and cluster together, for as long as both run; null when a price is not known. */
  readonly bothPerHour: Range | null;
  readonly remark: string;
}

export interface CostFacts {
  readonly region: string;
  readonly path: string;
  readonly acu: Range;
  readonly source: InstanceMeasures;
  readonly database: DatabaseMeasures;
}

const giB = 1024 ** 3;

/** What is paid while source and target both stand. Orders of magnitude, from a price list of a certain month. */
export function estimateCost(facts: CostFacts): CostEstimate {
  const source = sourceHour(facts);
  const target = targetHour(facts);
  const both = add(source.usd, target.usd);
  return {
    currency: 'USD',
    region: facts.region,
    asOf: pricesAsOf,
    lines: [source, target, ...storage(facts)],
    bothPerHour: both,
    remark: `estimated from public on-demand prices of ${pricesAsOf}; discounts, I/O requests, taxes and data transfer are not in it: ${pricingPages.aurora}`,
  };
}

/** An instance that stands. */
export interface StandingInstance {
  /** `source instance`. */
  readonly what: string;
  readonly instanceClass: string;
  readonly multiAz: boolean;
}

export interface HourEstimate {
  readonly currency: 'USD';
  readonly asOf: string;
  readonly lines: readonly CostLine[];
  /** All of it; null when a price is not known. */
  readonly perHour: Range | null;
  readonly remark: string;
}

/** What is paid for by the hour now; `acu` of a cluster that has a writer. */
export function estimateHour(
  region: string,
  instances: readonly StandingInstance[],
  acu: Range | undefined,
): HourEstimate {
  const lines = [
    ...instances.map((instance) => instanceHour(region, instance)),
    ...(acu === undefined ? [] : [targetHour({ region, acu })]),
  ];
  return {
    ...{ currency: 'USD', asOf: pricesAsOf, lines },
    perHour: lines.reduce<Range | null>((sum, { usd }) => add(sum, usd), [0, 0]),
    remark: `estimated from public on-demand prices of ${pricesAsOf}, without storage`,
  };
}

/** A manual snapshot, of which only the price of a GiB is known: how large it is RDS does not tell. */
export function estimateSnapshot(region: string, what: string): CostLine {
  const price = findMonthlyPrices(region)?.snapshot;
  const basis =
    price === undefined
      ? unknown(`snapshots in ${region}`, pricingPages.postgres)
      : `${String(price)} USD a GiB and month beyond the free quota, until it is deleted`;
  return { what, per: 'month', usd: null, basis };
}

function sourceHour({ region, source }: CostFacts): CostLine {
  return instanceHour(region, { ...source, what: 'source instance, until finalize' });
}

function instanceHour(region: string, { what, instanceClass, multiAz }: StandingInstance): CostLine {
  const price = findInstanceHour(region, instanceClass, multiAz);
  const name = `${instanceClass}, ${multiAz ? 'Multi-AZ' : 'Single-AZ'}`;
  return {
    ...{ what, per: 'hour' },
    usd: price === undefined ? null : [price, price],
    basis: price === undefined ? unknown(`${name} in ${region}`, pricingPages.postgres) : name,
  };
}

function targetHour({ region, acu }: Pick<CostFacts, 'region' | 'acu'>): CostLine {
  const price = findAcuHour(region);
  const range = `${String(acu[0])} to ${String(acu[1])} ACU`;
  return {
    ...{ what: 'Aurora capacity', per: 'hour' },
    usd: price === undefined ? null : [acu[0] * price, acu[1] * price],
    basis:
      price === undefined
        ? unknown(`an ACU-hour in ${region}`, pricingPages.aurora)
        : `${range}, ${String(price)} USD each, Aurora Standard`,
  };
}

function storage({ region, path, source, database }: CostFacts): CostLine[] {
  const prices = findMonthlyPrices(region);
  const gib = (path === 'snapshot' ? database.serverBytes : database.databaseBytes) / giB;
  const line = (what: string, price: number | undefined, amount: Range, basis: string): CostLine => ({
    ...{ what, per: 'month' },
    usd: price === undefined ? null : [amount[0] * price, amount[1] * price],
    basis: price === undefined ? unknown(`storage in ${region}`, pricingPages.postgres) : basis,
  });
  const isGp3 = source.storageType === 'gp3' && !source.multiAz;
  const size = `${gib.toFixed(1)} GiB`;
  return [
    line(
      'source storage, until finalize',
      isGp3 ? prices?.gp3 : undefined,
      [source.allocatedGiB, source.allocatedGiB],
      `${String(source.allocatedGiB)} GiB allocated, gp3`,
    ),
    line('Aurora storage', prices?.auroraStorage, [gib, gib], size),
    // Backup storage up to the size of the Region's instances is free.
    line(
      'snapshot of the source',
      prices?.snapshot,
      [0, gib],
      `up to ${size}, as far as it is beyond the free quota`,
    ),
  ];
}

function unknown(what: string, page: string): string {
  return `price not known for ${what}: see ${page}`;
}

function add(one: Range | null, other: Range | null): Range | null {
  return one === null || other === null ? null : [one[0] + other[0], one[1] + other[1]];
}
