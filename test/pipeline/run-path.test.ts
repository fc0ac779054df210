import { expect, test } from 'vitest';
import { InterruptedError, LockedError, MigrationError, VerifyError } from '../../src/errors.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal } from '../../src/pipeline/seal.js';
import { caught, contextFor, createToyRun, runDeps, temporaryFolder } from './harness.js';
import { createToyStep, createToyWorld, toyPath } from './toy-steps.js';
import { failWith, pathWith, resume, start } from './path-runs.js';

test('a run carries every step to its verified end and writes down each turn of it', async () => {
  const world = createToyWorld();
  const { result, state, records, events } = await start(temporaryFolder(), toyPath(world));
  expect(result).toMatchObject({ run: 'rag-iiiiii', alreadyFinished: false });
  expect(state).toMatchObject({ outcome: 'finished', pending: [] });
  expect(
    records.filter((record) => 'step' in record && record.step === 'make-three').map(({ type }) => type),
  ).toEqual(['started', 'observed', 'intent', 'effect', 'succeeded', 'verified']);
  expect(events.map(({ type }) => type).slice(-8)).toEqual([
    'step-started',
    'step-progressed',
    'step-observed',
    'call-started',
    'call-finished',
    'step-noted',
    'step-finished',
    'run-finished',
  ]);
  expect(world.changes).toHaveLength(5);
});

test('a run that has finished is left alone and counts as success', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const first = await start(root, toyPath(world));
  await world.remove('toy-make-three-0');
  const again = await resume(root, toyPath(world));
  expect(again.result).toMatchObject({ alreadyFinished: true });
  expect([again.events, again.records.length]).toEqual([[], first.records.length]);
});

test('a failed attempt is history: the next one runs the step again and sees the intents of the first', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  let attempts = 0;
  const seen: number[] = [];
  const steps = pathWith(world, async (io) => {
    attempts += 1;
    seen.push(io.intents().length);
    if (attempts > 1) return;
    await io.mutate({ call: 'toy:Tag', key: 'x', before: { tag: 'old', gone: undefined } }, () =>
      Promise.resolve(),
    );
    throw new MigrationError('QuotaExceeded', 'the quota is used up', { next: ['ask for more'] });
  });
  const first = await start(root, steps);
  expect(first.error).toMatchObject({
    code: 'QuotaExceeded',
    step: 'make-two',
    resumable: true,
    changed: true,
    next: ['ask for more'],
  });
  expect(first.state.steps[1]).toMatchObject({ status: 'failed', failure: { code: 'QuotaExceeded' } });
  expect(first.events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'failed', exitCode: 1 });
  const second = await resume(root, steps);
  expect(second.state.steps[1]).toMatchObject({ status: 'verified', attempts: 2 });
  expect(second.state.steps[1]).not.toHaveProperty('failure');
  expect(seen).toEqual([0, 1]);
  expect(second.state.steps[1]?.calls[0]).toEqual({
    intent: 3,
    call: 'toy:Tag',
    key: 'x',
    before: { tag: 'old' },
    effect: {},
  });
});

test('an error before any call says that nothing was changed', async () => {
  const steps = [
    seal({
      ...createToyStep(createToyWorld(), 'make-one'),
      run: failWith(new MigrationError('NotReady', 'not ready')),
    }),
  ];
  const { error } = await start(temporaryFolder(), steps);
  expect(error).toMatchObject({ changed: false, step: 'make-one' });
});

test('an unknown error goes on as it is, and of its words only the kind is written down', async () => {
  const bug = new TypeError('password=hunter2 is not a function');
  const root = temporaryFolder();
  const { error, records, events } = await start(root, pathWith(createToyWorld(), failWith(bug)));
  expect(error).toBe(bug);
  expect(records.at(-1)).toMatchObject({ type: 'failed', code: 'Bug', message: 'unexpected TypeError' });
  expect(events.at(-1)).toMatchObject({ exitCode: 70 });
  expect(JSON.stringify([records, events])).not.toContain('hunter2');
  expect((await resume(root, toyPath(createToyWorld()))).error).toBeInstanceOf(VerifyError);
});

test('something thrown that is no error is a bug, too', async () => {
  const steps = [
    seal({
      ...createToyStep(createToyWorld(), 'make-one'),
      run: async () => Promise.reject('text' as never),
    }),
  ];
  const { error, records } = await start(temporaryFolder(), steps);
  expect([error, records.at(-1)]).toEqual([
    'text',
    expect.objectContaining({ message: 'unexpected string' }),
  ]);
});

