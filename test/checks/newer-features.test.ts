import { expect, test } from 'vitest';
import { createNewerFeaturesCheck } from '../../src/checks/newer-features.js';
import type { NewerFeature } from '../../src/postgres/newer/list-newer-features.js';
import { readinessContext } from './readiness-context.js';

const aurora = (version: string) => ({
  target: { version, status: 'available', parameterGroupFamily: '', serverless: { min: 0, max: 256 } },
});

const features: readonly NewerFeature[] = [
  { what: 'grants of MAINTAIN', objects: ['public.a to reader'], fix: 'REVOKE MAINTAIN' },
  { what: 'uses of JSON_TABLE', objects: 'abcdefg'.split(''), fix: 'write them in another way' },
];

test('asks for what the major version of the target lacks', async () => {
  const asked: number[] = [];
  const check = createNewerFeaturesCheck((_server, major) => {
    asked.push(major);
    return Promise.resolve([]);
  });
  expect(await check.find(readinessContext(aurora('15.17')))).toEqual([]);
  expect(asked).toEqual([15]);
});

test('names what cannot go, why, and what to do', async () => {
  const check = createNewerFeaturesCheck(() => Promise.resolve(features));
  const [maintain, table] = await check.find(readinessContext(aurora('15.17')));
  expect(maintain).toEqual({
    code: 'NewerThanTarget',
    what: 'source has grants of MAINTAIN: public.a to reader',
    why: 'PostgreSQL 15 does not know them, and the source is 17.7',
    fix: 'REVOKE MAINTAIN; or set target.engineVersion to a version 17',
  });
  expect(table?.what).toBe('source has uses of JSON_TABLE: a, b, c, d, e and 2 more');
});
