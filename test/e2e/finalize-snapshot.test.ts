import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { finalizeSchema, validateSchema } from '../../src/cli/result-schemas.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  until,
  untilWrites,
  type World,
} from './harness.js';
import { countLostWrites, moved, readState } from './world-state.js';

const patience = 400_000;
const confirmed = ['finalize', '--now', '--confirm', 'production-rag-db', '--json'];
const target = 'production-rag-aurora-stack';

describe('finalize after a snapshot beside the source', { shuffle: false, timeout: patience }, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ mode: 'template' });
    expectExit(await world.cli(['migrate', 'snapshot', '--yes', '--json']), 0);
  }, patience);

  afterAll(() => world.end());

  test('killed around each of its calls, it ends the source alone, once', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const points = ['take-last-snapshot/rds:CreateDBSnapshot', 'delete-source/rds:DeleteDBInstance'];
    for (const point of points)
      for (const phase of ['before-call', 'after-call']) {
        const killed = await world.cli(confirmed, {
          env: { RDS2AURORA_CRASH_AT: `${point}#1:${phase}` },
        });
        expect(killed.signal, `${point} ${phase}: ${killed.stdout}${killed.stderr}`).toBe('SIGKILL');
      }
    const ended = await world.cli(confirmed);
    expectExit(ended, 0);
    expect(finalizeSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true, ending: 'instance' });
    expect(journalOf(world.project).at(-1)?.type).toBe('finalized');
    const made = mutatingCalls(world, since).map(({ action }) => action);
    expect(made.filter((action) => action === 'DeleteDBInstance')).toHaveLength(1);
    expect(made.filter((action) => action === 'CreateDBSnapshot')).toHaveLength(1);
  });

  test('the target is as it was, in its stack, and the application writes on', async () => {
    expect(await readState(world)).toMatchObject({
      ...moved,
      instances: ['production-rag-instance available'],
    });
    await untilWrites(world, 3);
    expect(await countLostWrites(world)).toBe(0);
    expect(await detectDrift(world)).toBe('IN_SYNC');
  });

  test('both snapshots are left: the one that the target was made from, and the last one', async () => {
    const { DBSnapshots } = z
      .object({ DBSnapshots: z.array(z.object({ DBSnapshotIdentifier: z.string(), Status: z.string() })) })
      .parse(await world.sandbox.call('rds', 'DescribeDBSnapshots', {}));
    expect(DBSnapshots.map(({ Status }) => Status)).toEqual(['available', 'available']);
    expect(DBSnapshots.filter((one) => one.DBSnapshotIdentifier.endsWith('-last'))).toHaveLength(1);
  });

  test('validate still holds the target against what the run found on the source', async () => {
    const ended = await world.cli(['validate', '--json']);
    expectExit(ended, 0);
    const { checks, comparisons } = validateSchema.parse(envelopeOf(ended).result);
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(comparisons.map(({ item }) => item)).toContain('rows of public.documents');
    expect(comparisons.filter(({ result }) => result === 'differ')).toEqual([]);
  });
});

async function detectDrift({ sandbox: { call } }: World): Promise<string> {
  const { StackDriftDetectionId } = z
    .object({ StackDriftDetectionId: z.string() })
    .parse(await call('cloudformation', 'DetectStackDrift', { StackName: target }));
  const status = z.object({ DetectionStatus: z.string(), StackDriftStatus: z.string().optional() });
  const read = async () =>
    status.parse(
      await call('cloudformation', 'DescribeStackDriftDetectionStatus', { StackDriftDetectionId }),
    );
  await until('the drift detection', async () => (await read()).DetectionStatus === 'DETECTION_COMPLETE');
  return (await read()).StackDriftStatus ?? 'unknown';
}
