import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planSchema } from '../../src/cli/result-schemas.js';
import { hasServerWithVector, oldestMajor, vectorLacks } from '../older-server.js';
import { createWorld, editConfig, envelopeOf, expectExit, type World } from './harness.js';
import { chosenEngines, moveThereAndBack } from './move-between-majors.js';
import { readSource, type SourceFacts } from './world-state.js';

const patience = 600_000;
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

  test.each(chosenEngines)('by %s, and back', (engine) =>
    moveThereAndBack(world, engine, { from: sourceVersion, to: '17.7', source }),
  );
}
