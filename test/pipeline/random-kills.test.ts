import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CrashPhase } from '../../src/journal/crash-point.js';
import { realFiles, type Files } from '../../src/journal/files.js';
import { openRun, type OpenRun } from '../../src/journal/run.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { undoPath } from '../../src/pipeline/undo-path.js';
import { contextFor, createToyRun, runDeps, temporaryFolder } from './harness.js';
import { createToyStep, createToyWorld, toyRef, type ToyConfig, type ToyWorld } from './toy-steps.js';

const seeds = process.env['CAMPAIGN'] === 'full' ? 5_000 : 40;

/** The order of records is under test here and not the disk. */
const fastFiles: Files = { ...realFiles, fsyncSync: () => undefined };

/** A kill in this process: from that point on, nothing the run does reaches the world or the file. */
class Killed extends Error {}

interface Kill {
  readonly phase: CrashPhase;
  /** How many such points to let pass in this session. */
  readonly after: number;
}

const kill: fc.Arbitrary<Kill> = fc.record({
  phase: fc.constantFrom<CrashPhase>(
    'before-record',
    'torn-record',
    'after-write',
    'after-fsync',
    'before-call',
    'after-call',
  ),
  after: fc.nat({ max: 12 }),
});

function pathOf(world: ToyWorld, sizes: readonly number[]): SealedStep<ToyConfig>[] {
  return sizes.map((things, index) =>
    seal(
      createToyStep(world, `make-${index}`, {
        things,
        ...(index > 0 && { after: toyRef(`make-${index - 1}`) }),
        ...(index > 1 && { supersedes: [`make-${index - 2}`] }),
      }),
    ),
  );
}

/** Works on the run until it ends or is killed; true when it ended. */
async function session(
  root: string,
  open: (deps: ReturnType<typeof runDeps>) => OpenRun,
  steps: SealedStep<ToyConfig>[],
  verb: 'run' | 'undo',
  fate: Kill | undefined,
): Promise<boolean> {
  let left = fate?.after ?? 0;
  let dead = false;
  const crashPoint = (phase: CrashPhase, _n: number, _place: string, prepare?: () => void): void => {
    if (dead) throw new Killed();
    if (phase !== fate?.phase) return;
    left -= 1;
    if (left >= 0) return;
    prepare?.();
    dead = true;
    throw new Killed();
  };
  const deps = runDeps(root, { files: fastFiles, probe: () => 'dead' as const });
  const run = open({ ...deps, crashPoint });
  try {
    const { context } = contextFor(run, steps, { crashPoint });
    await (verb === 'run' ? runPath(context) : undoPath(context));
    return true;
  } catch (error) {
    if (error instanceof Killed || (error instanceof Error && error.cause instanceof Killed)) return false;
    throw error;
  } finally {
    run.journal.close();
  }
}

test(
  'killed any number of times anywhere, a run ends as if undisturbed, and so does its rollback',
  { timeout: 900_000 },
  async () => {
    let killed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        fc.array(kill, { maxLength: 5 }),
        fc.array(kill, { maxLength: 3 }),
        async (sizes, kills, undoKills) => {
          const root = temporaryFolder();
          const world = createToyWorld();
          const steps = pathOf(world, sizes);
          createToyRun(runDeps(root, { files: fastFiles }), steps).close();
          const open = (deps: ReturnType<typeof runDeps>): OpenRun => openRun(deps);

          for (const fate of kills) if (!(await session(root, open, steps, 'run', fate))) killed += 1;
          await session(root, open, steps, 'run', undefined);
          const made = sizes.flatMap((things, step) =>
            Array.from({ length: things }, (_, n) => `create toy-make-${step}-${n}`),
          );
          expect(world.changes).toEqual(made);

          for (const fate of undoKills) if (!(await session(root, open, steps, 'undo', fate))) killed += 1;
          await session(root, open, steps, 'undo', undefined);
          expect(world.names()).toEqual([]);
          expect(world.changes).toHaveLength(2 * made.length);
          rmSync(root, { recursive: true });
        },
      ),
      { numRuns: seeds },
    );
    // Kills that come too late find the run finished; most must not.
    expect(killed).toBeGreaterThan(seeds);
  },
);
