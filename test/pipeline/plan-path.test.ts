import { expect, test } from 'vitest';
import { BlockedError, type Problem } from '../../src/errors.js';
import { assertNotBlocked, planPath, withDurations } from '../../src/pipeline/plan-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import type { PlanIo, StepPlan } from '../../src/pipeline/step.js';
import { caught, createFakeClock, toyConfig } from './harness.js';
import { createToyStep, createToyWorld, toyRef, type ToyConfig, type ToyOptions } from './toy-steps.js';

const world = createToyWorld();
const problem = (code: string): Problem => ({
  code,
  what: `${code} is wrong`,
  why: 'it is',
  fix: `mend ${code}`,
});

function step(
  id: string,
  options: ToyOptions,
  plan?: (io: PlanIo) => Promise<StepPlan>,
): SealedStep<ToyConfig> {
  return seal({ ...createToyStep(world, id, options), ...(plan && { plan }) });
}

function plan(steps: readonly SealedStep<ToyConfig>[], signal = new AbortController().signal) {
  return planPath({
    path: 'toy',
    steps,
    config: toyConfig,
    runId: 'rag-iiiiii',
    clock: createFakeClock(),
    signal,
  });
}

test('a plan tells what each step would do, how it is taken back, and how long it takes', async () => {
  const satisfied = async (io: PlanIo): Promise<StepPlan> => {
    io.note(`looked for ${io.runId}`);
    return { kind: 'satisfied', because: 'it stands' };
  };
  const result = await plan([
    step('make-one', { typicalSeconds: [10, 20] }),
    step('make-two', { typicalSeconds: [100, 200], writersPaused: true, after: toyRef('make-one') }),
    step('make-three', { typicalSeconds: [1000, 2000], writersPaused: true }, satisfied),
    step('make-four', { reversal: { kind: 'point-of-no-return', because: 'gone is gone' } }),
  ]);
  expect(result).toMatchObject({
    path: 'toy',
    problems: [],
    totalSeconds: [110, 220],
    downtimeSeconds: [100, 200],
  });
  expect(result.steps.map(({ undoNote }) => undoNote)).toEqual([
    ['rm -r toy-make-one-0 toy-make-one-1'],
    [],
    ['rm -r toy-make-three-0 toy-make-three-1'],
    [],
  ]);
  expect(result.steps[2]).toMatchObject({ notes: ['looked for rag-iiiiii'], plan: { because: 'it stands' } });
  expect(result.steps[2]).not.toHaveProperty('typicalSeconds');
  expect(result.steps[3]?.reversal).toEqual({ kind: 'point-of-no-return', because: 'gone is gone' });
  expect(world.changes).toEqual([]);
});

test('all problems of all steps come at once', async () => {
  const blocked =
    (...codes: string[]) =>
    () =>
      Promise.resolve<StepPlan>({ kind: 'blocked', problems: codes.map(problem) });
  const result = await plan([
    step('make-one', {}, blocked('a', 'b')),
    step('make-two', {}),
    step('make-three', {}, blocked('c')),
  ]);
  expect(result.problems.map(({ code }) => code)).toEqual(['a', 'b', 'c']);
  const error = await caught(Promise.resolve().then(() => assertNotBlocked(result)));
  expect(error).toBeInstanceOf(BlockedError);
  expect(error).toMatchObject({
    exitCode: 3,
    message: 'a is wrong (and 2 more)',
    next: ['mend a', 'mend b', 'mend c'],
    changed: false,
  });
  const single = await plan([step('make-one', {}, blocked('a'))]);
  expect(() => assertNotBlocked(single)).toThrow(/^a is wrong$/);
});

test('a plan without problems is not blocked', async () => {
  assertNotBlocked(await plan([step('make-one', {})]));
});

test('Ctrl-C ends planning', async () => {
  const abort = new AbortController();
  const stopping = step('make-one', {}, async () => {
    abort.abort(new Error('stop'));
    return { kind: 'change', effects: [] };
  });
  const error = await caught(plan([stopping, step('make-two', {})], abort.signal));
  expect(error).toMatchObject({ message: 'stop' });
});

test('a note of undo that fails for its own reasons is a bug and is shown as one', async () => {
  const base = createToyStep(world, 'make-one');
  const reversal = { kind: 'undo' as const, note: failNote, undo: () => Promise.resolve() };
  expect(await caught(plan([seal({ ...base, reversal })]))).toMatchObject({ message: 'no such note' });
});

function failNote(): never {
  throw new Error('no such note');
}

test('other times change the sums, but not what is satisfied', async () => {
  const stands = (): Promise<StepPlan> => Promise.resolve({ kind: 'satisfied', because: 'it stands' });
  const fixed = await plan([
    step('make-one', { typicalSeconds: [10, 20] }),
    step('make-two', { typicalSeconds: [100, 200], writersPaused: true }),
    step('make-three', { typicalSeconds: [1000, 2000], writersPaused: true }, stands),
  ]);
  const measured = withDurations(fixed, (id) => (id === 'make-one' ? undefined : [7, 8]));
  expect(measured).toMatchObject({ totalSeconds: [17, 28], downtimeSeconds: [7, 8] });
});
