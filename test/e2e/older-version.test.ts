import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planSchema } from '../../src/cli/result-schemas.js';
import { hasServerWithVector, olderMajor, vectorLacks } from '../older-server.js';
import {
  createWorld,
  editConfig,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  type World,
} from './harness.js';
import { chosenEngines, moveThereAndBack } from './move-between-majors.js';
import { runInDatabase, withoutPartitionedIdentity } from './older-target.js';
import { readSource, type SourceFacts } from './world-state.js';

const patience = 600_000;
const name = 'dump-restore from 17.7 to Aurora PostgreSQL 15';

if (hasServerWithVector(olderMajor)) describe(name, { shuffle: false, timeout: patience }, tellStory);
else test.skip(`${name}: ${vectorLacks(olderMajor)}`, () => undefined);

function tellStory(): void {
  let world: World;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    await setVersion('15.17');
    source = await readSource(world);
  }, patience);
  afterAll(() => world.end());

  const setVersion = (version: string): Promise<void> =>
    editConfig(world.project, (config) => {
      config.setIn(['target', 'engineVersion'], version);
    });

  /** The plan and the move itself say the same, and nothing is changed. */
  async function expectRefused(code: string, told: RegExp): Promise<void> {
    const plan = await world.cli(['plan', 'dump-restore', '--json']);
    expectExit(plan, 3);
    expect(plan.stdout).toMatch(told);
    expect(planSchema.parse(envelopeOf(plan).result).problems.map((one) => one.code)).toEqual([code]);
    const move = await world.cli(['migrate', 'dump-restore', '--yes', '--json']);
    expectExit(move, 10);
    expect(move.stdout).toMatch(told);
    expect(mutatingCalls(world)).toEqual([]);
    expect(journalOf(world.project)).toEqual([]);
  }

  test('a table that 15 does not know is refused by the plan, which says what to do', async () => {
    const told = /identity columns of partitioned tables: analytics\.events\.id.*DROP IDENTITY/s;
    await expectRefused('NewerThanTarget', told);
    await runInDatabase(source.address, withoutPartitionedIdentity);
  });

  test('a pgvector newer than that of the target is refused by the plan', async () => {
    await setVersion('15.10');
    await expectRefused(
      'ExtensionTooNew',
      /pgvector is 0\.8\.\d on the source, and Aurora PostgreSQL 15\.10 ships 0\.7\.4/,
    );
    await setVersion('15.17');
  });

  test.each(chosenEngines)('by %s, and back', (engine) =>
    moveThereAndBack(world, engine, { from: '17.7', to: '15.17', source }),
  );
}
