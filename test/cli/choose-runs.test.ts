import { expect, test } from 'vitest';
import { chooseRuns } from '../../src/cli/choose-runs.js';
import type { RunSummary } from '../../src/cli/result-schemas.js';

const run = (id: string, more: Partial<RunSummary>): RunSummary => ({
  ...{ run: id, state: 'finished', path: 'snapshot', source: 'us-east-1/a-db', target: 'us-east-1/a' },
  ...{ startedAt: '2026-11-20T00:00:00.000Z', lastAt: null, stepsDone: 1, steps: 1, problem: null },
  ...more,
});
const runs = [
  run('new', { startedAt: '2026-11-23T00:00:00.000Z', path: 'fresh' }),
  run('other', { source: 'us-east-1/other-a-db', state: 'failed' }),
  run('old', { startedAt: '2026-10-01T00:00:00.000Z' }),
  run('broken', { path: null, source: null, startedAt: null, state: 'unreadable' }),
];
const now = new Date('2026-11-24T00:00:00.000Z');

test.each<[string, Parameters<typeof chooseRuns>[1], string[]]>([
  ['nothing asked for', {}, ['new', 'other', 'old', 'broken']],
  ['states', { state: ['failed', 'unreadable'] }, ['other', 'broken']],
  ['paths', { path: ['fresh'] }, ['new']],
  ['an instance, by its whole name', { source: 'a-db' }, ['new', 'old']],
  ['a span of time', { since: '7d' }, ['new', 'other']],
  ['a number', { limit: 2 }, ['new', 'other']],
  ['several things', { since: '60d', path: ['snapshot'], limit: 1 }, ['other']],
])('runs are chosen by %s', (_what, wishes, expected) => {
  expect(chooseRuns(runs, wishes, now).map((one) => one.run)).toEqual(expected);
});
