import { expect, test } from 'vitest';
import { parseHours } from '../../src/cli/duration.js';

test.each([
  ['90m', 1.5],
  ['36h', 36],
  ['7d', 168],
  ['2w', 336],
  ['0.5d', 12],
  ['0h', 0],
])('%s are %d hours', (text, hours) => {
  expect(parseHours(text)).toBe(hours);
});

test.each(['', '7', 'd', '-1d', '7 d', '1y', '1e3h'])(
  '"%s" is refused as a flag of the wrong form',
  (text) => {
    expect(() => parseHours(text)).toThrow(expect.objectContaining({ code: 'BadDuration', exitCode: 2 }));
  },
);
