import { invalidValue } from './errors.js';
import type { Engine } from './resources.js';

const gib = 2 ** 30;
const sizes = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'] as const;

/** GiB of the smallest size that each family has, and which size that is. */
const families: Readonly<
  Record<string, { readonly smallest: (typeof sizes)[number]; readonly gib: number }>
> = {
  t3: { smallest: 'micro', gib: 1 },
  t4g: { smallest: 'micro', gib: 1 },
  m6g: { smallest: 'large', gib: 8 },
  m7g: { smallest: 'large', gib: 8 },
  r6g: { smallest: 'large', gib: 16 },
  r7g: { smallest: 'large', gib: 16 },
};

export function listInstanceClasses(engine: Engine): string[] {
  const names = Object.entries(families).flatMap(([family, { smallest }]) => {
    const first = engine === 'aurora-postgresql' && smallest === 'micro' ? 'medium' : smallest;
    const last = smallest === 'micro' ? sizes.indexOf('2xlarge') : sizes.length - 1;
    return sizes.slice(sizes.indexOf(first), last + 1).map((size) => `db.${family}.${size}`);
  });
  return engine === 'aurora-postgresql'
    ? ['db.serverless', ...names.filter((name) => !/\.m\dg\./.test(name))]
    : names;
}

/** Memory in bytes. @throws AwsError for a class that RDS does not have. */
export function instanceMemory(instanceClass: string): number {
  const [, family = '', size = ''] = instanceClass.split('.');
  const known = families[family];
  const steps = known ? sizes.findIndex((one) => one === size) - sizes.indexOf(known.smallest) : -1;
  if (!known || steps < 0) throw invalidValue(`Invalid DB Instance class: ${instanceClass}`);
  return known.gib * 2 ** steps * gib;
}

/**
 * Memory in bytes that Aurora derives parameters from, of a number of capacity units: a little less than 2 GiB each. Gives
 * the connections that the Aurora User Guide lists (1 ACU: 189, 4: 823, 8: 1669, 16: 3360).
 */
export const capacityMemory = (units: number): number => Math.floor(9_531_392 * (211.45 * units - 22.4));
