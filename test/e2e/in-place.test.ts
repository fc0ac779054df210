import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { finalizeSchema, migrateSchema } from '../../src/cli/result-schemas.js';
import { hasAwsCli, pathWithAwsCli } from './aws-cli.js';
import { createWorld, envelopeOf, expectExit, journalOf, type World } from './harness.js';
import {
  countLostWrites,
  expectSourceKept,
  moved,
  readSource,
  readState,
  type SourceFacts,
} from './world-state.js';

/** The AWS CLI looks at a stack every 30 seconds, however fast the sandbox is. */
const patience = 600_000;

describe('dump-restore into the stack that owns the source', { timeout: patience }, () => {
  if (hasAwsCli) {
    describe('by deploy.sh production us-east-1', () => {
      describeInPlace('command-in-place');
    });
    return;
  }
  // Counted and named as skipped: a silent fall-back would hide the gap.
  test.skip('by deploy.sh production us-east-1: needs the AWS CLI', () => undefined);
  describe('by the template', () => {
    describeInPlace('template-in-place');
  });
});

function describeInPlace(mode: 'command-in-place' | 'template-in-place'): void {
  let world: World;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode });
    source = await readSource(world);
  }, patience);

  afterAll(() => world.end());

  test('moves the data, and the source outlives the clean-up of the update', async () => {
    const ended = await world.cli(['migrate', 'dump-restore', '--yes', '--json'], {
      env: { PATH: pathWithAwsCli },
    });
    expectExit(ended, 0);
    const { comparisons } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    expect(journalOf(world.project).at(-1)?.type).toBe('finished');
    expect(await countLostWrites(world)).toBe(0);
    expect(await readState(world)).toEqual({
      ...moved,
      stacks: ['production-network-stack CREATE_COMPLETE', 'production-rag-stack UPDATE_COMPLETE'],
    });
    await expectSourceKept(world, source);
    expect(await readFatesOfSource(world)).toContain('DELETE_SKIPPED');
    expect(await readFatesOfSource(world)).not.toContain('DELETE_IN_PROGRESS');
  });

  test('finalize ends the source, which no stack owns any more, and leaves the stack as it is', async () => {
    const args = ['finalize', '--now', '--confirm', 'production-rag-db', '--json'];
    const ended = await world.cli(args, { env: { PATH: pathWithAwsCli } });
    expectExit(ended, 0);
    const { ending, lastSnapshot } = finalizeSchema.parse(envelopeOf(ended).result);
    expect(ending).toBe('instance');
    expect(lastSnapshot).toMatch(/^rds2aurora-production-rag-.*-last$/);
    expect(await readState(world)).toEqual({
      ...moved,
      instances: ['production-rag-instance available'],
      stacks: ['production-network-stack CREATE_COMPLETE', 'production-rag-stack UPDATE_COMPLETE'],
    });
    expect(await countLostWrites(world)).toBe(0);
  });
}

/** What CloudFormation did to the RDS instance, as its events tell. */
async function readFatesOfSource(world: World): Promise<string[]> {
  const answer = await world.sandbox.call('cloudformation', 'DescribeStackEvents', {
    StackName: 'production-rag-stack',
  });
  const event = z.object({
    ResourceStatus: z.string().optional(),
    PhysicalResourceId: z.string().optional(),
  });
  const { StackEvents } = z.object({ StackEvents: z.array(event) }).parse(answer);
  return StackEvents.filter(({ PhysicalResourceId }) => PhysicalResourceId === 'production-rag-db').map(
    ({ ResourceStatus }) => ResourceStatus ?? '',
  );
}
