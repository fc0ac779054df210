import { expect, test } from 'vitest';
import { CredentialsError, MigrationError, VerifyError } from '../../src/errors.js';
import { seal } from '../../src/pipeline/seal.js';
import { temporaryFolder, toyConfig } from './harness.js';
import { createToyStep, createToyWorld, toyPath, toyRef } from './toy-steps.js';
import { failWith, pathWith, resume, start, type Steps } from './path-runs.js';

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

test('on resume a finished step whose work is missing here is run again, if it can make it again', async () => {
  const world = createToyWorld();
  const root = temporaryFolder();
  const [one, , three] = toyPath(world);
  const two = { ...createToyStep(world, 'make-two'), remadeAfter: ['ThingGone'] };
  const broken = seal({ ...createToyStep(world, 'make-three'), run: failWith(new MigrationError('X', 'x')) });
  await start(root, [one!, seal(two), broken]);
  await world.remove('toy-make-two-0');
  const { events, state } = await resume(root, [one!, seal(two), three!]);
  expect(world.changes.filter((change) => change === 'create toy-make-two-0')).toHaveLength(2);
  expect(state).toMatchObject({ outcome: 'finished', steps: [{}, { attempts: 2, status: 'verified' }, {}] });
  expect(events).toContainEqual(
    expect.objectContaining({ step: 'make-two', text: 'toy-make-two-0 is gone: it is made again' }),
  );
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
