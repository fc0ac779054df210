import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import {
  findStartOf,
  identifyThisProcess,
  judgeLiveness,
  nameUser,
  type Liveness,
  type ProcessIdentity,
} from '../../src/journal/process-identity.js';

const self = identifyThisProcess();

test('this process is alive', () => {
  expect(judgeLiveness(self)).toBe('alive');
});

test.each<[string, Partial<ProcessIdentity>, Liveness]>([
  ['of this number that started at another time', { startedAt: '1' }, 'dead'],
  ['of an earlier boot of this machine', { boot: 'before' }, 'dead'],
  ['on another host', { host: 'elsewhere' }, 'unknown'],
  ['on another machine of the same name', { machine: 'other', boot: 'other' }, 'unknown'],
  ['in another container', { namespace: 'pid:[1]' }, 'unknown'],
])('a process %s', (_what, change, liveness) => {
  expect(judgeLiveness({ ...self, ...change })).toBe(liveness);
});

test('a process that was killed is dead, also before its parent has taken note', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const identity = { ...self, pid, startedAt: findStartOf(pid) ?? '' };
  expect(judgeLiveness(identity)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(judgeLiveness(identity)).toBe('dead');
});

test('the start of a process is read from ps where there is no /proc', () => {
  const start = findStartOf(process.pid, 'darwin');
  // The system's own clock and calendar: only the shape is known here.
  expect(start).toMatch(/^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
  expect(findStartOf(process.pid, 'darwin')).toBe(start);
  expect(findStartOf(2 ** 22 + 1, 'darwin')).toBeUndefined();
});

test('a number that no process has started never', () => {
  expect(findStartOf(2 ** 22 + 1, 'linux')).toBeUndefined();
});

test('the user has a name', () => {
  expect(nameUser()).not.toBe('');
});
