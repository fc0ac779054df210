import { expect, test } from 'vitest';
import { countLine, countTests } from '../../scripts/test-counts.mjs';

const file = (status: string, ...statuses: string[]): object => ({
  name: '/x/a.test.ts',
  status,
  message: 'Cannot find module',
  assertionResults: statuses.map((one) => ({ status: one, fullName: `test ${one}` })),
});

test('counts what passed, failed and was skipped', () => {
  const counts = countTests({ testResults: [file('failed', 'passed', 'failed', 'skipped', 'todo')] }, 1);
  expect(countLine(counts)).toBe('1 passed, 1 failed, 2 skipped');
});

test('leaves skipped out of the line when there are none', () => {
  expect(countLine(countTests({ testResults: [file('passed', 'passed')] }, 0))).toBe('1 passed, 0 failed');
});

test('a file that cannot be loaded is a failure', () => {
  const counts = countTests({ testResults: [file('failed'), file('passed', 'passed')] }, 1);
  expect(countLine(counts)).toBe('1 passed, 1 failed');
  expect(counts.problems).toEqual(['/x/a.test.ts could not be run: Cannot find module']);
});

test.each([
  ['no report', undefined, 0],
  ['no tests', { testResults: [] }, 0],
  ['an error outside of any test', { testResults: [file('passed', 'passed')] }, 1],
])('%s is a failure', (_, report, exitStatus) => {
  expect(countTests(report, exitStatus).failed).toBe(1);
});
