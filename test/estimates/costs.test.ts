import { expect, test } from 'vitest';
import { estimateCost, estimateHour, type CostFacts } from '../../src/estimates/costs.js';

const giB = 1024 ** 3;
const facts: CostFacts = {
  region: 'us-east-1',
  path: 'snapshot',
  acu: [0.5, 4],
  source: { instanceClass: 'db.t4g.micro', multiAz: false, allocatedGiB: 20, storageType: 'gp3' },
  database: {
    ...{ databaseBytes: 2 * giB, serverBytes: 4 * giB, tables: 1, indexes: 1 },
    ...{ indexBytes: 0, vectorIndexes: 0, vectorIndexBytes: 0 },
  },
};

test('source and cluster are paid for together while both run', () => {
  const { lines, bothPerHour, asOf } = estimateCost(facts);
  expect(asOf).toBe('2026-08');
  expect(lines.map(({ what, per, usd }) => [what, per, usd])).toEqual([
    ['source instance, until finalize', 'hour', [0.016, 0.016]],
    ['Aurora capacity', 'hour', [0.06, 0.48]],
    ['source storage, until finalize', 'month', [2.3, 2.3].map((usd) => expect.closeTo(usd) as unknown)],
    ['Aurora storage', 'month', [0.4, 0.4]],
    ['snapshot of the source', 'month', [0, 0.38]],
  ]);
  expect(bothPerHour?.[0]).toBeCloseTo(0.076);
  expect(bothPerHour?.[1]).toBeCloseTo(0.496);
});

test('a standby is paid for like the instance, and its storage is not guessed', () => {
  const { lines } = estimateCost({ ...facts, source: { ...facts.source, multiAz: true } });
  expect(lines[0]?.usd).toEqual([0.032, 0.032]);
  expect(lines[2]?.usd).toBeNull();
});

test('what is not known for certain is said to be not known, with the page to look at', () => {
  const elsewhere = estimateCost({ ...facts, region: 'eu-south-2' });
  expect(elsewhere.bothPerHour).toBeNull();
  for (const { usd, basis } of elsewhere.lines) {
    expect(usd).toBeNull();
    expect(basis).toMatch(/price not known for .*eu-south-2: see https:\/\/aws\.amazon\.com\//);
  }
  const larger = estimateCost({ ...facts, source: { ...facts.source, instanceClass: 'db.x9.large' } });
  expect(larger.bothPerHour).toBeNull();
  expect(larger.lines.slice(0, 2).map(({ usd }) => usd)).toEqual([null, [0.06, 0.48]]);
});

test('a dump moves one database, and only that is stored', () => {
  const { lines } = estimateCost({ ...facts, path: 'dump-restore' });
  expect(lines[3]).toMatchObject({ usd: [0.2, 0.2], basis: '2.0 GiB' });
});

test('by the hour, what stands is paid for, and one unknown price leaves the sum unknown', () => {
  const source = { what: 'source instance', instanceClass: 'db.t4g.micro', multiAz: true };
  expect(estimateHour('us-east-1', [], undefined)).toMatchObject({ lines: [], perHour: [0, 0] });
  const { lines, perHour } = estimateHour('us-east-1', [source], [0.5, 1]);
  expect(lines.map(({ what, usd }) => [what, usd])).toEqual([
    ['source instance', [0.032, 0.032]],
    ['Aurora capacity', [0.06, 0.12]],
  ]);
  expect(perHour?.[1]).toBeCloseTo(0.152);
  expect(
    estimateHour('us-east-1', [{ ...source, instanceClass: 'db.r9.huge' }], [0.5, 1]).perHour,
  ).toBeNull();
});
