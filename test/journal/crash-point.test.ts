import { expect, test } from 'vitest';
import { crashPhases, noCrash, parseCrashPoint } from '../../src/journal/crash-point.js';

test('a crash point ends the process at its place alone, after what belongs there', () => {
  const log: string[] = [];
  const crash = parseCrashPoint('7:torn-record', () => log.push('killed'));
  for (const phase of crashPhases)
    for (const n of [6, 7, 8]) crash?.(phase, n, () => log.push(`${phase} ${n}`));
  expect(log).toEqual(['torn-record 7', 'killed']);
});

test.each(['', '7', 'torn-record', '7:lunch', 'x:torn-record', '-1:before-call', '7:torn-record '])(
  'the text %j is no crash point',
  (text) => {
    expect(parseCrashPoint(text, () => undefined)).toBeUndefined();
  },
);

test('without one nothing happens', () => {
  let prepared = false;
  noCrash('torn-record', 1, () => {
    prepared = true;
  });
  expect(prepared).toBe(false);
});
