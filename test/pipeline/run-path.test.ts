import { expect, test } from 'vitest';
import {
  CredentialsError,
  InterruptedError,
  LockedError,
  MigrationError,
  VerifyError,
} from '../../src/errors.js';
import type { OpenRun, RunDeps } from '../../src/journal/run.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import type { RunContext } from '../../src/pipeline/session.js';
import type { StepIo } from '../../src/pipeline/step.js';
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

type Steps = readonly SealedStep<ToyConfig>[];
type More = Partial<RunContext<ToyConfig>>;

/** Starts a run and closes it, however it ends. */
async function start(root: string, steps: Steps, more: More = {}, deps: Partial<RunDeps> = {}) {
  const run = createToyRun(runDeps(root, deps), steps);
  return finish(run, steps, more);
}

function resume(root: string, steps: Steps, more: More = {}) {
  return withOpenRun(runDeps(root), (run) => finish(run, steps, more));
}

async function finish(run: OpenRun, steps: Steps, more: More) {
  const { context, events } = contextFor(run, steps, more);
  try {
    const outcome = await runPath(context).then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    );
    return { ...outcome, events, state: run.state(), records: run.journal.records };
  } finally {
    run.close();
  }
}

/** The toy path, its second step replaced by one that does `act` before the real thing. */
function pathWith(world: ToyWorld, act: (io: StepIo) => Promise<void>): Steps {
  const two = createToyStep(world, 'make-two', { after: toyRef('make-one') });
  const acting = seal({
    ...two,
    run: async (io: StepIo, input) => {
      await act(io);
      return two.run(io, input);
    },
  });
  const [one, , three] = toyPath(world);
  return [one!, acting, three!];
}

const failWith = (error: unknown) => () => Promise.reject(error instanceof Error ? error : new Error());

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

test('on resume finished steps are verified again, unless a later finished step supersedes them', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const [one, two] = toyPath(world);
  const three = createToyStep(world, 'make-three', { things: 1 });
  const broken = seal({ ...three, run: failWith(new MigrationError('X', 'x')) });
  await start(root, [one!, two!, broken]);
  await world.remove('toy-make-one-0');
  const { events, state } = await resume(root, [one!, two!, seal(three)]);
  expect(events.filter(({ type }) => type === 'step-adopted')).toMatchObject([
    { step: 'make-one', because: 'finished earlier, and make-two has followed' },
    { step: 'make-two', because: 'finished earlier, and still holds' },
  ]);
  expect(state.outcome).toBe('finished');
});

test('on resume a finished step is not verified again once a step that takes it back has made a call', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const one = seal(createToyStep(world, 'make-one'));
  const two = createToyStep(world, 'make-two', { overtakes: ['make-one'] });
  const giveUp = failWith(new MigrationError('X', 'x'));
  const steps = [one, seal(two)];
  await start(root, [one, seal({ ...two, run: giveUp })]);
  await world.remove('toy-make-one-0');
  expect((await resume(root, steps)).error).toMatchObject({ code: 'ThingGone' });
  await world.create('toy-make-one-0', 'make-one');
  const firstCall: typeof two.run = async (io) => {
    await io.mutate({ call: 'toy:Remove', key: 'toy-make-one-0' }, () => world.remove('toy-make-one-0'));
    return giveUp();
  };
  await resume(root, [one, seal({ ...two, run: firstCall })]);
  expect((await resume(root, steps)).state.outcome).toBe('finished');
});

test('on resume a finished step that no longer holds stops the run before anything is called', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const steps = toyPath(world);
  const failing = [
    ...steps.slice(0, 2),
    seal({ ...createToyStep(world, 'make-three'), run: failWith(new MigrationError('X', 'x')) }),
  ];
  await start(root, failing);
  await world.remove('toy-make-two-0');
  const { length } = world.changes;
  const { error } = await resume(root, steps);
  expect(error).toBeInstanceOf(VerifyError);
  expect(error).toMatchObject({ code: 'ThingGone', step: 'make-two', exitCode: 8 });
  expect(String((error as VerifyError).why)).toContain('has changed since');
  expect(world.changes).toHaveLength(length);
});

test('a step whose verification fails is run again on resume', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const one = createToyStep(world, 'make-one');
  const lossy = seal({ ...one, verify: failWith(new VerifyError('ThingGone', 'lost')) });
  const first = await start(root, [lossy]);
  expect(first.state.steps[0]).toMatchObject({ status: 'failed', attempts: 1 });
  const second = await resume(root, [seal(one)]);
  expect(second.state.steps[0]).toMatchObject({ status: 'verified', attempts: 2 });
});

