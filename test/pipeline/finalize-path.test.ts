import { expect, test } from 'vitest';
import { finalizePath } from '../../src/pipeline/finalize-path.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { undoPath } from '../../src/pipeline/undo-path.js';
import { caught, contextFor, createToyRun, runDeps, temporaryFolder, withOpenRun } from './harness.js';
import {
  createToyStep,
  createToyWorld,
  toyPath,
  toyRef,
  type ToyConfig,
  type ToyWorld,
} from './toy-steps.js';

const because = 'the source is gone';

function finalSteps(world: ToyWorld): SealedStep<ToyConfig>[] {
  return [
    seal(createToyStep(world, 'take-last', { things: 1, after: toyRef('make-three') })),
    seal(
      createToyStep(world, 'end-source', { things: 1, reversal: { kind: 'point-of-no-return', because } }),
    ),
  ];
}

function open() {
  const world = createToyWorld();
  const root = temporaryFolder();
  const steps = toyPath(world);
  const final = finalSteps(world);
  const use = <T>(work: (context: ReturnType<typeof contextFor>['context']) => Promise<T>): Promise<T> =>
    withOpenRun(runDeps(root), (run) => work(contextFor(run, steps).context));
  const begin = async (): Promise<void> => {
    const run = createToyRun(runDeps(root), steps);
    await runPath(contextFor(run, steps).context);
    run.close();
  };
  return { world, root, steps, final, use, begin };
}

test('the steps of finalize follow those of the path in its journal, and see their outputs', async () => {
  const { world, final, use, begin } = open();
  await begin();
  const { state, alreadyFinished } = await use((context) => finalizePath(context, final));
  expect(alreadyFinished).toBe(false);
  expect(state).toMatchObject({ outcome: 'finalized', finalSteps: ['take-last', 'end-source'] });
  expect(state.steps.map(({ id, status }) => `${id} ${status}`).slice(3)).toEqual([
    'take-last verified',
    'end-source verified',
  ]);
  expect(world.changes.slice(-2)).toEqual(['create toy-take-last-0', 'create toy-end-source-0']);
});

test('a second time nothing is done, and resume takes the run for finished', async () => {
  const { world, steps, final, root, use, begin } = open();
  await begin();
  await use((context) => finalizePath(context, final));
  const changes = [...world.changes];
  expect(await use((context) => finalizePath(context, final))).toMatchObject({ alreadyFinished: true });
  const all = [...steps, ...final];
  const resumed = await withOpenRun(runDeps(root), (run) => runPath(contextFor(run, all).context));
  expect(resumed.alreadyFinished).toBe(true);
  expect(world.changes).toEqual(changes);
});

test('a run that has not finished, or was taken back, is refused before anything is called', async () => {
  const { world, steps, final, root, use } = open();
  const run = createToyRun(runDeps(root), steps);
  run.close();
  expect(await caught(use((context) => finalizePath(context, final)))).toMatchObject({
    ...{ code: 'RunNotFinished', exitCode: 10, changed: false },
  });
  await use((context) => runPath(context));
  await use((context) => undoPath(context));
  const changes = [...world.changes];
  expect(await caught(use((context) => finalizePath(context, final)))).toMatchObject({
    ...{ code: 'RunRolledBack', exitCode: 10 },
  });
  expect(world.changes).toEqual(changes);
});

/** The end of the source fails before it has made a call. */
function refusing(world: ToyWorld, final: readonly SealedStep<ToyConfig>[]): SealedStep<ToyConfig>[] {
  return final.map((step) =>
    step.id === 'end-source' ? { ...step, run: () => Promise.reject(new Error(world.names().join())) } : step,
  );
}

test('one that was stopped goes on by finalize, not by resume', async () => {
  const { world, steps, final, root, use, begin } = open();
  await begin();
  await caught(use((context) => finalizePath(context, refusing(world, final))));
  const all = [...steps, ...final];
  const error = await caught(withOpenRun(runDeps(root), (run) => runPath(contextFor(run, all).context)));
  expect(error).toMatchObject({
    code: 'RunFinalizing',
    next: [expect.stringContaining('finalize')] as unknown,
  });
  expect((await use((context) => finalizePath(context, final))).state.outcome).toBe('finalized');
  expect(world.changes.filter((change) => change === 'create toy-take-last-0')).toHaveLength(1);
});

test('until something was deleted a rollback takes back all, afterwards nothing', async () => {
  const { world, steps, final, root, use, begin } = open();
  await begin();
  await caught(use((context) => finalizePath(context, refusing(world, final))));
  const all = [...steps, ...final];
  await withOpenRun(runDeps(root), (run) => undoPath(contextFor(run, all).context));
  expect(world.names()).toEqual([]);

  const other = open();
  await other.begin();
  await other.use((context) => finalizePath(context, other.final));
  const changes = [...other.world.changes];
  const everything = [...other.steps, ...other.final];
  const error = await caught(
    withOpenRun(runDeps(other.root), (run) => undoPath(contextFor(run, everything).context)),
  );
  expect(error).toMatchObject({ code: 'RunFinalized', exitCode: 10, changed: false });
  expect(other.world.changes).toEqual(changes);
});
