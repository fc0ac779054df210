import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateSchema, planSchema } from '../../src/cli/result-schemas.js';
import {
  copyProject,
  createWorld,
  editConfig,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  runProgram,
  untilWrites,
  type World,
} from './harness.js';
import { expectSourceKept, moved, readSource, readState, type SourceFacts } from './world-state.js';

const patience = 400_000;
const shared = 'arn:aws:rds:us-east-1:999988887777:snapshot:weekly';
const key = 'arn:aws:kms:us-east-1:123456789012:key/5d6b9a1e-3c0f-4f3b-9c1d-0a8d6a7e4f21';
const threeHours = 10_800_000;
const given = ['--snapshot', shared, '--confirm', 'weekly'];
const cluster = { resource: 'db-cluster', identifier: 'production-rag-cluster' };
const stacks = ['production-network-stack CREATE_COMPLETE', 'production-rag-stack CREATE_COMPLETE'];

describe('snapshot, from one that another account shares', { shuffle: false, timeout: patience }, () => {
  let world: World;
  let source: SourceFacts;
  const codesOf = async (...args: string[]): Promise<string[]> => {
    const ended = await world.cli(['plan', 'snapshot', '--snapshot', ...args, '--json']);
    expectExit(ended, 3);
    return planSchema.parse(envelopeOf(ended).result).problems.map(({ code }) => code);
  };

  /** The run ends with that exit code, and can be resumed. */
  async function expectStop(exitCode: number, args: readonly string[], env: Record<string, string> = {}) {
    const ended = await world.cli([...args, '--json'], { env });
    expectExit(ended, exitCode);
    const { error, next } = envelopeOf(ended);
    expect(error).toMatchObject({ step: 'restore-cluster', resumable: true });
    expect(next.join()).toContain('rds2aurora resume production-rag-');
    expect(next.join()).toContain('rds2aurora rollback production-rag-');
    if (error === undefined) throw new Error('no error in the envelope');
    return error;
  }

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    const planted = { instance: 'production-rag-db', ageMs: threeHours } as const;
    await world.sandbox.plantSnapshot({
      ...planted,
      identifier: 'weekly',
      type: 'shared',
      kmsKeyId: 'arn:aws:kms:us-east-1:999988887777:key/1',
    });
    await world.sandbox.plantSnapshot({ ...planted, identifier: 'rds:nightly', type: 'automated' });
    await untilWrites(world, 5);
    source = await readSource(world);
  }, patience);

  afterAll(() => world.end());

  test('what cannot be the start is refused, with what to do', async () => {
    expect(await codesOf(shared)).toEqual(['SnapshotOfOtherInstance', 'SnapshotKeyMissing']);
    expect(await codesOf(shared.replace('us-east-1', 'eu-west-1'))).toEqual(['SnapshotInOtherRegion']);
    expect(await codesOf(shared.replace('weekly', 'monthly'))).toEqual(['SnapshotNotShared']);
    expect(await codesOf('nightly')).toEqual(['SnapshotNotFound']);
    const inPlace = await copyProject(join(world.project, '..', 'in-place'), 'command-in-place');
    const planned = await runProgram(
      inPlace,
      ['plan', 'snapshot', '--snapshot', 'rds:nightly', '--json'],
      world.sandbox.env,
    );
    expectExit(planned, 3);
    expect(planned.stdout).toContain('SnapshotInPlace');
    const refused = await world.cli(['migrate', 'snapshot', '--snapshot', shared, '--yes', '--json']);
    expectExit(refused, 10);
    expect(mutatingCalls(world)).toEqual([]);
    expect(journalOf(world.project)).toEqual([]);
  });

  test('an automated snapshot is used as it is, and its age is told', async () => {
    const ended = await world.cli(['plan', 'snapshot', '--snapshot', 'rds:nightly', '--json']);
    expectExit(ended, 0);
    const { steps } = planSchema.parse(envelopeOf(ended).result);
    const use = steps.find(({ id }) => id === 'use-snapshot')?.plan;
    expect(use).toMatchObject({ kind: 'change', loses: { name: 'rds:nightly' } });
    expect(use).not.toHaveProperty('calls');
    expect(JSON.stringify(use)).toMatch(/automated snapshot rds:nightly .*, 3 hours.* ago/);
  });

  test('a mere yes is not enough: what is lost has to be agreed to by name', async () => {
    await editConfig(world.project, (config) => {
      config.setIn(['source', 'snapshotOf'], 'production-rag-db');
      config.setIn(['source', 'snapshotKmsKey'], key);
    });
    const ended = await world.cli(['migrate', 'snapshot', '--snapshot', shared, '--yes', '--json']);
    expectExit(ended, 5);
    const what = envelopeOf(ended).error?.what ?? '';
    expect(what).toContain('from a snapshot that is 3 hours');
    expect(what).toContain('will not be in production-rag-cluster');
    expect(mutatingCalls(world)).toEqual([]);
  });

  test('a restore that has failed ends the run at once, with what stands and costs', async () => {
    world.sandbox.scriptState({ ...cluster, state: 'incompatible-restore' });
    const { code, what, running } = await expectStop(1, ['migrate', 'snapshot', ...given]);
    expect(code).toBe('ResourceFailed');
    expect(what).toContain('ended in the state incompatible-restore');
    expect(running?.join()).toContain('cluster:production-rag-cluster');
    expect(running?.join()).toMatch(/ACU; about \$[\d.]+ an hour/);
  });

  test.each([
    ['-recoverable', [], 'within 7 days: aws rds start-db-cluster --db-cluster-identifier'],
    ['', ['DeleteDBCluster', 'RestoreDBClusterFromSnapshot'], 'is deleted and made again'],
  ])(
    'a key that RDS cannot use (inaccessible-encryption-credentials%s) ends it in one look, with the way out',
    async (suffix, made, wayOut) => {
      const state = `inaccessible-encryption-credentials${suffix}`;
      world.sandbox.scriptState({ ...cluster, state });
      const since = world.sandbox.calls().at(-1)?.seq ?? 0;
      const { code, what, why, next } = await expectStop(1, ['resume']);
      expect(code).toBe('ResourceFailed');
      expect(what).toContain(`ended in the state ${state}`);
      expect(why).toContain(`RDS cannot use its KMS key ${key}`);
      expect(next.join()).toMatch(/aws kms describe-key.*enable-key.*grant/s);
      expect(next.join()).toContain(wayOut);
      const changes = mutatingCalls(world, since);
      expect(changes.map(({ action }) => action)).toEqual(made);
      const looks = world.sandbox
        .calls()
        .filter(({ action, seq }) => action === 'DescribeDBClusters' && seq > (changes.at(-1)?.seq ?? since));
      // One to adopt what stands, one to see how it is.
      expect(looks.length).toBeLessThanOrEqual(2);
    },
  );

  test.each(['creating', 'dreaming'])(
    'a cluster that stays %s is waited for until the deadline',
    async (state) => {
      world.sandbox.scriptState({ ...cluster, state });
      const { what } = await expectStop(9, ['resume'], { RDS2AURORA_POLL_DEADLINE_MINUTES: '0.02' });
      expect(what).toContain(`cluster production-rag-cluster is still ${state} after 1 seconds`);
      expect(journalOf(world.project)).toContainEqual(expect.objectContaining({ type: 'observed', state }));
    },
  );

  test.each([
    ['expired-token', 'ExpiredToken'],
    ['access-denied', 'AccessDenied'],
  ] as const)('%s in the middle of the wait ends it at once', async (kind, code) => {
    world.sandbox.scriptState({ ...cluster, state: 'creating' });
    world.sandbox.addFault({ service: 'rds', action: 'DescribeDBClusters', kind, nth: 3, times: 0 });
    const error = await expectStop(4, ['resume']);
    expect(error.code).toBe(code);
    expect(error.what).toContain('rds:DescribeDBClusters');
    world.sandbox.clearFaults();
  });

  test('once the cause is gone the run goes on, without the flag, with a cluster made anew', async () => {
    world.sandbox.scriptState({ ...cluster, state: 'migration-failed', once: true });
    const since = world.sandbox.calls().at(-1)?.seq ?? 0;
    await untilWrites(world, 2);
    const ended = await world.cli(['resume', '--json']);
    expectExit(ended, 0);
    const made = mutatingCalls(world, since).map(({ action }) => action);
    expect(made.slice(0, 2)).toEqual(['DeleteDBCluster', 'RestoreDBClusterFromSnapshot']);
    const { comparisons, checks, reports } = migrateSchema.parse(envelopeOf(ended).result);
    const results = new Map(comparisons.map((one) => [one.item, one.result]));
    expect(results.get('rows of public.messages')).toBe('older');
    expect(results.get('rows of public.documents')).toBe('match');
    expect([...results.values()].filter((one) => one !== 'match' && one !== 'older')).toEqual([]);
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(await readState(world)).toEqual({ ...moved, stacks });
    await expectSourceKept(world, source);
    const report = await readFile(reports.find((file) => file.endsWith('.md')) ?? '', 'utf8');
    expect(report).toContain('what was written to us-east-1/production-rag-db between');
    expect(report).toContain('older than the source');
  });

  test('validate agrees, and still says what is older', async () => {
    const ended = await world.cli(['validate', '--json']);
    expectExit(ended, 0);
    expect(ended.stdout).toContain('"older"');
  });

  test('rollback deletes the copy, and neither snapshot that was there', async () => {
    const since = world.sandbox.calls().at(-1)?.seq ?? 0;
    expectExit(await world.cli(['rollback', '--confirm', 'production-rag-db', '--json']), 0);
    const deleted = mutatingCalls(world, since)
      .filter(({ action }) => action === 'DeleteDBSnapshot')
      .map(({ input }) => input['DBSnapshotIdentifier']);
    expect(deleted).toEqual([expect.stringMatching(/^rds2aurora-production-rag-/)]);
    expect(await readState(world)).toEqual({
      clusters: [],
      instances: ['production-rag-db available'],
      applicationOn: 'production-rag-db',
      tasks: '1 of 1',
      stacks,
    });
  });
});
