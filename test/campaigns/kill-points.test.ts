import { expect, test } from 'vitest';
import { parseJournal } from '../../src/journal/read.js';
import { chain, headerBody } from '../journal/samples.js';
import { listKillPoints } from './kill-points.js';

const call = 'cloudformation:CreateChangeSet';
const intent = (number: number, key: string) => ({
  ...{ type: 'intent', step: 'bring-into-stack', intent: number },
  ...{ call, key },
});
const points = (keys: readonly string[]): string[] => {
  const journal = chain([headerBody, ...keys.map((key, index) => intent(index + 1, key))]);
  return listKillPoints(parseJournal(journal, 'journal.jsonl').records, 1).filter((point) =>
    point.endsWith(':before-call'),
  );
};

test('a call is known by what it is made for, and counted by that', () => {
  expect(points(['one', 'two', 'one'])).toEqual([
    `bring-into-stack/${call}@one#1:before-call`,
    `bring-into-stack/${call}@two#1:before-call`,
    `bring-into-stack/${call}@one#2:before-call`,
  ]);
});

test('where that ends in a digest, which no other run has, it is known and counted by the call alone', () => {
  expect(points(['stack/first', 'stack/set-b3c1b3da5e1d', 'stack/set-0123456789ab'])).toEqual([
    `bring-into-stack/${call}@stack/first#1:before-call`,
    `bring-into-stack/${call}#2:before-call`,
    `bring-into-stack/${call}#3:before-call`,
  ]);
});
