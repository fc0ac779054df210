import { expect, test } from 'vitest';
import { runPath } from '../../src/pipeline/run-path.js';
import { contextFor, createToyRun, runDeps, temporaryFolder, withOpenRun } from './harness.js';
import { createToyWorld, toyPath } from './toy-steps.js';

test('a run carries every step to its verified end and writes it down', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const deps = runDeps(temporaryFolder());
  const run = createToyRun(deps, steps);
  const { context, events } = contextFor(run, steps);
  const result = await runPath(context);
  run.close();
  expect(result.alreadyFinished).toBe(false);
  expect(result.state.steps.map((step) => step.status)).toEqual(['verified', 'verified', 'verified']);
  expect(world.changes).toHaveLength(5);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'done', exitCode: 0 });
});

test('a run killed after any record converges to the same world when it is resumed', async () => {
  class Killed extends Error {}
  for (let n = 2; n < 60; n += 1) {
    const world = createToyWorld();
    const steps = toyPath(world);
    const root = temporaryFolder();
    const run = createToyRun(runDeps(root), steps);
    let killed = false;
    const { context } = contextFor(run, steps, {
      crashPoint: (phase, at) => {
        if (phase !== 'after-call' || at !== n) return;
        killed = true;
        throw new Killed();
      },
    });
    await runPath(context).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    run.close();
    await withOpenRun(runDeps(root), (again) => runPath(contextFor(again, steps).context));
    expect(world.changes).toHaveLength(5);
    if (!killed) break;
  }
});
