import { expect, test } from 'vitest';
import { currentFormat } from '../../src/journal/record.js';
import { upgradeRecords, upgrades, type Upgrade } from '../../src/journal/upgrades.js';

const addOne: Upgrade = (records) => records.map((record) => ({ ...record, n: Number(record['n']) + 1 }));
const double: Upgrade = (records) => records.map((record) => ({ ...record, n: Number(record['n']) * 2 }));

test('records are carried from their format to the current one, a format at a time', () => {
  const chain = new Map([
    [1, addOne],
    [2, double],
  ]);
  expect(upgradeRecords([{ n: 1 }], 1, 3, chain)).toEqual([{ n: 4 }]);
  expect(upgradeRecords([{ n: 1 }], 2, 3, chain)).toEqual([{ n: 2 }]);
  expect(upgradeRecords([{ n: 1 }], 3, 3, chain)).toEqual([{ n: 1 }]);
});

test('there is an upgrade for every past format, and a gap would be noticed', () => {
  for (let format = 1; format < currentFormat; format += 1) expect(upgrades.has(format)).toBe(true);
  expect(() => upgradeRecords([], 1, 2, new Map())).toThrow('no upgrade from journal format 1');
});
