import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { migrateSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { createWorld, envelopeOf, expectExit, mutatingCalls, type Ended, type World } from './harness.js';
import {
  countLostWrites,
  countRows,
  moved,
  readSource,
  readStacks,
  readState,
  type SourceFacts,
} from './world-state.js';

/** Two stacks are deleted and two made; under load that takes minutes. */
const patience = 900_000;
const stack = 'production-rag-stack';
const stacks = (status: string) => ['production-network-stack CREATE_COMPLETE', `${stack} ${status}`];
const migrate = ['migrate', 'snapshot', '--json', '--confirm', stack];
const rollback = ['rollback', '--json', '--confirm', 'production-rag-db'];
const atWork = {
  ...{ clusters: [], instances: ['production-rag-db available'], tasks: '1 of 1' },
  applicationOn: 'production-rag-db',
};

describe('the old stack ends in DELETE_FAILED', { shuffle: false, timeout: patience }, () => {
  let world: World;
  let source: SourceFacts;
  let release: () => Promise<void>;

  beforeAll(async () => {
    world = await createWorld({ mode: 'template-in-place' });
    source = await readSource(world);
  }, patience);

  afterAll(() => world.end());

  /** The cause that CloudFormation met, and not what came of it; what to do; and both ways on. */
  function expectStuck(ended: Ended, thenDo: string): void {
    expectExit(ended, 1);
    const { error, next } = envelopeOf(ended);
    expect(error).toMatchObject({ code: 'StackNotDeleted', resumable: true });
    expect(error?.why).toMatch(
      /^DatabaseSecurityGroup \(AWS::EC2::SecurityGroup\): .*has a dependent object/,
    );
    expect(error?.next[0]).toMatch(new RegExp(`take away what holds .* then ${thenDo}:`));
    expect(next.join()).toContain('rds2aurora rollback production-rag-');
  }

  test('deletion protection that somebody switched on since the checks ends the run with nothing deleted', async () => {
    const before = 'delete-stack/cloudformation:DeleteStack#1:before-call';
    const killed = await world.cli(migrate, { env: { RDS2AURORA_CRASH_AT: before } });
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    await protect(world, true);
    const since = world.sandbox.calls().at(-1)?.seq;
    const refused = await world.cli(['resume', '--json']);
    expectExit(refused, 10);
    expect(envelopeOf(refused).error).toMatchObject({ code: 'DeletionProtected', step: 'delete-stack' });
    expect(mutatingCalls(world, since)).toEqual([]);
    await protect(world, false);
  });

  test('a group of the old stack that somebody else uses is named as the cause, and resume tries again', async () => {
    release = await useSecurityGroup(world);
    expectStuck(await world.cli(['resume', '--json']), 'resume');
    expect(await readStacks(world)).toEqual(stacks('DELETE_FAILED'));
    expect(await world.sandbox.call('rds', 'DescribeDBInstances', {})).toEqual({ DBInstances: [] });
    expectStuck(await world.cli(['resume', '--json']), 'resume');
  });

  test('rollback meets the same cause, and brings the old stack back once it is gone', async () => {
    expectStuck(await world.cli(rollback), 'roll back again');
    await release();
    const ended = await world.cli(rollback);
    expectExit(ended, 0);
    expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({ done: true });
    expect(await readState(world)).toEqual({ ...atWork, stacks: stacks('UPDATE_COMPLETE') });
    const { messages, conversations, ...others } = await countRows(source.address);
    const { messages: hadMessages, conversations: hadConversations, ...had } = source.rows;
    expect(others).toEqual(had);
    expect(messages).toBeGreaterThanOrEqual(hadMessages ?? 1);
    expect(conversations).toBeGreaterThanOrEqual(hadConversations ?? 1);
  });

  test('in another run, resume goes on from there and ends with everything equal', async () => {
    release = await useSecurityGroup(world);
    expectStuck(await world.cli(migrate), 'resume');
    await release();
    const ended = await world.cli(['resume', '--json']);
    expectExit(ended, 0);
    const { comparisons, checks } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    expect(comparisons.map(({ item }) => item)).toContain('rows of public.messages');
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(await countLostWrites(world)).toBe(0);
    expect(await readState(world)).toEqual({
      ...moved,
      instances: ['production-rag-instance available'],
      stacks: stacks('UPDATE_COMPLETE'),
    });
  });
});

async function protect({ sandbox: { call } }: World, on: boolean): Promise<void> {
  const instance = { DBInstanceIdentifier: 'production-rag-db', ApplyImmediately: true };
  await call('rds', 'ModifyDBInstance', { ...instance, DeletionProtection: on });
}

/** Another group lets the old database's group in; @returns what takes that away */
async function useSecurityGroup({ sandbox: { call } }: World): Promise<() => Promise<void>> {
  const group = { StackName: stack, LogicalResourceId: 'DatabaseSecurityGroup' };
  const { StackResourceDetail } = z
    .object({ StackResourceDetail: z.object({ PhysicalResourceId: z.string() }) })
    .parse(await call('cloudformation', 'DescribeStackResource', group));
  const used = StackResourceDetail.PhysicalResourceId;
  const { SecurityGroups } = z
    .object({ SecurityGroups: z.array(z.object({ VpcId: z.string() })) })
    .parse(await call('ec2', 'DescribeSecurityGroups', { GroupIds: [used] }));
  const other = { GroupName: 'watcher', Description: 'of somebody else', VpcId: SecurityGroups[0]?.VpcId };
  const { GroupId } = z
    .object({ GroupId: z.string() })
    .parse(await call('ec2', 'CreateSecurityGroup', other));
  const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: used }] };
  await call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [rule] });
  return async () => {
    await call('ec2', 'DeleteSecurityGroup', { GroupId });
  };
}
