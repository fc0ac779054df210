import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import type { JournalRecord } from '../../src/journal/record.js';
import { listRuns } from '../../src/journal/runs.js';
import { hasAwsCli, pathWithAwsCli } from '../e2e/aws-cli.js';
import { writeInitSql } from '../e2e/fresh-start.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  type DeployMode,
  type Ended,
  type World,
} from '../e2e/harness.js';
import { countLostWrites, countRows, readSource, readState } from '../e2e/world-state.js';
import type { SourceFacts, WorldState } from '../e2e/world-state.js';
import { say } from '../say.js';
import { chooseKillPoints, findRepeatedSteps, type KillPoint } from './kill-points.js';
import { forgetOldSnapshots } from './forget-old-snapshots.js';
import { listOurs } from './list-ours.js';
import { dealAgain, dealRoundTrips, type RoundTrip } from './round-trips.js';

const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const timeout = 24 * 3_600_000;
const [firstTrip = 1, lastTrip = Infinity] = (process.env['CAMPAIGN_RELAYS'] ?? '1-')
  .split('-')
  .filter(Boolean)
  .map(Number);
const env = { PATH: pathWithAwsCli };
const back = ['rollback', '--yes', '--confirm', 'production-rag-db', '--json'];
const inPlace = ['--confirm', 'production-rag-stack'];
const givenUp = ['--init-sql', 'init.sql', '--confirm', 'production-rag-db'];

interface Story {
  readonly mode: DeployMode;
  readonly words: readonly string[];
}

/** CAMPAIGN_STORY chooses some, by name. */
const stories: Readonly<Record<string, Story>> = {
  'dump-restore': { mode: 'api', words: ['dump-restore'] },
  'dump-restore-template': { mode: 'template', words: ['dump-restore'] },
  snapshot: { mode: 'template', words: ['snapshot'] },
  'snapshot-in-place': { mode: 'template-in-place', words: ['snapshot', ...inPlace] },
  'snapshot-hydrate': { mode: 'command-in-place', words: ['snapshot', ...inPlace] },
  fresh: { mode: 'template', words: ['fresh', ...givenUp] },
  'fresh-in-place': { mode: 'template-in-place', words: ['fresh', ...givenUp] },
};
const chosen = process.env['CAMPAIGN_STORY']?.split(',') ?? Object.keys(stories);

for (const [name, story] of Object.entries(stories).filter(([name]) => chosen.includes(name))) {
  const title = `${name}: killed forwards and backwards`;
  if (story.mode === 'command-in-place' && !hasAwsCli)
    test.skip(`${title}: needs the AWS CLI`, () => undefined);
  else describe(title, { timeout }, () => makeRoundTrips(name, story));
}

/**
 * Each trip begins where the trip before has ended, so what a rollback left behind would be met by the next run; and
 * each begins a new run, so that what it must find is always the same.
 */
