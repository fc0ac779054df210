import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { hasAwsCli, pathWithAwsCli } from '../e2e/aws-cli.js';
import { askTarget, writeInitSql } from '../e2e/fresh-start.js';
import { createWorld, envelopeOf, expectExit, mutatingCalls, untilWrites } from '../e2e/harness.js';
import type { DeployMode, World } from '../e2e/harness.js';
import { countRows, readSource, readState, type SourceFacts, type WorldState } from '../e2e/world-state.js';

/** Stacks are deleted and made, and the AWS CLI looks at one every 30 seconds. */
const patience = 900_000;
const name = 'production-rag-db';
const stack = 'production-rag-stack';
const migrate = ['migrate', 'fresh', '--init-sql', 'init.sql', '--confirm', name, '--json'];

interface Story {
  readonly mode: DeployMode;
  /** Killed at each, and resumed. */
  readonly kills: readonly string[];
  /** The old stack goes, and a new one of its name takes its place. */
  readonly inPlace: boolean;
  readonly words?: readonly string[];
}

const ofInitSql = ['run-init-sql/sql:init-sql#1:before-call', 'run-init-sql/sql:init-sql#1:after-call'];

describeFresh('beside the old stack, by a template', {
  mode: 'template',
  kills: [
    'take-snapshot/rds:CreateDBSnapshot#1:after-call',
    ...ofInitSql,
    'give-up-source/rds:DeleteDBInstance#1:after-call',
  ],
  inPlace: false,
});

describeFresh('in place, by a template', {
  mode: 'template-in-place',
  kills: ['delete-stack/cloudformation:DeleteStack#1:after-call', ...ofInitSql],
  inPlace: true,
});

if (hasAwsCli)
  describeFresh('in place, by deploy.sh production us-east-1', {
    mode: 'command-in-place',
    kills: [],
    inPlace: true,
  });
else test.skip('fresh in place, by deploy.sh: needs the AWS CLI', () => undefined);

const schemaOnly = ['migrate', 'fresh', '--schema-only', '--confirm', name, '--json'];

describeFresh('without a stack, the schema of the source carried over', {
  mode: 'api',
  kills: ['restore-database/pg_restore pre-data#1:after-call'],
  inPlace: false,
  words: schemaOnly,
});

describeFresh('in place, the schema taken out of the snapshot', {
  mode: 'template-in-place',
  kills: [],
  inPlace: true,
  words: schemaOnly,
});

function describeFresh(title: string, { mode, kills, inPlace, words = migrate }: Story): void {
  describe(`fresh, ${title}`, { shuffle: false, timeout: patience }, () => {
    let world: World;
    let before: WorldState;
    let source: SourceFacts;
    const env = { PATH: pathWithAwsCli };

    beforeAll(async () => {
      world = await createWorld({ mode });
      await writeInitSql(world.project);
      before = await readState(world);
      source = await readSource(world);
    }, patience);

    afterAll(() => world.end());

    test('ends on an empty cluster, also when it is killed on the way', async () => {
      let next = words;
      for (const point of kills) {
        const killed = await world.cli(next, { env: { ...env, RDS2AURORA_CRASH_AT: point } });
        expect(killed.signal, `${point}\n${killed.stdout}\n${killed.stderr}`).toBe('SIGKILL');
        next = ['resume', '--json'];
      }
      const ended = await world.cli(next, { env });
      expectExit(ended, 0);
      const { checks, comparisons, givenUp } = migrateSchema.parse(envelopeOf(ended).result);
      expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
      expect(comparisons.filter(({ item }) => item.startsWith('rows of'))).toEqual([]);
      expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
      expect(givenUp?.finalSnapshot).toMatch(/^rds2aurora-/);
      const { clusters, instances, applicationOn } = await readState(world);
      expect({ clusters, instances, applicationOn }).toEqual({
        clusters: ['production-rag-cluster available'],
        instances: ['production-rag-instance available'],
        applicationOn: 'production-rag-cluster',
      });
      await untilWrites(world, 3);
      expect(await askTarget(world, 'SELECT count(*)::int AS rows FROM documents')).toEqual([{ rows: 0 }]);
      if (words === migrate)
        expect(await askTarget(world, 'SELECT said FROM seed')).toEqual([{ said: 'one; two' }]);
    });

    test('rollback brings the source back with its data, and once more does nothing', async () => {
      const ended = await world.cli(['rollback', '--confirm', name, '--json'], { env });
      expectExit(ended, 0);
      expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
      const after = await readState(world);
      const stacks = before.stacks.map((one) =>
        inPlace && one.startsWith(stack) ? `${stack} UPDATE_COMPLETE` : one,
      );
      expect(after).toEqual({ ...before, stacks });
      const { messages, conversations, ...others } = await countRows(source.address);
      const { messages: hadMessages, conversations: _, ...had } = source.rows;
      expect(others).toEqual(had);
      expect(messages).toBeGreaterThanOrEqual(hadMessages ?? 1);
      expect(conversations).toBeGreaterThan(0);
      const since = world.sandbox.calls().at(-1)?.seq;
      expectExit(await world.cli(['rollback', '--json'], { env }), 0);
      expect(mutatingCalls(world, since)).toEqual([]);
    });
  });
}

describe('fresh, without a final snapshot', { shuffle: false, timeout: patience }, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    await writeInitSql(world.project);
  }, patience);

  afterAll(() => world.end());

  test('takes none, says so beforehand, and rollback stops where there is no way back', async () => {
    const words = [...migrate, '--no-final-snapshot', '--confirm-data-loss', name];
    const plan = await world.cli(['plan', 'fresh', '--no-final-snapshot']);
    expect(plan.stdout).toContain('no way back');
    expect(plan.stdout).toContain('NO final snapshot is taken');
    const ended = await world.cli(words);
    expectExit(ended, 0);
    expect(migrateSchema.parse(envelopeOf(ended).result).givenUp?.finalSnapshot).toBeNull();
    expect(world.sandbox.calls().map(({ action }) => action)).not.toContain('CreateDBSnapshot');
    const back = await world.cli(['rollback', '--dry-run', '--json']);
    expectExit(back, 0);
    expect(rollbackSchema.parse(envelopeOf(back).result).stopsAt?.id).toBe('give-up-source');
  });
});
