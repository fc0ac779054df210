import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema } from '../../src/cli/result-schemas.js';
import type { JournalRecord } from '../../src/journal/record.js';
import { listRuns } from '../../src/journal/runs.js';
import { createWorld, envelopeOf, expectExit, journalOf, type Ended, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readSource, readState } from '../e2e/world-state.js';
import { say } from '../say.js';
import {
  chooseKillPoints,
  dealRelays,
  findRepeatedSteps,
  listKillPoints,
  type KillPoint,
} from './kill-points.js';
import { moveBack, readBeginning, type Beginning } from './move-back.js';
import { sampleEvenly } from './sample-evenly.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const sampleSize = 4;
const perRelay = 30;
/** `3-5` runs those relays of the seed alone. */
const [firstRelay = 1, lastRelay = Infinity] = (process.env['CAMPAIGN_RELAYS'] ?? '1-')
  .split('-')
  .filter(Boolean)
  .map(Number);
const timeout = full ? 24 * 3_600_000 : 900_000;
/** `npm test` takes a sample of the first; CAMPAIGN_PATH asks for others. */
const paths = (
  process.env['CAMPAIGN_PATH'] ??
  (full ? 'dump-restore,dump-restore --engine=stream,snapshot' : 'dump-restore')
).split(',');
const stacks = ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'];

/**
 * A relay: one run that is killed at each of its points, in the order in which it comes to them, and resumed after
 * each. Every resume therefore starts from what the kill before left, and one that left something else behind would
 * show at the end, where the whole account is compared.
 */
describe.each(paths)('a run of migrate %s killed by SIGKILL', { timeout }, (path) => {
  const migrate = ['migrate', ...path.split(' '), '--yes', '--json'];
  let world: World;
  let beginning: Beginning;
  let undisturbed: readonly JournalRecord[];

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    beginning = await readBeginning(world, await readSource(world));
    expectExit(await world.cli(migrate), 0);
    undisturbed = journalOf(world.project);
  }, timeout);

  afterAll(() => world.end());

  test('ends as an undisturbed one does, wherever it was killed', async () => {
    const all = chooseKillPoints(listKillPoints(undisturbed));
    const dealt = dealRelays(full ? all : sampleEvenly(all, sampleSize, seed), perRelay, seed);
    const relays = dealt.slice(firstRelay - 1, lastRelay);
    const points = relays.flat();
    say(`kill campaign of ${path}: ${points.length} of ${all.length} points, CAMPAIGN_SEED=${seed}`);
    const [killedAt, failed] = [new Set<KillPoint>(), [] as string[]];
    const run = async (relay: readonly KillPoint[], title: string): Promise<void> => {
      await moveBack(world, beginning);
      const started = Date.now();
      const { killed, problem } = await tryRelay(world, migrate, relay);
      for (const point of killed) killedAt.add(point);
      if (problem !== undefined) failed.push(`killed at ${killed.join(', ')}: ${problem}`);
      say(`${title}: ${killed.length} kills, ${problem ?? 'ok'} (${Date.now() - started} ms)`);
    };
    for (const [index, relay] of relays.entries())
      await run(relay, `relay ${firstRelay + index} of ${dealt.length}`);
    // A call that a kill has carried out already is not made again: such points need a run that comes there first.
    for (const point of points.filter((one) => !killedAt.has(one))) await run([point], `alone, ${point}`);
    const missed = points.filter((point) => !killedAt.has(point));
    say(
      `kill campaign of ${path}: ${killedAt.size} of ${points.length} points killed at and resumed from, ${failed.length} runs failed`,
    );
    expect(failed).toEqual([]);
    // How often a wait sees a new state is up to the clock; everything else is there in every run.
    expect(missed.filter((point) => !point.includes('/observed#'))).toEqual([]);
  });
});

/** @returns where it was killed, and what is not as it must be, in words */
async function tryRelay(
  world: World,
  migrate: readonly string[],
  relay: readonly KillPoint[],
): Promise<{ killed: KillPoint[]; problem?: string }> {
  const killed: KillPoint[] = [];
  try {
    const since = (await world.ledger()).length;
    const ended = await runThrough(world, migrate, relay, killed);
    const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    const journal = journalOf(world.project);
    expect(journal.filter(({ type }) => type === 'finished')).toHaveLength(1);
    expect(await readState(world)).toEqual({ ...moved, stacks });
    expect(await countLostWrites(world, since)).toBe(0);
    return { killed };
  } catch (error) {
    return { killed, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs, and resumes after each kill, until the run ends by itself. */
async function runThrough(
  world: World,
  migrate: readonly string[],
  relay: readonly KillPoint[],
  killed: KillPoint[],
): Promise<Ended> {
  for (;;) {
    const before = readRepeats(world);
    const RDS2AURORA_CRASH_AT = relay.filter((point) => !killed.includes(point)).join(',');
    const ended = await world.cli(hasRun(world) ? ['resume', '--yes', '--json'] : migrate, {
      env: { RDS2AURORA_CRASH_AT },
    });
    expect(readRepeats(world) - before, 'steps repeated by one resume').toBeLessThanOrEqual(1);
    if (ended.signal !== 'SIGKILL') {
      expectExit(ended, 0);
      return ended;
    }
    const [, point] = /^killed at (.+)$/m.exec(ended.stderr) ?? [];
    expect(relay, ended.stderr).toContain(point);
    killed.push(point!);
  }
}

const hasRun = (world: World): boolean => listRuns(join(world.project, '.rds2aurora')).length > 0;

const readRepeats = (world: World): number =>
  hasRun(world) ? findRepeatedSteps(journalOf(world.project)).length : 0;
