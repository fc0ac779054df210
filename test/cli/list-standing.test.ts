import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listStanding } from '../../src/cli/list-standing.js';
import { readJournal } from '../../src/journal/read.js';
import { foldRecords, type RunState } from '../../src/journal/run-state.js';
import { fixtureFolder } from '../journal/samples.js';

const finished = foldRecords(readJournal(join(fixtureFolder, 'finished-migration.jsonl')).records);
const named = (state: RunState): string[] =>
  listStanding(state)?.lines.map(({ what, per }) => `${what}, by the ${per}`) ?? [];
const source = 'source instance production-rag-db, by the hour';
const capacity = 'Aurora capacity, by the hour';

/** The state, with a step that has ended like that. */
function withStep(state: RunState, id: string, status: 'verified' | 'undone', output: object): RunState {
  const others = state.steps.filter((step) => step.id !== id);
  const step = { id, title: id, status, attempts: 1, calls: [], observed: {}, output: { ...output } };
  return { ...state, steps: [...others, step] };
}

const snapshot = {
  ...{ snapshotIdentifier: 'final', snapshotArn: 'arn:final', engineVersion: '17.7' },
  ...{ encrypted: true, kmsKeyId: null, createdAt: '2026-11-23T14:00:00.000Z' },
};
const temporary = { instanceIdentifier: 'lent', instanceArn: 'arn:lent', host: 'lent', port: 5432 };
const deleted = {
  ...{ instanceIdentifier: 'production-rag-db', instanceArn: 'arn:db' },
  deletedAt: '2026-11-23T15:00:00.000Z',
};

test('after a move both sides stand, until the source is ended', () => {
  expect(named(finished)).toEqual([source, capacity]);
  expect(named(withStep(finished, 'give-up-source', 'verified', deleted))).toEqual([capacity]);
  expect(named(withStep(finished, 'give-up-source', 'undone', deleted))).toEqual([source, capacity]);
});

test('after a rollback the source stands alone', () => {
  expect(named({ ...finished, outcome: 'rolled-back' })).toEqual([source]);
});

test('a temporary instance stands until it is removed, a snapshot until it is deleted', () => {
  const lent = withStep(finished, 'hydrate-source', 'verified', temporary);
  expect(named(lent)).toContain('temporary instance lent, by the hour');
  expect(named(withStep(lent, 'remove-temporary', 'verified', {}))).toEqual([source, capacity]);
  expect(named(withStep(finished, 'take-snapshot', 'verified', snapshot))).toContain(
    'snapshot final, by the month',
  );
  expect(named(withStep(finished, 'take-snapshot', 'undone', snapshot))).toEqual([source, capacity]);
});

test('a snapshot that was given belongs to somebody else, its copy to the run', () => {
  const given = (copyOf: string | null) =>
    named(withStep(finished, 'use-snapshot', 'verified', { ...snapshot, copyOf }));
  expect(given(null)).toEqual([source, capacity]);
  expect(given('arn:theirs')).toContain('snapshot final, by the month');
});

test('a class that an old journal did not write down has no price, and neither has the sum', () => {
  const ready = finished.steps.find(({ id }) => id === 'check-readiness')?.output;
  const { instanceClass: _lost, ...old } = (ready as { source: { instanceClass?: string } }).source;
  const standing = listStanding(
    withStep(finished, 'check-readiness', 'verified', { ...(ready as object), source: old }),
  );
  expect(standing?.perHour).toBeNull();
  expect(standing?.lines[0]).toMatchObject({ usd: null });
});

test('a run that knows nothing of its source yet says nothing', () => {
  expect(listStanding({ ...finished, steps: [] })).toBeNull();
});
