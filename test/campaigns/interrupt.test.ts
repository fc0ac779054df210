import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, envelopeOf, expectExit, journalOf, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readState } from '../e2e/world-state.js';
import { findRepeatedSteps } from './kill-points.js';

const patience = 400_000;
const stacks = ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'];

let world: World;

beforeAll(async () => {
  world = await createWorld({ mode: 'api' });
}, patience);

afterAll(() => world.end());

test(
  'a run that is asked to stop by SIGINT leaves a journal to resume from',
  { timeout: patience },
  async () => {
    const ended = await world.cli(['migrate', 'dump-restore', '--yes', '--json'], {
      started: (child) => {
        const look = setInterval(() => {
          if (!hasStarted('dump-database')) return;
          clearInterval(look);
          child.kill('SIGINT');
        }, 50);
        child.once('exit', () => clearInterval(look));
      },
    });
    expectExit(ended, 130);
    expect(envelopeOf(ended)).toMatchObject({ ok: false, exitCode: 130, error: { resumable: true } });
    const stopped = { type: 'stopped', reason: 'signal', signal: 'SIGINT' };
    expect(journalOf(world.project).at(-1)).toMatchObject(stopped);
    expectExit(await world.cli(['resume', '--yes', '--json']), 0);
    expect(findRepeatedSteps(journalOf(world.project)).length).toBeLessThanOrEqual(1);
    expect(await readState(world)).toEqual({ ...moved, stacks });
    expect(await countLostWrites(world)).toBe(0);
  },
);

function hasStarted(step: string): boolean {
  try {
    return journalOf(world.project).some((record) => record.type === 'started' && record.step === step);
  } catch {
    // A line is just being written, or the folder of the run made.
    return false;
  }
}
