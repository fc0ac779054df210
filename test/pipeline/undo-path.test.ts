import { expect, test } from 'vitest';
import { MigrationError } from '../../src/errors.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { previewUndo, undoPath } from '../../src/pipeline/undo-path.js';
import {
  caught,
  contextFor,
  createToyRun,
  runDeps,
  temporaryFolder,
  toyConfig,
  withOpenRun,
} from './harness.js';
import {
  createToyStep,
  createToyWorld,
  toyPath,
  toyRef,
  type ToyConfig,
  type ToyWorld,
} from './toy-steps.js';

async function finish(root: string, steps: readonly SealedStep<ToyConfig>[]): Promise<void> {
  const run = createToyRun(runDeps(root), steps);
  await runPath(contextFor(run, steps).context);
  run.close();
}

const undo = (root: string, steps: readonly SealedStep<ToyConfig>[]) =>
  withOpenRun(runDeps(root), (run) => undoPath(contextFor(run, steps).context));

/** make-one, then a step that cannot be undone, then make-three. */
function pathWithEdge(world: ToyWorld): SealedStep<ToyConfig>[] {
  const because = 'the old stack is gone';
  return [
    seal(createToyStep(world, 'make-one')),
    seal(createToyStep(world, 'delete-old', { reversal: { kind: 'point-of-no-return', because } })),
    seal(createToyStep(world, 'make-three', { after: toyRef('delete-old') })),
  ];
}

test('a rollback takes back what was made, the last first', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const root = temporaryFolder();
  await finish(root, steps);
  const result = await undo(root, steps);
  expect(result).toMatchObject({ alreadyRolledBack: false, stoppedAt: undefined });
  expect(world.names()).toEqual([]);
  expect(world.changes.slice(5)).toEqual([
    'remove toy-make-three-0',
    'remove toy-make-two-1',
    'remove toy-make-two-0',
    'remove toy-make-one-1',
    'remove toy-make-one-0',
  ]);
  expect(result.state.steps.map((step) => step.status)).toEqual(['undone', 'undone', 'undone']);
});

test('a second rollback does nothing and succeeds', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const root = temporaryFolder();
  await finish(root, steps);
  await undo(root, steps);
  const changes = [...world.changes];
  expect(await undo(root, steps)).toMatchObject({ alreadyRolledBack: true });
  expect(world.changes).toEqual(changes);
});

test('a run that was rolled back cannot be resumed, and says so', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const root = temporaryFolder();
  await finish(root, steps);
  await undo(root, steps);
  const error = await caught(withOpenRun(runDeps(root), (run) => runPath(contextFor(run, steps).context)));
  expect(error).toMatchObject({ code: 'RunRolledBack', exitCode: 1 });
});

test('before it begins, a rollback tells what it will do and where it must stop', async () => {
  const world = createToyWorld();
  const steps = pathWithEdge(world);
  const root = temporaryFolder();
  await finish(root, steps);
  const preview = await withOpenRun(runDeps(root), async (run) =>
    previewUndo({ run, steps, config: toyConfig }),
  );
  expect(preview).toEqual({
    steps: [
      {
        id: 'make-three',
        title: 'Make the things of make-three',
        kind: 'undo',
        note: ['rm -r toy-make-three-0 toy-make-three-1'],
      },
    ],
    stopsAt: { id: 'delete-old', title: 'Make the things of delete-old', because: 'the old stack is gone' },
  });
});

test('a step that has made no call has nothing to be taken back by hand', async () => {
  const world = createToyWorld();
  const steps = [seal(createToyStep(world, 'make-none', { things: 0 }))];
  const root = temporaryFolder();
  await finish(root, steps);
  await withOpenRun(runDeps(root), (run) => {
    const { steps: undone } = previewUndo({ run, steps, config: toyConfig });
    expect(undone.map(({ note }) => note)).toEqual([['# it has changed nothing']]);
    return Promise.resolve();
  });
});

test('a rollback stops at a point of no return and leaves what came before', async () => {
  const world = createToyWorld();
  const steps = pathWithEdge(world);
  const root = temporaryFolder();
  await finish(root, steps);
  expect(await undo(root, steps)).toMatchObject({ stoppedAt: 'delete-old' });
  expect(world.names()).toEqual(['toy-delete-old-0', 'toy-delete-old-1', 'toy-make-one-0', 'toy-make-one-1']);
  expect(await undo(root, steps)).toMatchObject({ alreadyRolledBack: true, stoppedAt: 'delete-old' });
});

test('a step with nothing to undo is passed with its reason', async () => {
  const world = createToyWorld();
  const because = 'it only reads';
  const steps = [
    seal(createToyStep(world, 'look-around', { reversal: { kind: 'nothing-to-undo', because } })),
  ];
  const root = temporaryFolder();
  await finish(root, steps);
  await withOpenRun(runDeps(root), async (run) => {
    expect(previewUndo({ run, steps, config: toyConfig }).steps[0]).toMatchObject({
      kind: 'nothing-to-undo',
      note: [because],
    });
    const { context, events } = contextFor(run, steps);
    await undoPath(context);
    expect(events).toContainEqual(expect.objectContaining({ type: 'undo-finished', because }));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'rolled-back' });
  });
});

test('a run that stopped half-way is rolled back as far as it came, the unfinished step included', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const root = temporaryFolder();
  const abort = new AbortController();
  const run = createToyRun(runDeps(root), steps);
  const { context } = contextFor(run, steps, {
    signal: abort.signal,
    crashPoint: (phase, n) => {
      if (phase === 'after-call' && n === 3) abort.abort('SIGINT');
    },
  });
  await caught(runPath(context));
  run.close();
  expect(world.names()).toHaveLength(3);
  await undo(root, steps);
  expect(world.names()).toEqual([]);
  expect(world.changes).toHaveLength(6);
});

test('an undo that fails is written down, and the rollback can be begun again', async () => {
  const world = createToyWorld();
  let failing = true;
  const stubborn: ToyWorld = {
    ...world,
    remove: (name) =>
      failing ? Promise.reject(new MigrationError('StillUsed', `${name} is still used`)) : world.remove(name),
  };
  const steps = toyPath(stubborn);
  const root = temporaryFolder();
  await finish(root, steps);
  const error = await caught(undo(root, steps));
  expect(error).toMatchObject({ code: 'StillUsed', step: 'make-three', resumable: true, changed: true });
  const resumed = await caught(withOpenRun(runDeps(root), (run) => runPath(contextFor(run, steps).context)));
  expect(resumed).toMatchObject({ code: 'RunRollingBack' });
  failing = false;
  expect((await undo(root, steps)).state.outcome).toBe('rolled-back');
  expect(world.names()).toEqual([]);
});

test('Ctrl-C in a rollback stops it after the call under way, and it goes on where it was', async () => {
  const world = createToyWorld();
  const steps = toyPath(world);
  const root = temporaryFolder();
  await finish(root, steps);
  const abort = new AbortController();
  const error = await withOpenRun(runDeps(root), (run) => {
    const crashPoint = (phase: string, n: number): void => {
      if (phase === 'before-call' && n === 7) abort.abort('SIGINT');
    };
    return caught(undoPath(contextFor(run, steps, { signal: abort.signal, crashPoint }).context));
  });
  expect(error).toMatchObject({ exitCode: 130, next: ['rds2aurora rollback rag-iiiiii'] });
  expect(world.changes).toHaveLength(7);
  await undo(root, steps);
  expect(world.changes).toHaveLength(10);
});
