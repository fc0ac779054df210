import { expect, test } from 'vitest';
import { runTasks } from '../../src/steps/stream-schedule.js';

const { signal } = new AbortController();
const options = { jobs: 2, done: new Set<string>(), signal };
const task = (id: string, ...after: string[]) => ({ id, after, lane: 'copy' as const });
const build = (id: string, table: string, alone: boolean) => ({
  ...{ id, after: [], lane: 'build' as const },
  holds: { tables: table.split('+'), alone },
});

test('each task begins once those it waits for are done, the first in the list first', async () => {
  const begun: string[] = [];
  const tasks = [task('index', 'a', 'b'), task('a'), task('b'), task('c')];
  await runTasks(tasks, { ...options, jobs: 1 }, async ({ id }) => void begun.push(id));
  expect(begun).toEqual(['a', 'b', 'index', 'c']);
});

test('what is done counts as done and is not done again', async () => {
  const begun: string[] = [];
  const done = new Set(['a']);
  await runTasks(
    [task('a'), task('index', 'a')],
    { ...options, done },
    async ({ id }) => void begun.push(id),
  );
  expect(begun).toEqual(['index']);
});

test('never more at once than there are jobs', async () => {
  let [running, most] = [0, 0];
  const tasks = Array.from({ length: 9 }, (_, index) => task(String(index)));
  await runTasks(tasks, options, async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  expect(most).toBe(2);
});

test('copies and builds have their jobs each', async () => {
  const running = new Set<string>();
  let most = '';
  const tasks = [
    ...['a', 'b', 'c'].map((id) => task(id)),
    ...['1', '2', '3'].map((id) => build(id, id, false)),
  ];
  await runTasks(tasks, options, async ({ id }) => {
    running.add(id);
    if (running.size > most.length) most = [...running].join('');
    await new Promise((resolve) => setImmediate(resolve));
    running.delete(id);
  });
  expect(most).toBe('ab12');
});

test('what needs a table alone waits without a job, and lets nobody else in', async () => {
  const order: string[] = [];
  const tasks = [
    build('key', 't', true),
    build('one', 't', false),
    build('two', 't', false),
    build('other', 'u', true),
  ];
  await runTasks(tasks, options, async ({ id }) => {
    order.push(`+${id}`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`-${id}`);
  });
  expect(order).toEqual(['+key', '+other', '-key', '+one', '-other', '+two', '-one', '-two']);
});

test('what needs two tables alone waits for whoever holds one of them', async () => {
  const order: string[] = [];
  const tasks = [build('key', 't+u', true), build('other', 'u+v', true), build('one', 'v', false)];
  await runTasks(tasks, options, async ({ id }) => {
    order.push(`+${id}`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`-${id}`);
  });
  expect(order).toEqual(['+key', '+one', '-key', '-one', '+other', '-other']);
});

test('the first failure ends the others, begins no more, and is the one that is thrown', async () => {
  const begun: string[] = [];
  const work = ({ id }: { id: string }, stop: AbortSignal): Promise<void> => {
    begun.push(id);
    if (id === 'bad') return Promise.reject(new Error('bad'));
    return new Promise((_, reject) => {
      stop.addEventListener('abort', () => {
        reject(new Error('ended'));
      });
    });
  };
  await expect(runTasks([task('long'), task('bad'), task('later')], options, work)).rejects.toThrow('bad');
  expect(begun).toEqual(['long', 'bad']);
});

test('a task that waits for nobody is a mistake, not a wait for ever', async () => {
  await expect(runTasks([task('index', 'gone')], options, () => Promise.resolve())).rejects.toThrow(
    'index waits for what nobody does',
  );
});
