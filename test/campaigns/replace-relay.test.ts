import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { createWorld, envelopeOf, journalOf, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readState } from '../e2e/world-state.js';
import { around, runThrough } from './run-through.js';

const timeout = 3_600_000;
const stack = 'production-rag-stack';
const stacks = ['production-network-stack CREATE_COMPLETE', `${stack} UPDATE_COMPLETE`];

/** Where a deletion or a stack hangs in the air: around every call, and at the records that say it is done. */
const forwards = [
  ...around(
    'delete-stack/cloudformation:DeleteStack',
    'deploy-from-snapshot/cloudformation:CreateChangeSet',
    'deploy-from-snapshot/cloudformation:ExecuteChangeSet',
    'settle-stack/cloudformation:CreateChangeSet',
    'settle-stack/cloudformation:ExecuteChangeSet',
  ),
  'save-stack/succeeded#1:before-record',
  'delete-stack/succeeded#1:torn-record',
  'deploy-from-snapshot/succeeded#1:before-record',
];
const backwards = [
  ...around(
    'deploy-from-snapshot/cloudformation:DeleteStack',
    'delete-stack/cloudformation:CreateChangeSet',
    'delete-stack/cloudformation:ExecuteChangeSet',
    'delete-stack/sql:ALTER DATABASE default_transaction_read_only',
  ),
  'deploy-from-snapshot/undone#1:torn-record',
  'delete-stack/undone#1:before-record',
];

describe('replacing a stack, killed again and again', { timeout, shuffle: false }, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ mode: 'template-in-place' });
  }, timeout);

  afterAll(() => world.end());

  test('ends as an undisturbed move does', async () => {
    const begin = ['migrate', 'snapshot', '--json', '--confirm', stack];
    const { killed, ended } = await runThrough(world, {
      points: forwards,
      begin,
      goOn: ['resume', '--json'],
    });
    const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    expect(await countLostWrites(world)).toBe(0);
    expect(await readState(world)).toEqual({
      ...moved,
      instances: ['production-rag-instance available'],
      stacks,
    });
    expect(killed).toEqual(expect.arrayContaining(forwards));
  });

  test('is taken back as an undisturbed rollback takes it back', async () => {
    const back = ['rollback', '--json', '--confirm', 'production-rag-db'];
    const { killed, ended } = await runThrough(world, { points: backwards, begin: back, goOn: back });
    expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
    expect(await readState(world)).toEqual({
      ...{ clusters: [], instances: ['production-rag-db available'], tasks: '1 of 1', stacks },
      applicationOn: 'production-rag-db',
    });
    expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
    expect(killed).toEqual(expect.arrayContaining(backwards));
  });
});
