import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  type DeployMode,
  type World,
} from '../e2e/harness.js';
import { countLostWrites, expectSourceKept, moved, readSource, readState } from '../e2e/world-state.js';
import type { SourceFacts, WorldState } from '../e2e/world-state.js';
import { listOurs } from './list-ours.js';

const patience = 600_000;

interface Story {
  readonly mode: DeployMode;
  readonly kills: readonly string[];
  /** Snapshots and parameter groups that the run makes. */
  readonly made: number;
}

describeRollback('by a template', {
  mode: 'template',
  kills: [
    'prepare-stack/cloudformation:ExecuteChangeSet#1:after-call',
    'take-snapshot/rds:CreateDBSnapshot#1:after-call',
    'bring-into-stack/cloudformation:ExecuteChangeSet#1:after-call',
  ],
  made: 1,
});

describeRollback('by the RDS API alone', {
  mode: 'api',
  kills: [
    'carry-parameters/rds:CreateDBClusterParameterGroup#1:after-call',
    'restore-cluster/rds:RestoreDBClusterFromSnapshot#1:after-call',
    'lift-read-only/sql:ALTER DATABASE default_transaction_read_only#1:after-call',
  ],
  made: 2,
});

function describeRollback(name: string, { mode, kills, made }: Story): void {
  describe(`snapshot, beside the source, ${name}`, { shuffle: false, timeout: patience }, () => {
    let world: World;
    let before: WorldState;
    let source: SourceFacts;

    beforeAll(async () => {
      world = await createWorld({ mode });
      before = await readState(world);
      source = await readSource(world);
    }, patience);

    afterAll(() => world.end());

    test('a run that is killed is resumed to its end, and nothing is made twice', async () => {
      let words = ['migrate', 'snapshot', '--yes', '--json'];
      for (const point of kills) {
        const killed = await world.cli(words, { env: { RDS2AURORA_CRASH_AT: point } });
        expect(killed.signal, `${point}\n${killed.stdout}\n${killed.stderr}`).toBe('SIGKILL');
        words = ['resume', '--yes', '--json'];
      }
      const ended = await world.cli(words);
      expectExit(ended, 0);
      const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
      expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
      expect(await readState(world)).toMatchObject(moved);
      expect(await countLostWrites(world)).toBe(0);
      expect(await listOurs(world)).toHaveLength(made);
    });

    test('rollback gives the application its source back and leaves nothing of the run behind', async () => {
      const ended = await world.cli(['rollback', '--yes', '--confirm', 'production-rag-db', '--json']);
      expectExit(ended, 0);
      expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
      expect(await readState(world)).toEqual(before);
      expect(await listOurs(world)).toEqual([]);
      await expectSourceKept(world, source);
      expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
    });
  });
}

describe('rollback of a run that was killed', { shuffle: false, timeout: patience }, () => {
  let world: World;
  let before: WorldState;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode: 'template' });
    before = await readState(world);
    source = await readSource(world);
  }, patience);

  afterAll(() => world.end());

  test.each([
    'prepare-stack/cloudformation:CreateChangeSet#1:after-call',
    'pause-writers/ecs:UpdateService#1:after-call',
    'take-snapshot/rds:CreateDBSnapshot#1:after-call',
    'restore-cluster/rds:RestoreDBClusterFromSnapshot#1:after-call',
    'create-writer/rds:CreateDBInstance#1:after-call',
    'bring-into-stack/cloudformation:ExecuteChangeSet#1:after-call',
    'bring-into-stack/cloudformation:ExecuteChangeSet#2:after-call',
    'switch-secret/secretsmanager:PutSecretValue#1:after-call',
  ])('at %s leaves the account as it was', async (point) => {
    const killed = await world.cli(['migrate', 'snapshot', '--yes'], { env: { RDS2AURORA_CRASH_AT: point } });
    expect(killed.signal, `${killed.stdout}\n${killed.stderr}`).toBe('SIGKILL');
    const ended = await world.cli(['rollback', '--yes', '--confirm', 'production-rag-db', '--json']);
    expectExit(ended, 0);
    expect(await readState(world)).toEqual(before);
    expect(await listOurs(world)).toEqual([]);
    await expectSourceKept(world, source);
    expect(await countLostWrites(world)).toBe(0);
  });
});