test('a process killed between success and verification costs no second attempt', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const steps = toyPath(world);
  let dead = false;
  const crashPoint = (phase: string, n: number): void => {
    if (dead || (phase === 'before-record' && n === 11)) {
      dead = true;
      throw new Error('killed');
    }
  };
  const { records } = await start(root, steps, { crashPoint }, { crashPoint, probe: () => 'dead' });
  expect(records.at(-1)).toMatchObject({ type: 'succeeded', step: 'make-one' });
  const { state } = await resume(root, steps);
  expect(state.steps.map((step) => step.attempts)).toEqual([1, 1, 1]);
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

test.each<[string, (steps: Steps) => Steps, string]>([
  [
    'a step more',
    (steps) => [...steps, seal(createToyStep(createToyWorld(), 'make-four'))],
    'new: make-four',
  ],
  ['a step less', (steps) => steps.slice(0, 2), 'no longer there: make-three'],
  [
    'another order',
    (steps) => steps.toReversed(),
    'the order was make-one, make-two, make-three and is make-three',
  ],
])('a run is not resumed with %s', async (_what, change, words) => {
  const world = createToyWorld();
  const root = temporaryFolder();
  await start(root, pathWith(world, failWith(new MigrationError('X', 'x'))));
  const { length } = world.changes;
  const { error } = await resume(root, change(toyPath(world)));
  expect(error).toMatchObject({ code: 'StepsChanged', exitCode: 1 });
  expect((error as MigrationError).why).toContain(words);
  expect(world.changes).toHaveLength(length);
});

test('a run is not resumed with another configuration, and each difference is named', async () => {
  const root = temporaryFolder();
  const world = createToyWorld();
  await start(root, pathWith(world, failWith(new MigrationError('X', 'x'))));
  const { error } = await resume(root, toyPath(world), { config: { prefix: 'other' } });
  expect(error).toMatchObject({ code: 'ConfigChanged', exitCode: 6, why: 'prefix: "toy" → "other"' });
  const { state } = await resume(root, toyPath(world), {
    config: { prefix: 'toy' },
    comparedConfig: toyConfig,
  });
  expect(state.outcome).toBe('finished');
});

test('an output that this version cannot read is refused by name', async () => {
  const root = temporaryFolder();
  const world = createToyWorld();
  const steps = toyPath(world);
  await start(root, pathWith(world, failWith(new MigrationError('X', 'x'))));
  const strict = { ...createToyStep(world, 'make-one'), output: { parse: failParse } };
  const { error } = await resume(root, [seal(strict), ...steps.slice(1)]);
  expect(error).toMatchObject({ code: 'OutputUnreadable', step: 'make-one', resumable: false });
});

function failParse(): never {
  throw new Error('not my shape');
}

test('a step may ask for the output of a step only when that step has finished', async () => {
  const world = createToyWorld();
  const steps = [
    seal(createToyStep(world, 'make-one', { after: toyRef('make-two') })),
    ...toyPath(world).slice(1),
  ];
  const { error } = await start(temporaryFolder(), steps);
  expect(String(error)).toContain('step make-two has no output');
});

test('a step may ask whether another has finished', async () => {
  const world = createToyWorld();
  const found: unknown[] = [];
  const base = createToyStep(world, 'make-two');
  const asking = seal({
    ...base,
    select: (from: Parameters<typeof base.select>[0]) => {
      found.push(from.findOutputOf(toyRef('make-one')), from.findOutputOf(toyRef('make-three')));
      return base.select(from);
    },
  });
  const [one, , three] = toyPath(world);
  await start(temporaryFolder(), [one!, asking, three!]);
  expect(found.slice(0, 2)).toEqual([{ names: ['toy-make-one-0', 'toy-make-one-1'] }, undefined]);
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

test('a finished step that cannot be verified on resume, for want of credentials, is not run again', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const [one, two] = toyPath(world);
  const three = createToyStep(world, 'make-three', { things: 1 });
  await start(root, [one!, two!, seal({ ...three, run: failWith(new MigrationError('X', 'x')) })]);
  const expired = failWith(new CredentialsError('ExpiredToken', 'the session has expired'));
  const blind = [one!, { ...two!, verify: expired }, seal(three)];
  const second = await resume(root, blind);
  expect(second.error).toMatchObject({ code: 'ExpiredToken', step: 'make-two', exitCode: 4 });
  expect(second.records.at(-1)).toMatchObject({ type: 'not-verified', step: 'make-two' });
  expect(second.state.steps[1]).toMatchObject({ status: 'verified', attempts: 1 });
  const third = await resume(root, [one!, two!, seal(three)]);
  expect(third.state.steps.map((step) => step.attempts)).toEqual([1, 1, 2]);
});

test('a finished step that no longer holds is not made anew behind the user, however often the run is resumed', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  await start(root, pathWith(world, failWith(new MigrationError('X', 'x'))));
  const [name = ''] = world.names();
  await world.remove(name);
  const { length } = world.changes;
  const steps = pathWith(world, () => Promise.resolve());
  for (let n = 0; n < 2; n += 1) expect((await resume(root, steps)).error).toBeInstanceOf(VerifyError);
  expect(world.changes).toHaveLength(length);
  await world.create(name, 'mended by hand');
  expect((await resume(root, steps)).state.outcome).toBe('finished');
});

test('a verification that was cut short is made again on resume, and the step is not', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const steps = toyPath(world);
  const cut = failWith(new CredentialsError('ExpiredToken', 'the session has expired'));
  const first = await start(root, [{ ...steps[0]!, verify: cut }, ...steps.slice(1)]);
  expect(first.state.steps[0]).toMatchObject({ status: 'succeeded', failure: { code: 'ExpiredToken' } });
  const second = await resume(root, steps);
  expect(second.state.steps[0]).toMatchObject({ status: 'verified', attempts: 1 });
  expect(second.state.steps[0]).not.toHaveProperty('failure');
});

test('on resume a call whose end is unknown, and a line that was cut off, are told before anything is called', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const steps = toyPath(world);
  let dead = false;
  const crashPoint = (phase: string, n: number, _place: string, prepare?: () => void): void => {
    if (!dead && phase === 'torn-record' && n === 6) {
      prepare?.();
      dead = true;
    }
    if (dead) throw new Error('killed');
  };
  await start(root, steps, { crashPoint }, { crashPoint });
  const { events } = await resume(root, steps);
  const notes = events.flatMap((event) => (event.type === 'step-noted' ? [event.text] : []));
  expect(notes[0]).toContain('line 6 of');
  expect(notes[1]).toBe(
    'toy:Create of toy-make-one-0 was begun and its end is not known: looking whether it was carried out',
  );
  expect(world.changes).toHaveLength(5);
});
