import { expect, test } from 'vitest';
import { z } from 'zod';
import { VerifyError } from '../../src/errors.js';
import { seal } from '../../src/pipeline/seal.js';
import type { Reversal, Step, StepIo } from '../../src/pipeline/step.js';
import { createToyStep, createToyWorld, type ToyConfig, type ToyWorld } from '../pipeline/toy-steps.js';
import { describeStepLaws, makeOf, stepLaws, type MakeWorld } from './step-laws.js';

describeStepLaws(
  'make-toys, three of them',
  makerOf((world) => createToyStep(world, 'make-toys', { things: 3 })),
);
describeStepLaws(
  'make-toys, with nothing to undo',
  makerOf((world) =>
    createToyStep(world, 'make-toys', { reversal: { kind: 'nothing-to-undo', because: 'a toy' } }),
  ),
);

const secret = 'p@ss "w0rd"';
const outputSchema = z.strictObject({ name: z.string() });
type Output = z.output<typeof outputSchema>;
type Small = Step<string, Output, ToyConfig>;

/** A small step that keeps all laws; `change` breaks one. */
function smallStep(world: ToyWorld, change: (step: Small, world: ToyWorld) => Partial<Small>): Small {
  const step: Small = {
    id: 'make-small',
    title: 'Make a small thing',
    output: outputSchema,
    reversal: undoBy((io, name) => remove(world, io, name)),
    select: ({ config }) => `${config.prefix}-small`,
    plan: () => Promise.resolve({ kind: 'change', effects: ['makes a small thing'] }),
    run: async (io, name) => {
      await create(world, io, name);
      return { name };
    },
    verify: (_io, _name, output) =>
      world.find(output.name) === undefined
        ? Promise.reject(new VerifyError('ThingGone', `${output.name} is gone`))
        : Promise.resolve(),
  };
  return { ...step, ...change(step, world) };
}

function undoBy(undo: Extract<Reversal<string, Output>, { kind: 'undo' }>['undo']): Reversal<string, Output> {
  return { kind: 'undo', note: (name) => [`rm ${name}`], undo };
}

async function create(world: ToyWorld, io: StepIo, name: string): Promise<void> {
  if (world.find(name) === undefined)
    await io.mutate({ call: 'toy:Create', key: name }, () => world.create(name, 'x'));
}

async function remove(world: ToyWorld, io: StepIo, name: string): Promise<void> {
  if (world.find(name) !== undefined)
    await io.mutate({ call: 'toy:Remove', key: name }, () => world.remove(name));
}

