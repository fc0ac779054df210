import { z } from 'zod';
import { VerifyError } from '../../src/errors.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import type { Reversal, Step, StepId, StepRef } from '../../src/pipeline/step.js';

/** A toy cloud: things by name, and the log of everything that changed it. */
export interface ToyWorld {
  find(name: string): string | undefined;
  names(): string[];
  create(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Every change ever made, e.g. `create one`. */
  readonly changes: readonly string[];
}

export function createToyWorld(): ToyWorld {
  const things = new Map<string, string>();
  const changes: string[] = [];
  return {
    changes,
    find: (name) => things.get(name),
    names: () => [...things.keys()].sort(),
    create: (name, value) => {
      if (things.has(name)) throw new Error(`${name} exists`);
      things.set(name, value);
      changes.push(`create ${name}`);
      return Promise.resolve();
    },
    remove: (name) => {
      if (!things.delete(name)) throw new Error(`${name} does not exist`);
      changes.push(`remove ${name}`);
      return Promise.resolve();
    },
  };
}

export interface ToyConfig {
  readonly prefix: string;
}

const outputSchema = z.strictObject({ names: z.array(z.string()) });
export type ToyOutput = z.output<typeof outputSchema>;
interface ToyInput {
  readonly names: readonly string[];
  readonly before: readonly string[];
}

export function toyRef(id: StepId): StepRef<ToyOutput> {
  return { id, output: outputSchema };
}

export interface ToyOptions {
  /** How many things the step makes, each with one mutating call; 2 unless told. */
  readonly things?: number;
  /** A step whose output it needs. */
  readonly after?: StepRef<ToyOutput>;
  readonly supersedes?: readonly StepId[];
  readonly overtakes?: readonly StepId[];
  readonly reversal?: Exclude<Reversal<ToyInput, ToyOutput>, { kind: 'undo' }>;
  readonly typicalSeconds?: readonly [number, number];
  readonly writersPaused?: boolean;
}

/** A well-behaved step: makes things with names fixed by the config, adopts those that stand, and removes them on undo. */
export function createToyStep(
  world: ToyWorld,
  id: StepId,
  options: ToyOptions = {},
): Step<ToyInput, ToyOutput, ToyConfig> {
  const { after, things = 2, reversal } = options;
  return {
    ...toyRef(id),
    title: `Make the things of ${id}`,
    ...(options.supersedes !== undefined && { supersedes: options.supersedes }),
    ...(options.overtakes !== undefined && { overtakes: options.overtakes }),
    ...(options.typicalSeconds !== undefined && { typicalSeconds: options.typicalSeconds }),
    ...(options.writersPaused !== undefined && { writersPaused: options.writersPaused }),
    reversal: reversal ?? {
      kind: 'undo',
      note: ({ names }) => [`rm -r ${names.join(' ')}`],
      undo: async (io, { names }) => {
        for (const name of names.toReversed()) {
          if (world.find(name) === undefined) continue;
          await io.mutate({ call: 'toy:Remove', key: name }, () => world.remove(name));
        }
      },
    },
    select: (from) => ({
      names: Array.from({ length: things }, (_, index) => `${from.config.prefix}-${id}-${String(index)}`),
      before: after === undefined ? [] : from.outputOf(after).names,
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [`makes ${String(things)} things named ${config.prefix}-${id}`],
      }),
    run: async (io, { names }) => {
      for (const name of names) {
        io.progress({ item: name, done: 0, total: 1, unit: 'items' });
        io.observed(name, world.find(name) === undefined ? 'absent' : 'present');
        if (world.find(name) !== undefined) continue;
        await io.mutate(
          { call: 'toy:Create', key: name },
          () => world.create(name, id),
          () => ({ arn: `toy:${name}` }),
        );
        io.note(`made ${name}`);
      }
      return { names: [...names] };
    },
    verify: (_io, _input, output) => {
      const gone = output.names.filter((name) => world.find(name) === undefined);
      if (gone.length === 0) return Promise.resolve();
      return Promise.reject(new VerifyError('ThingGone', `${gone.join(', ')} is gone`));
    },
  };
}

/** Three steps that build on one another. */
export function toyPath(world: ToyWorld): SealedStep<ToyConfig>[] {
  return [
    seal(createToyStep(world, 'make-one')),
    seal(createToyStep(world, 'make-two', { after: toyRef('make-one'), supersedes: ['make-one'] })),
    seal(createToyStep(world, 'make-three', { things: 1, after: toyRef('make-two') })),
  ];
}
