import type { OpenRun, RunDeps } from '../../src/journal/run.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import type { RunContext } from '../../src/pipeline/session.js';
import type { StepIo } from '../../src/pipeline/step.js';
import { contextFor, createToyRun, runDeps, withOpenRun } from './harness.js';
import { createToyStep, toyPath, toyRef, type ToyConfig, type ToyWorld } from './toy-steps.js';

export type Steps = readonly SealedStep<ToyConfig>[];
export type More = Partial<RunContext<ToyConfig>>;

/** Starts a run and closes it, however it ends. */
export async function start(root: string, steps: Steps, more: More = {}, deps: Partial<RunDeps> = {}) {
  const run = createToyRun(runDeps(root, deps), steps);
  return finish(run, steps, more);
}

export function resume(root: string, steps: Steps, more: More = {}) {
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
export function pathWith(world: ToyWorld, act: (io: StepIo) => Promise<void>): Steps {
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

export const failWith = (error: unknown) => () =>
  Promise.reject(error instanceof Error ? error : new Error());
