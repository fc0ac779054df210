import { expect, test } from 'vitest';
import { describeAge, isOfOther, parseSnapshotArn, snapshotName } from '../../src/steps/snapshot-name.js';

const arn = 'arn:aws:rds:us-east-1:123456789012:snapshot:rds:nightly-2026-11-23-03-10';

test('the ARN of an automated snapshot has one more colon in its name', () => {
  expect(parseSnapshotArn(arn)).toMatchObject({ kind: 'snapshot', name: 'rds:nightly-2026-11-23-03-10' });
  expect(snapshotName(arn)).toBe('rds:nightly-2026-11-23-03-10');
  expect(snapshotName('rds:nightly')).toBe('rds:nightly');
  expect(parseSnapshotArn('rds:nightly')).toBeUndefined();
});

test('only an ARN can be of another account', () => {
  expect(isOfOther(arn, '123456789012')).toBe(false);
  expect(isOfOther(arn, '999988887777')).toBe(true);
  expect(isOfOther('nightly', '999988887777')).toBe(false);
});

test.each([
  [0, 'less than a minute'],
  [60_000, '1 minute'],
  [3 * 3_600_000 + 12 * 60_000, '3 hours and 12 minutes'],
  [24 * 3_600_000, '1 day'],
  [50 * 3_600_000 + 59 * 60_000, '2 days and 2 hours'],
])('an age of %i ms is %s', (ms, text) => {
  expect(describeAge(ms)).toBe(text);
});
