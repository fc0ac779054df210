import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planSchema } from '../../src/cli/result-schemas.js';
import { createWorld, envelopeOf, expectExit, journalOf, type Ended, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readState } from '../e2e/world-state.js';
import { say } from '../say.js';
import { findRepeatedSteps } from './kill-points.js';
import { sampleEvenly } from './sample-evenly.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const sampleSize = 3;
const patience = 900_000;
const stacks = ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'];
const path = ['dump-restore', '--yes', '--json'];

let world: World;

beforeAll(async () => {
  world = await createWorld({ mode: 'api' });
}, patience);

afterAll(() => world.end());

test(
  'a run that is asked to stop by SIGINT in one step after the other leaves a journal to resume from each time',
  { timeout: patience },
  async () => {
    const steps = await listSteps();
    const asked = full ? steps : sampleEvenly(steps, sampleSize, seed);
    say(`SIGINT in ${asked.length} of ${steps.length} steps of dump-restore, CAMPAIGN_SEED=${seed}`);
    let stopped = 0;
    for (const step of asked) {
      const before = countRepeats();
      const ended = await goOn((child) => interruptIn(step, child));
      expect(countRepeats() - before, 'steps repeated by one resume').toBeLessThanOrEqual(1);
      // A signal that comes when the last step is done stops nothing any more.
      if (ended.exitCode === 0 && step === steps.at(-1)) continue;
      expectStopped(ended);
      stopped += 1;
    }
    expectExit(await goOn(), 0);
    expect(journalOf(world.project).filter(({ type }) => type === 'stopped')).toHaveLength(stopped);
    expect(await readState(world)).toEqual({ ...moved, stacks });
    expect(await countLostWrites(world)).toBe(0);
    say(`SIGINT: stopped ${stopped} times and resumed, writes lost 0`);
  },
);

/** As the plan has them; a plan changes nothing. */
async function listSteps(): Promise<string[]> {
  const { result } = envelopeOf(await world.cli(['plan', ...path.filter((word) => word !== '--yes')]));
  return planSchema.parse(result).steps.map(({ id }) => id);
}

function goOn(started?: (child: ChildProcess) => void): Promise<Ended> {
  const words = journal().length === 0 ? ['migrate', ...path] : ['resume', '--yes', '--json'];
  return world.cli(words, started === undefined ? {} : { started });
}

function expectStopped(ended: Ended): void {
  expectExit(ended, 130);
  expect(envelopeOf(ended)).toMatchObject({ ok: false, exitCode: 130, error: { resumable: true } });
  const record = { type: 'stopped', reason: 'signal', signal: 'SIGINT' };
  expect(journalOf(world.project).at(-1)).toMatchObject(record);
}

function interruptIn(step: string, child: ChildProcess): void {
  const look = setInterval(() => {
    if (!journal().some((record) => record.type === 'started' && record.step === step)) return;
    clearInterval(look);
    child.kill('SIGINT');
  }, 50);
  child.once('exit', () => clearInterval(look));
}

const countRepeats = (): number => findRepeatedSteps(journal()).length;

/** Empty also while its last line is being written. */
function journal(): ReturnType<typeof journalOf> {
  try {
    return journalOf(world.project);
  } catch {
    return [];
  }
}
