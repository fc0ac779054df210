import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema } from '../../src/cli/result-schemas.js';
import type { JournalRecord } from '../../src/journal/record.js';
import { listRuns } from '../../src/journal/runs.js';
import { createWorld, envelopeOf, expectExit, journalOf, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readSource, readState } from '../e2e/world-state.js';
import {
  findRepeatedSteps,
  listKillPoints,
  samplePoints,
  shufflePoints,
  type KillPoint,
} from './kill-points.js';
import { moveBack, readBeginning, type Beginning } from './move-back.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const sampleSize = 3;
const perCase = 400_000;
const timeout = full ? 24 * 3_600_000 : sampleSize * perCase;
const migrate = ['migrate', 'dump-restore', '--yes', '--json'];
const stacks = ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'];

describe('a run killed by SIGKILL', { timeout }, () => {
  let world: World;
  let beginning: Beginning;
  let undisturbed: readonly JournalRecord[];

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    beginning = await readBeginning(world, await readSource(world));
    expectExit(await world.cli(migrate), 0);
    undisturbed = journalOf(world.project);
    await moveBack(world, beginning);
  }, perCase);

  afterAll(() => world.end());

  test('ends as an undisturbed one does, wherever it was killed', async () => {
    const all = listKillPoints(undisturbed);
    const points = full ? shufflePoints(all, seed) : samplePoints(all, sampleSize, seed);
    say(`kill campaign: ${points.length} of ${all.length} points, CAMPAIGN_SEED=${seed}`);
    const failed: string[] = [];
    for (const [index, point] of points.entries()) {
      const started = Date.now();
      const problem = await tryPoint(world, point);
      if (problem !== undefined) failed.push(`${point}: ${problem}`);
      const result = problem === undefined ? 'ok' : `FAILED ${problem}`;
      say(
        `case ${index + 1} of ${points.length}, killed at ${point}: ${result} (${Date.now() - started} ms)`,
      );
      await moveBack(world, beginning);
    }
    say(`kill campaign: ${points.length - failed.length} of ${points.length} cases ended in the same state`);
    expect(failed).toEqual([]);
  });
});

/** @returns what is not as it must be, in words */
async function tryPoint(world: World, point: KillPoint): Promise<string | undefined> {
  try {
    const since = (await world.ledger()).length;
    const killed = await world.cli(migrate, { env: { RDS2AURORA_CRASH_AT: point } });
    expect(killed.signal, `it was to be killed: ${killed.stdout} ${killed.stderr}`).toBe('SIGKILL');
    const hasRun = listRuns(join(world.project, '.rds2aurora')).length > 0;
    const ended = await world.cli(hasRun ? ['resume', '--yes', '--json'] : migrate);
    expectExit(ended, 0);
    const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    const journal = journalOf(world.project);
    expect(journal.filter(({ type }) => type === 'finished')).toHaveLength(1);
    expect(findRepeatedSteps(journal).length, 'steps repeated').toBeLessThanOrEqual(1);
    expect(await readState(world)).toEqual({ ...moved, stacks });
    expect(await countLostWrites(world, since)).toBe(0);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** At once: a campaign takes hours, and vitest keeps what a test prints until it ends. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
