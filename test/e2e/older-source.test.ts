import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, planSchema } from '../../src/cli/result-schemas.js';
import { hasServerWithVector, oldestMajor, vectorLacks } from '../older-server.js';
import { createWorld, editConfig, envelopeOf, expectExit, journalOf, type World } from './harness.js';
import { readServerVersion } from './older-target.js';
import {
  countLostWrites,
  expectSourceKept,
  moved,
  readSource,
  readState,
  type SourceFacts,
} from './world-state.js';

const patience = 600_000;
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const full = process.env['CAMPAIGN'] === 'full';
const engines = ['archive', 'stream'] as const;
/** Each is a whole move and its rollback; the data steps of both are tested with the steps. */
const chosen = full ? engines : engines.filter((_, index) => index === seed % engines.length);
const sourceVersion = `${String(oldestMajor)}.23`;
const name = `dump-restore from ${sourceVersion} to Aurora PostgreSQL 17`;

if (hasServerWithVector(oldestMajor)) describe(name, { shuffle: false, timeout: patience }, tellStory);
else test.skip(`${name}: ${vectorLacks(oldestMajor)}`, () => undefined);

function tellStory(): void {
  let world: World;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api', sourceVersion });
    await editConfig(world.project, (config) => {
      config.setIn(['target', 'engineVersion'], '17.7');
    });
    source = await readSource(world);
  }, patience);
  afterAll(() => world.end());

  test('a snapshot cannot go to another major, and the plan says what can', async () => {
    const plan = await world.cli(['plan', 'snapshot', '--json']);
    expectExit(plan, 3);
    const { problems } = planSchema.parse(envelopeOf(plan).result);
    expect(problems.map(({ code }) => code)).toEqual(['VersionNotRestorable']);
    expect(problems[0]?.fix).toContain('migrate dump-restore');
  });

  test('what a fresh start would lose is told', async () => {
    const plan = await world.cli(['plan', 'fresh', '--json']);
    expectExit(plan, 0);
    expect(JSON.stringify(envelopeOf(plan).result)).toContain('chunks');
  });

  test.each(chosen)('by %s, and back', async (engine) => {
    const since = (await world.ledger()).length;
    const ended = await world.cli(['migrate', 'dump-restore', '--engine', engine, '--yes', '--json']);
    expectExit(ended, 0);
    const { comparisons, checks, downtimeMilliseconds } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(await readServerVersion(world)).toMatch(/^17\./);
    expect(await countLostWrites(world, since)).toBe(0);
    expect((await readState(world)).applicationOn).toBe(moved.applicationOn);
    process.stderr.write(
      `${sourceVersion} to 17 by ${engine} (seed ${seed}): ${comparisons.length} comparisons match, writes lost 0, downtime ${downtimeMilliseconds} ms\n`,
    );
    expectExit(await world.cli(['rollback', '--confirm', 'production-rag-db', '--json']), 0);
    expect(await readServerVersion(world)).toMatch(new RegExp(`^${String(oldestMajor)}\\.`));
    expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
    await expectSourceKept(world, source);
  });
}
