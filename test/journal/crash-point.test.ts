import { expect, test } from 'vitest';
import { crashPhases, nameCall, noCrash, parseCrashPoint } from '../../src/journal/crash-point.js';

test('a crash point ends the process at its place alone, after what belongs there', () => {
  const log: string[] = [];
  const crash = parseCrashPoint('7:torn-record', () => log.push('killed'));
  for (const phase of crashPhases)
    for (const n of [6, 7, 8]) crash?.(phase, n, 'a-step/started', () => log.push(`${phase} ${n}`));
  expect(log).toEqual(['torn-record 7', 'killed']);
});

test('places have names, counted within the process, and several can be asked for at once', () => {
  const killed: string[] = [];
  const text = 'a/intent#2:after-fsync,b/rds:CreateDBCluster#1:before-call';
  const crash = parseCrashPoint(text, (where) => killed.push(where));
  for (const n of [1, 2, 3]) crash?.('after-fsync', n, 'a/intent');
  crash?.('before-call', 1, 'b/rds:CreateDBCluster');
  crash?.('after-call', 1, 'b/rds:CreateDBCluster');
  expect(killed).toEqual(text.split(','));
});

test.each([
  '',
  '7',
  'torn-record',
  '7:lunch',
  'x:torn-record',
  '-1:before-call',
  '7:torn-record ',
  '7:torn-record,',
  'a/intent:after-fsync',
])('the text %j is no crash point', (text) => {
  expect(parseCrashPoint(text, () => undefined)).toBeUndefined();
});

test('a call is named with its key or without, the same in every run', () => {
  const killed: string[] = [];
  const crash = parseCrashPoint('b/x:Y@RUN-1#1:after-call,b/x:Y#3:before-call', (where) =>
    killed.push(where),
  );
  for (const key of ['rag-abc-0', 'rag-abc-1', 'a,b#c'])
    for (const phase of ['before-call', 'after-call'] as const)
      crash?.(phase, 1, `b/${nameCall({ call: 'x:Y', key }, 'rag-abc')}`);
  expect(killed).toEqual(['b/x:Y@RUN-1#1:after-call', 'b/x:Y#3:before-call']);
  expect(nameCall({ call: 'x:Y', key: 'a,b#c' }, 'rag-abc')).toBe('x:Y@a_b_c');
});

test('without one nothing happens', () => {
  let prepared = false;
  noCrash('torn-record', 1, 'a-step/started', () => {
    prepared = true;
  });
  expect(prepared).toBe(false);
});
