import { expect, test } from 'vitest';
import { estimateTimeLeft, type TimedStep } from '../../src/estimates/time-left.js';

const startedAt = '2026-11-24T08:00:00.000Z';
const minuteLater = new Date('2026-11-24T08:01:00.000Z');
const steps: readonly TimedStep[] = [
  { status: 'verified', seconds: [1000, 2000] },
  { status: 'started', startedAt, seconds: [40, 100] },
  { status: 'pending' },
  { status: 'pending', seconds: [10, 20] },
];

test('a step at work has used some of its own time', () => {
  expect(estimateTimeLeft(steps, minuteLater)).toEqual({ seconds: [10, 60], overdue: false });
});

test('a step that was interrupted begins again', () => {
  expect(estimateTimeLeft(steps, undefined)).toEqual({ seconds: [50, 120], overdue: false });
});

test('a step that takes longer than planned leaves the others, and is named overdue', () => {
  const later = new Date('2026-11-24T09:00:00.000Z');
  expect(estimateTimeLeft(steps, later)).toEqual({ seconds: [10, 20], overdue: true });
});

test('a clock that runs behind adds no time', () => {
  expect(estimateTimeLeft(steps, new Date(0))).toEqual({ seconds: [50, 120], overdue: false });
});

test('without planned times nothing is said', () => {
  expect(estimateTimeLeft([{ status: 'pending' }], minuteLater)).toBeUndefined();
});
