import { expect, test } from 'vitest';
import { formatTable, measureInterleaved, summarize } from '../../bench/measure.mjs';

test('the median is the middle time, not the mean', () => {
  expect(summarize('x', [1, 100, 2])).toEqual({ name: 'x', median: 2, minimum: 1, maximum: 100 });
});

test('numbers stand under their heading, to the right', () => {
  expect(
    formatTable([
      ['program', 'median'],
      ['a', '1'],
    ]),
  ).toBe('program  median\na             1');
});

test('a program that fails is not measured but reported', () => {
  expect(() => measureInterleaved([{ name: 'broken', args: ['-e', 'process.exit(3)'] }], 1)).toThrow(
    'broken ended with 3',
  );
});
