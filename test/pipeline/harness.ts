import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRun, openRun, type OpenRun, type RunDeps } from '../../src/journal/run.js';
import type { Clock } from '../../src/pipeline/clock.js';
import type { PipelineEvent } from '../../src/pipeline/events.js';
import type { SealedStep } from '../../src/pipeline/seal.js';
import type { RunContext } from '../../src/pipeline/session.js';
import type { ToyConfig } from './toy-steps.js';

/** A folder of this test alone, removed after it; in memory where the system offers that, for an fsync may take long. */
export function temporaryFolder(): string {
  const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(place, 'rds2aurora-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Time that moves a second with each look, and not otherwise; sleeping moves it on at once. */
export function createFakeClock(): Clock {
  let ms = Date.UTC(2026, 0, 1);
  return {
    now: () => new Date((ms += 1000)),
    monotonicMs: () => (ms += 1000),
    sleep: (duration, signal) => {
      signal.throwIfAborted();
      ms += duration;
      return Promise.resolve();
    },
  };
}

export function runDeps(root: string, more: Partial<RunDeps> = {}): RunDeps {
  const clock = createFakeClock();
  return { root, command: 'rds2aurora test', toolVersion: '0.1.0', now: () => clock.now(), ...more };
}

export const toyConfig: ToyConfig = { prefix: 'toy' };

export function createToyRun(
  deps: RunDeps,
  steps: readonly SealedStep<ToyConfig>[],
  config = toyConfig,
): OpenRun {
  const plan = { name: 'rag', path: 'toy', steps, config, source: 'here/source', target: 'there' };
  return createRun(deps, plan, () => 0.5);
}

export interface Played {
  readonly events: PipelineEvent[];
  readonly context: RunContext<ToyConfig>;
}

export function contextFor(
  run: OpenRun,
  steps: readonly SealedStep<ToyConfig>[],
  more: Partial<RunContext<ToyConfig>> = {},
): Played {
  const events: PipelineEvent[] = [];
  const context = {
    ...{ run, steps, config: toyConfig, clock: createFakeClock(), signal: new AbortController().signal },
    emit: (event: PipelineEvent) => {
      events.push(event);
    },
    ...more,
  };
  return { events, context };
}

/** Opens a run, lets `use` have it, and closes it in every case. */
export async function withOpenRun<T>(
  deps: RunDeps,
  use: (run: OpenRun) => Promise<T>,
  wanted?: string,
): Promise<T> {
  const run = openRun(deps, wanted);
  try {
    return await use(run);
  } finally {
    run.close();
  }
}

/** What `work` rejects with. */
export async function caught(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    () => ({ error: undefined, failed: false }),
    (error: unknown) => ({ error, failed: true }),
  );
  if (!outcome.failed) throw new Error('nothing was thrown');
  return outcome.error;
}
