import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { getRun } from '../../src/journal/runs.js';
import { compileForChildren } from './compile-for-children.js';
import { openFileWorld } from './file-world.js';
import { temporaryFolder } from './harness.js';

const full = process.env['CAMPAIGN'] === 'full';
let program = '';

beforeAll(() => {
  const compiled = compileForChildren('test/pipeline/toy-child.ts');
  program = compiled.program;
  return compiled.remove;
});

type Verb = 'run' | 'resume' | 'rollback';

function toy(verb: Verb, folder: string, crashAt = '') {
  const { status, signal, stderr } = spawnSync(process.execPath, [program, verb, folder, crashAt], {
    encoding: 'utf8',
  });
  return { status, signal, stderr };
}

/** All crash points of an undisturbed run, as the journal counts them. */
function listPoints(records: number, calls: number, from = 1, fromCall = 1): string[] {
  const numbers = (low: number, high: number) =>
    Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return [
    ...numbers(from, records).flatMap((n) =>
      ['before-record', 'torn-record', 'after-write', 'after-fsync'].map((phase) => `${n}:${phase}`),
    ),
    ...numbers(fromCall, calls).flatMap((n) => ['before-call', 'after-call'].map((phase) => `${n}:${phase}`)),
  ];
}

/** The whole list in a campaign; otherwise a spread of it. */
function choose(points: string[], every: number): string[] {
  return full ? points : points.filter((_, index) => index % every === 0);
}

function countsOf(folder: string): { records: number; calls: number } {
  const { state } = getRun(join(folder, '.rds2aurora'));
  return { records: state.seq, calls: state.steps.flatMap((step) => step.calls).length };
}

test(
  'killed by SIGKILL at journal records and around calls, a run that is resumed ends as if undisturbed',
  { timeout: 900_000 },
  () => {
    const calm = temporaryFolder();
    expect(toy('run', calm)).toMatchObject({ status: 0 });
    const { records, calls } = countsOf(calm);
    const undisturbed = openFileWorld(calm);
    expect([records, calls]).toEqual([27, 5]);

    for (const point of choose(listPoints(records, calls), 17)) {
      const folder = mkdtempSync(join(temporaryFolder(), 'killed-'));
      expect(toy('run', folder, point), point).toMatchObject({ signal: 'SIGKILL' });
      const again = toy('resume', folder);
      // Before the header is safe there is no run: it is begun again.
      const final = again.stderr.includes('there is no run') ? toyFresh(folder) : again;
      expect(final, point).toMatchObject({ status: 0 });
      const world = openFileWorld(folder);
      expect(world.names(), point).toEqual(undisturbed.names());
      expect(world.changes, point).toEqual(undisturbed.changes);
      const { state } = getRun(join(folder, '.rds2aurora'));
      expect(state.outcome, point).toBe('finished');
      expect(Math.max(...state.steps.map((step) => step.attempts)), point).toBeLessThanOrEqual(2);
      expect(state.steps.filter((step) => step.attempts > 1).length, point).toBeLessThanOrEqual(1);
      rmSync(folder, { recursive: true });
    }
  },
);

/** The folder of a run that never began is in the way of the same random id, so it is another folder's turn. */
function toyFresh(folder: string) {
  rmSync(join(folder, '.rds2aurora', 'runs'), { recursive: true });
  return toy('run', folder);
}

test(
  'killed in a rollback and begun again, it ends with nothing left; a further rollback does nothing',
  { timeout: 900_000 },
  () => {
    const calm = temporaryFolder();
    expect(toy('run', calm)).toMatchObject({ status: 0 });
    const before = countsOf(calm);
    expect(toy('rollback', calm)).toMatchObject({ status: 0 });
    const after = countsOf(calm);
    expect(openFileWorld(calm).names()).toEqual([]);

    const points = listPoints(after.records, after.calls, before.records + 1, before.calls + 1);
    for (const point of choose(points, 29)) {
      const folder = mkdtempSync(join(temporaryFolder(), 'killed-'));
      expect(toy('run', folder)).toMatchObject({ status: 0 });
      expect(toy('rollback', folder, point), point).toMatchObject({ signal: 'SIGKILL' });
      expect(toy('rollback', folder), point).toMatchObject({ status: 0 });
      expect(openFileWorld(folder).names(), point).toEqual([]);
      const { length } = openFileWorld(folder).changes;
      expect(toy('rollback', folder), point).toMatchObject({ status: 0 });
      expect(openFileWorld(folder).changes, point).toHaveLength(length);
      rmSync(folder, { recursive: true });
    }
  },
);

test('a process that was only paused keeps its run: others are refused, and it finishes when it is woken', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [program, 'run', folder, '12:after-fsync', 'pause'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for await (const line of createInterface({ input: child.stderr })) if (line === 'paused') break;
  const refused = toy('resume', folder);
  expect(refused.status).toBe(7);
  expect(refused.stderr).toContain(`process ${child.pid}, toy run`);
  const ended = once(child, 'exit');
  child.kill('SIGCONT');
  expect(await ended).toEqual([0, null]);
  expect(openFileWorld(folder).changes).toHaveLength(5);
});
