import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { migrateSchema, planSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { lossSchema } from '../../src/steps/refs.js';
import { askTarget, readSettings, writeInitSql } from './fresh-start.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  untilWrites,
  type World,
} from './harness.js';
import { countRows, readSource, readState, type SourceFacts, type WorldState } from './world-state.js';

const patience = 600_000;
const name = 'production-rag-db';
const migrate = ['migrate', 'fresh', '--init-sql', 'init.sql', '--json'];

describe('fresh, without a stack', { shuffle: false, timeout: patience }, () => {
  let world: World;
  let before: WorldState;
  let source: SourceFacts;
  let settings: Record<string, unknown>;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    await writeInitSql(world.project);
    before = await readState(world);
    source = await readSource(world);
    settings = await readSettings(world);
  }, patience);

  afterAll(() => world.end());

  test('the plan lists what will be lost, and changes nothing', async () => {
    const ended = await world.cli(['plan', 'fresh', '--json']);
    expectExit(ended, 0);
    const { steps, problems } = planSchema.parse(envelopeOf(ended).result);
    expect(problems).toEqual([]);
    const plan = steps.find(({ id }) => id === 'record-loss')?.plan;
    const given = plan?.kind === 'change' ? plan.details?.['givenUp'] : undefined;
    const { databases, lastWrite } = lossSchema.extend({ total: z.unknown() }).parse(given);
    const own = databases.find((one) => one.name === 'ragdb');
    expect(own?.tables).toContainEqual(
      expect.objectContaining({ table: 'public.documents', rows: source.rows['documents'], exact: true }),
    );
    expect(lastWrite).toEqual({ at: null, detail: expect.stringContaining('not known') as unknown });
    expect(mutatingCalls(world)).toEqual([]);
  });

  test.each([
    ['a mere yes', ['--yes']],
    ['another name', ['--confirm', 'production-rag-stack']],
    ['one confirmation for two questions', ['--no-final-snapshot', '--confirm', name]],
  ])('nothing is changed on %s', async (_, words) => {
    expectExit(await world.cli([...migrate, ...words]), 5);
    expect(mutatingCalls(world)).toEqual([]);
    expect(journalOf(world.project)).toEqual([]);
  });

  test('the application is on an empty cluster, the source is gone, and its final snapshot is there', async () => {
    const ended = await world.cli([...migrate, '--confirm', name]);
    expectExit(ended, 0);
    const { comparisons, checks, givenUp } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons).toEqual([]);
    expect(checks.map(({ result }) => result)).toEqual(checks.map(() => 'pass'));
    expect(checks.find(({ check }) => check === 'extensions')?.detail).toContain('vector');
    expect(givenUp).toMatchObject({ finalSnapshot: expect.stringMatching(/^rds2aurora-/) as unknown });
    expect(await readState(world)).toEqual({
      ...before,
      clusters: ['production-rag-cluster available'],
      instances: ['production-rag-instance available'],
      applicationOn: 'production-rag-cluster',
    });
    await untilWrites(world, 3);
    expect(await askTarget(world, `SELECT said FROM seed`)).toEqual([{ said: 'one; two' }]);
    expect(await askTarget(world, `SELECT nspname FROM pg_namespace WHERE nspname ~ '^rds2aurora'`)).toEqual(
      [],
    );
  });

  test('validate agrees, and compares nothing', async () => {
    const ended = await world.cli(['validate', '--json']);
    expectExit(ended, 0);
    expect(JSON.stringify(envelopeOf(ended).result)).not.toContain('match');
  });

  test('rollback makes the source again under its name, with its settings and its data', async () => {
    const ended = await world.cli(['rollback', '--confirm', name, '--json']);
    expectExit(ended, 0);
    expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
    expect(await readState(world)).toEqual(before);
    expect(await readSettings(world)).toEqual(settings);
    const { messages, conversations, ...others } = await countRows(source.address);
    const { messages: _m, conversations: _c, ...had } = source.rows;
    expect(others).toEqual(had);
    expect([messages, conversations].every((count) => (count ?? 0) > 0)).toBe(true);
  });

  test('a second rollback does nothing', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    expectExit(await world.cli(['rollback', '--json']), 0);
    expect(mutatingCalls(world, since)).toEqual([]);
  });
});