test.each<[string, unknown, object]>([
  ['SIGINT', 'SIGINT', { exitCode: 130 }],
  ['SIGTERM', 'SIGTERM', { exitCode: 143 }],
  ['the error of a SIGTERM', new InterruptedError('SIGTERM'), { exitCode: 143 }],
  ['no reason at all', undefined, { exitCode: 130 }],
])(
  'on %s the call under way is finished and written down, and the run can be resumed',
  async (_name, reason, expected) => {
    const world = createToyWorld();
    const root = temporaryFolder();
    const steps = toyPath(world);
    const abort = new AbortController();
    const crashPoint = (phase: string, n: number): void => {
      if (phase === 'before-call' && n === 3) abort.abort(reason);
    };
    const { error, state, events, records } = await start(root, steps, { signal: abort.signal, crashPoint });
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error).toMatchObject({
      ...expected,
      step: 'make-two',
      resumable: true,
      changed: true,
      next: ['rds2aurora resume rag-iiiiii'],
    });
    expect(world.changes).toHaveLength(3);
    expect(state.pending).toEqual([]);
    expect(records.at(-1)).toMatchObject({ type: 'stopped', reason: 'signal' });
    expect(events.map(({ type }) => type)).toContain('run-stopping');
    expect(events.at(-1)).toMatchObject({ outcome: 'stopped' });
    await resume(root, steps);
    expect(world.changes).toHaveLength(5);
  },
);

test('a signal that comes between two steps is honoured before the second begins', async () => {
  const abort = new AbortController();
  const world = createToyWorld();
  const emit = (event: { type: string }): void => {
    if (event.type === 'step-finished') abort.abort('SIGINT');
  };
  const { state, error } = await start(temporaryFolder(), toyPath(world), { signal: abort.signal, emit });
  expect(state.steps.map((step) => step.status)).toEqual(['verified', 'pending', 'pending']);
  expect(error).toBeInstanceOf(InterruptedError);
});

test('whatever a step throws after Ctrl-C, such as the error of a child that got the signal too, counts as interruption', async () => {
  const abort = new AbortController();
  const steps = pathWith(createToyWorld(), () => {
    abort.abort('SIGINT');
    return Promise.reject(new Error('pg_dump was killed'));
  });
  const { error, records } = await start(temporaryFolder(), steps, { signal: abort.signal });
  expect(error).toBeInstanceOf(InterruptedError);
  expect(records.at(-1)).toMatchObject({ type: 'stopped', signal: 'SIGINT' });
});

test('a full disk outranks what the step makes of it', async () => {
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const crashPoint = (phase: string, n: number): void => {
    if (phase === 'before-record' && n === 12) throw full;
  };
  const world = createToyWorld();
  const { error, events } = await start(temporaryFolder(), toyPath(world), {}, { crashPoint });
  expect(error).toMatchObject({ code: 'DiskFull', exitCode: 9, resumable: true });
  expect(events.at(-1)).toMatchObject({ outcome: 'stopped', exitCode: 9 });
});

test('a state that does not change is journalled once and told each time', async () => {
  const steps = pathWith(createToyWorld(), async (io) => {
    for (const state of ['creating', 'creating', 'creating', 'available']) io.observed('cluster', state);
  });
  const { records, events } = await start(temporaryFolder(), steps);
  const of = (list: readonly { type: string }[]) =>
    list.filter((one) => 'resource' in one && one.resource === 'cluster');
  expect([of(records).length, of(events).length]).toEqual([2, 4]);
});

test('an error that names its step and says what it changed keeps that', async () => {
  const told = new MigrationError('X', 'x', { step: 'deep-step', changed: false });
  const { error } = await start(temporaryFolder(), pathWith(createToyWorld(), failWith(told)));
  expect(error).toMatchObject({ step: 'deep-step', changed: false });
});

test('a run refused by its lock in the middle of work is not called resumable', async () => {
  const root = temporaryFolder();
  const run = createToyRun(runDeps(root), toyPath(createToyWorld()));
  const steps = pathWith(createToyWorld(), failWith(new LockedError('LockLost', 'lost')));
  expect(await caught(runPath(contextFor(run, steps).context))).toMatchObject({ resumable: false });
  run.close();
});
