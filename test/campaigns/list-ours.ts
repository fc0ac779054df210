import type { World } from '../e2e/harness.js';

const ours = 'rds2aurora';

/** Snapshots and parameter groups that carry the run's name. */
export async function listOurs(world: World): Promise<string[]> {
  const { call } = world.sandbox;
  const found = [
    await call('rds', 'DescribeDBSnapshots', {}),
    await call('rds', 'DescribeDBClusterParameterGroups', {}),
  ];
  const names = [
    ...JSON.stringify(found).matchAll(/"(?:DBSnapshotIdentifier|DBClusterParameterGroupName)":"([^"]+)"/g),
  ];
  return names.flatMap(([, one = '']) => (one.includes(ours) ? [one] : []));
}
