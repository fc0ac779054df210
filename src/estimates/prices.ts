/**
 * Public on-demand prices in USD, as far as they are known for certain, without a call: for orders of magnitude, never
 * for a bill. Discounts, taxes, I/O requests and data transfer are not in them.
 * Sources: aws.amazon.com/rds/aurora/pricing and aws.amazon.com/rds/postgresql/pricing.
 */
export const pricesAsOf = '2026-08';

export const pricingPages = {
  aurora: 'https://aws.amazon.com/rds/aurora/pricing/',
  postgres: 'https://aws.amazon.com/rds/postgresql/pricing/',
} as const;

/** An ACU-hour of Aurora Standard. */
const acuHour: Readonly<Record<string, number>> = {
  'us-east-1': 0.12,
  'eu-west-1': 0.14,
  'eu-central-1': 0.14,
  'ap-northeast-1': 0.15,
  'sa-east-1': 0.25,
};

/** An hour of RDS for PostgreSQL, Single-AZ; Multi-AZ with one standby is twice that. */
const instanceHour: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'us-east-1': { 'db.t4g.micro': 0.016, 'db.t4g.small': 0.032, 'db.t4g.medium': 0.065 },
};

interface MonthlyPrices {
  /** A GiB of gp3 storage of an instance, Single-AZ. */
  readonly gp3: number;
  readonly auroraStorage: number;
  /** A GiB of a manual snapshot of an instance. */
  readonly snapshot: number;
}

const monthly: Readonly<Record<string, MonthlyPrices>> = {
  'us-east-1': { gp3: 0.115, auroraStorage: 0.1, snapshot: 0.095 },
};

export function findAcuHour(region: string): number | undefined {
  return acuHour[region];
}

export function findInstanceHour(
  region: string,
  instanceClass: string,
  multiAz: boolean,
): number | undefined {
  const price = instanceHour[region]?.[instanceClass];
  return price === undefined ? undefined : price * (multiAz ? 2 : 1);
}

export function findMonthlyPrices(region: string): MonthlyPrices | undefined {
  return monthly[region];
}