/** Each law with steps that break it. */
type Culprit = [law: string, how: string, change: (step: Small, world: ToyWorld) => Partial<Small>];
const culprits: readonly Culprit[] = [
  [
    'plan changes nothing',
    'plan creates something',
    (step, world) => ({
      plan: async (io, from) => {
        await world.create('planned', 'x');
        return step.plan(io, from);
      },
    }),
  ],
  [
    'what run has made, verify confirms, and verifying changes nothing',
    'run makes nothing',
    () => ({ run: (_io, name) => Promise.resolve({ name }) }),
  ],
  [
    'what run has made, verify confirms, and verifying changes nothing',
    'verify repairs',
    (_step, world) => ({ verify: () => world.create('repaired', 'x') }),
  ],
  [
    'a second run gives the same output and changes nothing',
    'run creates again and again',
    (_step, world) => ({
      run: async (io, name) => {
        const count = world.changes.length;
        await io.mutate({ call: 'toy:Create', key: name }, () =>
          world.create(`${name}-${String(count)}`, 'x'),
        );
        return { name };
      },
    }),
  ],
  [
    'a second run gives the same output and changes nothing',
    'the output counts calls',
    (step, world) => ({
      run: async (io, name) => {
        const before = world.find(name) === undefined ? 'made' : 'adopted';
        await step.run(io, name);
        return { name: before };
      },
    }),
  ],
  [
    'a run killed around any call and begun again comes to the same end',
    'run refuses what it made itself',
    (_step, world) => ({
      run: async (io, name) => {
        await io.mutate({ call: 'toy:Create', key: name }, () => world.create(name, 'x'));
        return { name };
      },
    }),
  ],
  [
    'a run killed around any call and begun again comes to the same end',
    'an intent is taken for an effect',
    (step, world) => ({
      run: async (io, name) =>
        io.intents().length > 0 ? { name } : await step.run(io, name).finally(() => world.find(name)),
    }),
  ],
  [
    'undo brings back what was there before, and a second undo changes nothing',
    'undo leaves the thing',
    () => ({ reversal: undoBy(() => Promise.resolve()) }),
  ],
  [
    'undo brings back what was there before, and a second undo changes nothing',
    'undo fails the second time',
    (_step, world) => ({
      reversal: undoBy((io, name) => io.mutate({ call: 'x', key: name }, () => world.remove(name))),
    }),
  ],
  [
    'undo without output takes back a run that was killed around any call',
    'undo needs the output',
    (_step, world) => ({
      reversal: undoBy(async (io, _name, output) => {
        if (output !== undefined) await remove(world, io, output.name);
      }),
    }),
  ],
  [
    'an undo killed around any call and begun again comes to the same end',
    'undo takes its own intent for done',
    (_step, world) => ({
      reversal: undoBy(async (io, name) => {
        if (!io.intents().some(({ call }) => call === 'toy:Remove')) await remove(world, io, name);
      }),
    }),
  ],
  [
    'verify throws a VerifyError when the world was tampered with',
    'verify sees nothing',
    () => ({ verify: () => Promise.resolve() }),
  ],
  [
    'verify throws a VerifyError when the world was tampered with',
    'verify throws something else',
    () => ({ verify: () => Promise.reject(new Error('gone')) }),
  ],
  [
    'the output survives a trip through JSON',
    'the output is not of its own shape',
    () => ({ output: { parse: (value) => outputSchema.extend({ more: z.string() }).parse(value) } }),
  ],
  [
    'Ctrl-C ends the step after the call under way, and the run can be resumed',
    'the interruption is swallowed',
    (step) => ({ run: (io, name) => step.run(io, name).catch(() => ({ name })) }),
  ],
  [
    'every change is announced by an intent',
    'a change goes past mutate',
    (step, world) => ({
      run: async (io, name) => {
        await world.create('quiet', 'x');
        return step.run(io, name);
      },
    }),
  ],
  [
    'no secret is told to journal, events or output',
    'a note holds the secret',
    (step) => ({
      run: (io, name) => {
        io.note(`the password is ${secret}`);
        return step.run(io, name);
      },
    }),
  ],
  [
    'no secret is told to journal, events or output',
    'an intent holds the secret in base64',
    () => ({
      run: async (io, name) => {
        const before = { old: Buffer.from(secret).toString('base64') };
        await io.mutate({ call: 'toy:Put', key: name, before }, () => Promise.resolve());
        return { name };
      },
    }),
  ],
  [
    'undo tells how to do it by hand, in commands that can be pasted',
    'no note',
    () => ({ reversal: { ...undoBy(() => Promise.resolve()), note: () => [] } }),
  ],
  ...[
    ['the note is prose', 'remove the thing'],
    ['a person would have to fill it in', 'aws toy remove --name NAME'],
    ['the shell does not take it', "aws toy remove --name 'small"],
  ].map(([how = '', line = '']): Culprit => [
    'undo tells how to do it by hand, in commands that can be pasted',
    how,
    () => ({ reversal: { ...undoBy(() => Promise.resolve()), note: () => [line] } }),
  ]),
];

test.each(culprits)('the law "%s" catches a step where %s', async (name, _how, change) => {
  const law = stepLaws.find((one) => one.name === name);
  await expect(law?.check(makerOf((world) => smallStep(world, change)))).rejects.toThrow(
    `law broken: ${name}`,
  );
});

test.each(stepLaws.map((law) => [law.name, law] as const))(
  'the law "%s" has a culprit and acquits the innocent',
  async (name, law) => {
    expect(culprits.map(([broken]) => broken)).toContain(name);
    await law.check(makerOf((world) => smallStep(world, () => ({}))));
  },
);

test('an exception must name a law that exists', () => {
  const make = makerOf((world) => smallStep(world, () => ({})));
  expect(() => {
    describeStepLaws('nothing', make, { except: { 'plan is free': 'a slip' } });
  }).toThrow('no such law');
});

test('the laws of one step are not held against another', async () => {
  const make = makerOf((world) => smallStep(world, () => ({})));
  await expect(makeOf('make-small, in a toy world', make)).resolves.toMatchObject({
    step: { id: 'make-small' },
  });
  await expect(makeOf('make-large', make)).rejects.toThrow(
    'the laws of make-large were given the step make-small',
  );
});

function makerOf<In, Out>(create: (world: ToyWorld) => Step<In, Out, ToyConfig>): MakeWorld<ToyConfig> {
  return () => {
    const world = createToyWorld();
    return {
      step: seal(create(world)),
      config: { prefix: 'law' },
      snapshot: () => world.names(),
      mutations: () => [...world.changes],
      tamper: () => world.remove(world.names()[0] ?? ''),
      canaries: [secret],
    };
  };
}
