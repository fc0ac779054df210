import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { finalizeSchema, statusSchema } from '../../src/cli/result-schemas.js';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  until,
  untilWrites,
  type Ended,
  type World,
} from './harness.js';
import { countLostWrites, moved, readSource, readState, type SourceFacts } from './world-state.js';

const patience = 400_000;
const confirmed = ['--confirm', 'production-rag-db', '--json'];

describe('finalize, where the old stack owns the application too', { timeout: patience }, () => {
  let world: World;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    source = await readSource(world);
    expectExit(await world.cli(['migrate', 'dump-restore', '--yes', '--json']), 0);
  }, patience);

  afterAll(() => world.end());

  async function refusal(args: readonly string[]): Promise<{ ended: Ended; code: string; what: string }> {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['finalize', ...args, ...(args.includes('--json') ? [] : confirmed)]);
    expect(mutatingCalls(world, since)).toEqual([]);
    const { error } = envelopeOf(ended);
    return { ended, code: error?.code ?? '', what: error?.what ?? '' };
  }

  test('is refused while the soak lasts, and says how long', async () => {
    const { ended, code, what } = await refusal([]);
    expectExit(ended, 10);
    expect(code).toBe('SoakNotOver');
    expect(what).toMatch(/167 h \d+ min are left/);
  });

  test('wants the name of the source, which --yes does not say', async () => {
    const { ended, code } = await refusal(['--now', '--yes', '--json']);
    expectExit(ended, 5);
    expect(code).toBe('ConfirmationMissing');
  });

  test('tells at once all that is in the way: protection, a secret that names the source, a session on it', async () => {
    const { call } = world.sandbox;
    const SecretId = 'production-rag-db-password';
    const { SecretString } = z
      .object({ SecretString: z.string() })
      .parse(await call('secretsmanager', 'GetSecretValue', { SecretId }));
    const back = JSON.stringify({ ...(JSON.parse(SecretString) as object), host: source.address.host });
    await call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: back });
    await protect();
    const client = await connect(source.address);
    try {
      const { ended, what } = await refusal(['--now']);
      expectExit(ended, 10);
      expect(envelopeOf(ended).next.join()).toMatch(/liftDeletionProtection.*let the secret name.*end them/s);
      expect(what).toContain('has deletion protection (and 2 more)');
    } finally {
      await client.end();
      await call('secretsmanager', 'PutSecretValue', { SecretId, SecretString });
    }
  });

  test('a dry run tells what goes and what stays, and changes nothing', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['finalize', '--now', '--lift-deletion-protection', '--dry-run', '--json']);
    expectExit(ended, 0);
    const { done, plan } = finalizeSchema.parse(envelopeOf(ended).result);
    expect(done).toBe(false);
    expect(JSON.stringify(plan)).toMatch(
      /production-rag-stack stays, only production-rag-db will be deleted/,
    );
    expect(JSON.stringify(plan)).toContain('AWS::ECS::Cluster');
    expect(mutatingCalls(world, since)).toEqual([]);
  });

  test('killed when the deletion was accepted, it goes on where it was', async () => {
    const args = ['finalize', '--now', '--lift-deletion-protection', ...confirmed];
    const where = 'delete-source/rds:DeleteDBInstance#1:after-call';
    const killed = await world.cli(args, { env: { RDS2AURORA_CRASH_AT: where } });
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    const status = await world.cli(['status', '--json']);
    expect(statusSchema.parse(envelopeOf(status).result).state).toBe('finalizing');
    expect(envelopeOf(status).next.join()).toContain('rds2aurora finalize');
    const ended = await world.cli(args);
    expectExit(ended, 0);
    const result = finalizeSchema.parse(envelopeOf(ended).result);
    expect(result).toMatchObject({ done: true, alreadyFinalized: false, ending: 'instance' });
    expect(result.remarks.join()).toContain('production-rag-stack still lists RDSInstance');
    expect(journalOf(world.project).at(-1)?.type).toBe('finalized');
  });

  test('the source is gone, its last snapshot is there, and the application writes on', async () => {
    const state = await readState(world);
    expect(state).toMatchObject({ ...moved, instances: ['production-rag-instance available'] });
    const { DBSnapshots } = z
      .object({ DBSnapshots: z.array(z.object({ DBSnapshotIdentifier: z.string(), Status: z.string() })) })
      .parse(await world.sandbox.call('rds', 'DescribeDBSnapshots', {}));
    expect(DBSnapshots).toEqual([
      { DBSnapshotIdentifier: expect.stringMatching(/^rds2aurora-.*-last$/) as unknown, Status: 'available' },
    ]);
    await untilWrites(world, 3);
    expect(await countLostWrites(world)).toBe(0);
  });

  test('a second time it does nothing', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['finalize', ...confirmed]);
    expectExit(ended, 0);
    expect(finalizeSchema.parse(envelopeOf(ended).result).alreadyFinalized).toBe(true);
    expect(mutatingCalls(world, since)).toEqual([]);
  });

  test('rollback is refused, and tells how the snapshot is restored by hand', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['rollback', ...confirmed]);
    expectExit(ended, 10);
    const { error, next } = envelopeOf(ended);
    expect(error?.code).toBe('RunFinalized');
    expect(next[0]).toMatch(/^aws rds restore-db-instance-from-db-snapshot .*-last/);
    expect(mutatingCalls(world, since)).toEqual([]);
  });

  test('the old stack can be deployed without the source, and the secret goes on naming the cluster', async () => {
    const { call } = world.sandbox;
    const StackName = 'production-rag-stack';
    const { TemplateBody } = z
      .object({ TemplateBody: z.string() })
      .parse(await call('cloudformation', 'GetTemplate', { StackName, TemplateStage: 'Original' }));
    const template = parseDocument(TemplateBody, { logLevel: 'silent' });
    for (const path of [
      ['Resources', 'RDSInstance'],
      ['Resources', 'DatabaseSecretAttachment'],
      ['Resources', 'ConnectionsAlarm'],
      ['Resources', 'Service', 'DependsOn'],
      ['Outputs', 'RDSEndpoint'],
    ])
      expect(template.deleteIn(path)).toBe(true);
    const request = { StackName, TemplateBody: template.toString(), Capabilities: ['CAPABILITY_IAM'] };
    await call('cloudformation', 'UpdateStack', request);
    const stack = async () => (await readState(world)).stacks.join();
    await until('the update', async () => !(await stack()).includes('IN_PROGRESS'));
    expect(await stack()).toContain('production-rag-stack UPDATE_COMPLETE');
    expect((await readState(world)).applicationOn).toBe('production-rag-cluster');
  });

  async function protect(): Promise<void> {
    const DBInstanceIdentifier = 'production-rag-db';
    const change = { DBInstanceIdentifier, DeletionProtection: true, ApplyImmediately: true };
    await world.sandbox.call('rds', 'ModifyDBInstance', change);
    await until('the source', async () =>
      (await readState(world)).instances.includes('production-rag-db available'),
    );
  }
});
