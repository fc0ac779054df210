import { expect, test } from 'vitest';
import { chooseParameters } from '../../src/steps/parameter-choice.js';

const known = (name: string, more: object = {}) => ({
  name,
  isModifiable: true,
  isStatic: false,
  allowedValues: undefined,
  ...more,
});

function judge(name: string, value: string, more?: object) {
  const { applied, left } = chooseParameters([{ name, value }], [known(name, more)]);
  return applied.length === 1 ? 'applied' : left[0]?.why;
}

test('a parameter that Aurora has is taken over', () => {
  expect(judge('log_min_duration_statement', '1000', { allowedValues: '-1-2147483647' })).toBe('applied');
  expect(
    judge('shared_preload_libraries', 'pg_cron,auto_explain', { allowedValues: 'auto_explain,pg_cron' }),
  ).toBe('applied');
});

test('one that Aurora does not have is left, with the reason', () => {
  const { applied, left } = chooseParameters([{ name: 'rds.some', value: '1' }], []);
  expect(applied).toEqual([]);
  expect(left).toMatchObject([{ name: 'rds.some', why: expect.stringContaining('no such parameter') }]);
});

test('values that Aurora refuses are left', () => {
  expect(judge('x', '500', { allowedValues: '0-100' })).toContain('0-100');
  expect(judge('x', 'a,z', { allowedValues: 'a,b' })).toContain('a,b');
  expect(judge('fsync', 'off', { isModifiable: false })).toContain('does not let');
});

test('what follows from the memory of an instance class is left to Serverless v2', () => {
  expect(judge('shared_buffers', '16384')).toContain('capacity');
  expect(judge('work_mem', '{DBInstanceClassMemory/1000}')).toContain('capacity');
});

test('a static parameter is marked as one that needs a restart', () => {
  const { applied } = chooseParameters([{ name: 's', value: '1' }], [known('s', { isStatic: true })]);
  expect(applied).toEqual([{ name: 's', value: '1', restartNeeded: true }]);
});
