import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { createWorld, envelopeOf, expectExit, journalOf, type World } from '../e2e/harness.js';
import { countLostWrites, moved, readState } from '../e2e/world-state.js';

const timeout = 3_600_000;
const stack = 'production-rag-stack';
const stacks = ['production-network-stack CREATE_COMPLETE', `${stack} UPDATE_COMPLETE`];
const phases = ['before-call', 'after-call'];
const around = (...calls: readonly string[]) =>
  calls.flatMap((call) => phases.map((phase) => `${call}#1:${phase}`));

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
    const { killed, ended } = await runThrough(world, forwards, begin, ['resume', '--json']);
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
    const { killed, ended } = await runThrough(world, backwards, back, back);
    expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, stopsAt: null });
    expect(await readState(world)).toEqual({
      ...{ clusters: [], instances: ['production-rag-db available'], tasks: '1 of 1', stacks },
      applicationOn: 'production-rag-db',
    });
    expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
    expect(killed).toEqual(expect.arrayContaining(backwards));
  });
});

/** Begins, and goes on after each kill, until a process ends by itself. */
async function runThrough(
  world: World,
  points: readonly string[],
  begin: readonly string[],
  goOn: readonly string[],
) {
  const killed: string[] = [];
  for (;;) {
    const RDS2AURORA_CRASH_AT = points.filter((point) => !killed.includes(point)).join(',');
    const ended = await world.cli(killed.length === 0 ? begin : goOn, { env: { RDS2AURORA_CRASH_AT } });
    const [, point] = /^killed at (.+)$/m.exec(ended.stderr) ?? [];
    if (ended.signal !== 'SIGKILL' || point === undefined) {
      expectExit(ended, 0);
      process.stderr.write(`replace relay: ${killed.length} of ${points.length} points killed at\n`);
      return { killed, ended };
    }
    killed.push(point);
    process.stderr.write(`killed at ${point}\n`);
  }
}