function makeRoundTrips(name: string, { mode, words }: Story): void {
  const begin = ['migrate', ...words, '--yes', '--json'];
  let world: World;
  let source: SourceFacts;
  let baseline: WorldState;
  let moved: WorldState;
  let trips: readonly RoundTrip[];
  /** Snapshots and parameter groups that a rollback leaves on purpose. */
  let kept: number;

  beforeAll(async () => {
    world = await createWorld({ mode });
    await writeInitSql(world.project);
    source = await readSource(world);
    expectExit(await world.cli(begin, { env }), 0);
    moved = await readState(world);
    const turn = journalOf(world.project).length;
    expectExit(await world.cli(back, { env }), 0);
    baseline = await readState(world);
    kept = (await listOurs(world)).length;
    trips = deal(dealRoundTrips(journalOf(world.project), turn, seed));
  }, timeout);

  afterAll(() => world.end());

  test('every rollback ends where an undisturbed one does', async () => {
    expect(baseline).toMatchObject({ instances: ['production-rag-db available'], clusters: [] });
    const asked = trips.slice(firstTrip - 1, lastTrip);
    const points = asked.flatMap(({ forwards, backwards }) => [...forwards, ...backwards]);
    say(`${name}: ${asked.length} of ${trips.length} trips, ${points.length} points, CAMPAIGN_SEED=${seed}`);
    const failed: string[] = [];
    const [there, home] = [new Set<KillPoint>(), new Set<KillPoint>()];
    const travel = async (trip: RoundTrip, title: string): Promise<void> => {
      const started = Date.now();
      const killed = { there: [] as KillPoint[], home: [] as KillPoint[] };
      const problem = await makeTrip(trip, killed);
      for (const point of killed.there) there.add(point);
      for (const point of killed.home) home.add(point);
      if (problem !== undefined) failed.push(`${title}: ${problem}`);
      say(
        `${name}: ${title} to ${trip.until ?? 'the end'}: ${killed.there.length} kills of ${trip.forwards.length} there, ` +
          `${killed.home.length} of ${trip.backwards.length} back, ${problem ?? 'ok'} (${Date.now() - started} ms)`,
      );
    };
    const missed = (): [KillPoint[], KillPoint[]] => [
      asked.flatMap(({ forwards }) => forwards.filter((point) => !there.has(point))),
      asked.flatMap(({ backwards }) => backwards.filter((point) => !home.has(point))),
    ];
    // Nothing that comes after a trip that did not come home could be judged.
    for (const [index, trip] of asked.entries())
      if (failed.length === 0) await travel(trip, `trip ${firstTrip + index}`);
    for (const trip of dealAgain(...missed())) if (failed.length === 0) await travel(trip, 'once more');
    say(
      `${name}: killed at ${there.size} points there and ${home.size} back of ${points.length}, ${failed.length} trips failed; not come to: ${missed().flat().join(', ') || 'none'}`,
    );
    expect(failed).toEqual([]);
    // How often a wait sees a new state is up to the clock; everything else is there in every run.
    expect(
      missed()
        .flat()
        .filter((point) => !point.includes('/observed#')),
    ).toEqual([]);
  });

  /** @returns what is not as it must be, in words */
  async function makeTrip(
    trip: RoundTrip,
    killed: { there: KillPoint[]; home: KillPoint[] },
  ): Promise<string | undefined> {
    try {
      const [since, runs] = [(await world.ledger()).length, countRuns()];
      const oursBefore = (await listOurs(world)).length;
      const ended = await goThere(trip, killed.there, runs);
      if (trip.until === undefined) {
        const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
        expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
        expect(await readState(world)).toEqual(moved);
      }
      const wrote = journalOf(world.project).some(
        (record) => 'step' in record && record.step === 'resume-application' && record.type === 'started',
      );
      await goHome(trip, killed.home);
      expect(await readState(world)).toEqual(baseline);
      expect((await listOurs(world)).length - oursBefore).toBeLessThanOrEqual(kept);
      // What was written to the target in between stays there, and the rollback says so.
      if (!wrote) expect(await countLostWrites(world, since)).toBe(0);
      await expectRowsKept();
      await forgetOldSnapshots(world);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async function goThere(trip: RoundTrip, killed: KillPoint[], runs: number): Promise<Ended> {
    for (;;) {
      const hasRun = countRuns() > runs;
      const before = hasRun ? findRepeatedSteps(journal()).length : 0;
      const words = hasRun ? ['resume', '--yes', '--json'] : begin;
      const ended = await world.cli(words, { env: { ...env, ...crashAt(trip.forwards, killed) } });
      const repeats = countRuns() > runs ? findRepeatedSteps(journal()).length : 0;
      expect(repeats - before, 'steps repeated by one resume').toBeLessThanOrEqual(1);
      const point = killedAt(ended, killed);
      if (point === undefined || point === trip.last) return ended;
    }
  }

  async function goHome({ backwards }: RoundTrip, killed: KillPoint[]): Promise<void> {
    for (;;) {
      const ended = await world.cli(back, { env: { ...env, ...crashAt(backwards, killed) } });
      if (killedAt(ended, killed) !== undefined) continue;
      expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
      expect(journal().at(-1)?.type).toBe('rolled-back');
      break;
    }
    const calls = world.sandbox.calls().at(-1)?.seq;
    expectExit(await world.cli(back, { env }), 0);
    expect(mutatingCalls(world, calls), 'calls of a second rollback').toEqual([]);
  }

  async function expectRowsKept(): Promise<void> {
    const { messages, conversations, ...others } = await countRows(source.address);
    const { messages: hadMessages, conversations: hadConversations, ...had } = source.rows;
    expect(others).toEqual(had);
    expect(messages).toBeGreaterThanOrEqual(hadMessages ?? 1);
    expect(conversations).toBeGreaterThanOrEqual(hadConversations ?? 1);
  }

  const journal = (): readonly JournalRecord[] => journalOf(world.project);
  const countRuns = (): number => listRuns(join(world.project, '.rds2aurora')).length;
}

/** Places that were asked for by name are each in a trip that kills no other of its step. */
function deal(trips: readonly RoundTrip[]): readonly RoundTrip[] {
  if (process.env['CAMPAIGN_POINTS'] === undefined) return trips;
  return dealAgain(
    chooseKillPoints(trips.flatMap(({ forwards }) => forwards)),
    chooseKillPoints(trips.flatMap(({ backwards }) => backwards)),
  );
}

const crashAt = (points: readonly KillPoint[], killed: readonly KillPoint[]): Record<string, string> => ({
  RDS2AURORA_CRASH_AT: points.filter((point) => !killed.includes(point)).join(','),
});

/** Notes where the process was killed. Fails when it ended otherwise, and not with success. */
function killedAt(ended: Ended, killed: KillPoint[]): KillPoint | undefined {
  const [, point] = /^killed at (.+)$/m.exec(ended.stderr) ?? [];
  if (ended.signal !== 'SIGKILL' || point === undefined) {
    expectExit(ended, 0);
    return undefined;
  }
  killed.push(point);
  return point;
}
