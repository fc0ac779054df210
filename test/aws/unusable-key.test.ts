import { describe, expect, test } from 'vitest';
import { createDatabaseWaits } from '../../src/aws/database-waits.js';
import { createPoll } from '../../src/aws/poll.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { createStepIo } from '../steps/step-harness.js';

const lost = 'inaccessible-encryption-credentials';
const { io } = createStepIo('law-000000', 'restore-cluster');

function waitsFor(status: string) {
  const rds = new FakeRds();
  rds.addSnapshot('snap', {});
  const snapshot = rds.snapshots.get('snap');
  if (snapshot !== undefined) rds.snapshots.set('snap', { ...snapshot, status });
  const found = { status, kmsKeyId: 'key-1', passwordPending: false, arn: 'arn:1' };
  const gateway = {
    findSnapshot: rds.gateway.findSnapshot,
    findCluster: () => Promise.resolve({ ...found } as never),
    findInstance: (identifier: string) =>
      Promise.resolve({
        ...{ ...found, identifier },
        clusterIdentifier: identifier === 'member' ? 'its-cluster' : undefined,
      } as never),
  };
  return createDatabaseWaits(gateway, createPoll({ intervalMs: 1, random: Math.random }));
}

describe('a database whose KMS key RDS cannot use ends the wait with the way out', () => {
  test.each([
    [
      'cluster',
      (waits) => waits.untilClusterAvailable(io, 'c'),
      'start-db-cluster --db-cluster-identifier c',
    ],
    [
      'member of a cluster',
      (waits) => waits.untilInstanceAvailable(io, 'member'),
      'start-db-cluster --db-cluster-identifier its-cluster',
    ],
    [
      'instance',
      (waits) => waits.untilInstanceAvailable(io, 'alone'),
      'start-db-instance --db-instance-identifier alone',
    ],
  ] as const satisfies readonly (readonly [
    string,
    (waits: ReturnType<typeof waitsFor>) => Promise<unknown>,
    string,
  ])[])('a %s that can be had again is started within seven days', async (_name, wait, start) => {
    await expect(wait(waitsFor(`${lost}-recoverable`))).rejects.toMatchObject({
      code: 'ResourceFailed',
      why: expect.stringMatching(/its KMS key key-1.*7 days/),
      next: expect.arrayContaining([`within 7 days: aws rds ${start}; then resume`]) as unknown,
    });
  });

  test('one that is given up is made again, and a snapshot too', async () => {
    const made = expect.stringMatching(/made again from it$/) as unknown;
    const failure = { code: 'ResourceFailed', next: expect.arrayContaining([made]) as unknown };
    await expect(waitsFor(lost).untilClusterAvailable(io, 'c')).rejects.toMatchObject(failure);
    await expect(waitsFor(lost).untilSnapshotAvailable(io, 'snap')).rejects.toMatchObject(failure);
  });

  test('another failure says nothing of keys', async () => {
    const wait = waitsFor('failed').untilClusterAvailable(io, 'c');
    await expect(wait).rejects.toMatchObject({
      why: undefined,
      next: [expect.stringContaining('describe-events')],
    });
  });
});
