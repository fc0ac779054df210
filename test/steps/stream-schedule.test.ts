import { expect, test } from 'vitest';
import { runTasks } from '../../src/steps/stream-schedule.js';

const { signal } = new AbortController();
const options = { jobs: 2, done: new Set<string>(), signal };
const task = (id: string, ...after: string[]) => ({ id, after });

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
