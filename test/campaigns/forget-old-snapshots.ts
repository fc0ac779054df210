import { z } from 'zod';
import type { World } from '../e2e/harness.js';

/** A source that came back from a snapshot still names it, as do the runs that somebody may look at. */
const kept = 10;

const shape = z.object({
  DBSnapshots: z.array(z.object({ DBSnapshotIdentifier: z.string(), SnapshotCreateTime: z.coerce.date() })),
});

/** Deletes all but the newest manual snapshots: runs leave theirs on purpose, and an account may have a hundred. */
export async function forgetOldSnapshots({ sandbox: { call } }: World): Promise<void> {
  const { DBSnapshots } = shape.parse(await call('rds', 'DescribeDBSnapshots', { SnapshotType: 'manual' }));
  const newestFirst = DBSnapshots.sort(
    (one, other) => Number(other.SnapshotCreateTime) - Number(one.SnapshotCreateTime),
  );
  for (const { DBSnapshotIdentifier } of newestFirst.slice(kept))
    await call('rds', 'DeleteDBSnapshot', { DBSnapshotIdentifier });
}
