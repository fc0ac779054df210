import { UsageError } from '../errors.js';

const hoursOf = { m: 1 / 60, h: 1, d: 24, w: 168 } as const;

/**
 * Hours in a span of time as people type it: `90m`, `12h`, `7d`, `2w`.
 * @throws UsageError `BadDuration`
 */
export function parseHours(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text) ?? [];
  if (number !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w'))
    return Number(number) * hoursOf[unit];
  throw new UsageError('BadDuration', `${text} is no span of time`, {
    next: ['write a number and a unit: 90m, 12h, 7d or 2w'],
  });
}
