import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import type { AwsStruct } from '../../src/sandbox/service.js';
import { until, untilWrites, type World } from '../e2e/harness.js';
import { readState, type SourceFacts } from '../e2e/world-state.js';

const snapshotsShape = z.object({ DBSnapshots: z.array(z.object({ DBSnapshotIdentifier: z.string() })) });
const groupsShape = z.object({
  DBClusterParameterGroups: z.array(z.object({ DBClusterParameterGroupName: z.string() })),
});
const application = { cluster: 'production-rag', service: 'rag' };
const secretId = 'production-rag-db-password';

/** What a move in `api` mode changes, kept to be put back. */
export interface Beginning {
  readonly source: SourceFacts;
  readonly secret: string;
}

export async function readBeginning(world: World, source: SourceFacts): Promise<Beginning> {
  const { SecretString } = await world.sandbox.call('secretsmanager', 'GetSecretValue', {
    SecretId: secretId,
  });
  return { source, secret: String(SecretString) };
}

/** Takes the world back to before the move, so that the next case need not build one of its own. */
export async function moveBack(world: World, { source, secret }: Beginning): Promise<void> {
  const { call } = world.sandbox;
  await call('ecs', 'UpdateService', { ...application, desiredCount: 0 });
  await until('the application to stop', async () => (await readState(world)).tasks === '0 of 0');
  await deleteTarget(world);
  await deleteLeftBehind(world);
  await letSourceWrite(source);
  await call('secretsmanager', 'PutSecretValue', { SecretId: secretId, SecretString: secret });
  await call('ecs', 'UpdateService', { ...application, desiredCount: 1 });
  await rm(join(world.project, '.rds2aurora'), { recursive: true, force: true });
  await untilWrites(world, 2);
}

async function deleteTarget(world: World): Promise<void> {
  const cluster = { DBClusterIdentifier: 'production-rag-cluster' };
  await tolerateMissing(world, 'ModifyDBCluster', {
    ...cluster,
    DeletionProtection: false,
    ApplyImmediately: true,
  });
  await tolerateMissing(world, 'DeleteDBInstance', {
    DBInstanceIdentifier: 'production-rag-instance',
    SkipFinalSnapshot: true,
  });
  await until('the instance to go', async () => (await readState(world)).instances.length === 1);
  await tolerateMissing(world, 'DeleteDBCluster', { ...cluster, SkipFinalSnapshot: true });
  await until('the cluster to go', async () => (await readState(world)).clusters.length === 0);
  await deleteLeftovers(world);
}

/** What a move by snapshot leaves on purpose, or makes for its cluster. */
async function deleteLeftovers(world: World): Promise<void> {
  const { call } = world.sandbox;
  const { DBSnapshots } = snapshotsShape.parse(await call('rds', 'DescribeDBSnapshots', {}));
  for (const snapshot of DBSnapshots) await call('rds', 'DeleteDBSnapshot', snapshot);
  const { DBClusterParameterGroups } = groupsShape.parse(
    await call('rds', 'DescribeDBClusterParameterGroups', {}),
  );
  for (const group of DBClusterParameterGroups)
    if (!group.DBClusterParameterGroupName.startsWith('default.'))
      await call('rds', 'DeleteDBClusterParameterGroup', group);
}

/** Snapshots and parameter groups that runs by the path `snapshot` make. */
async function deleteLeftBehind(world: World): Promise<void> {
  const { call } = world.sandbox;
  const found = JSON.stringify([
    await call('rds', 'DescribeDBSnapshots', {}),
    await call('rds', 'DescribeDBClusterParameterGroups', {}),
  ]);
  for (const [, DBSnapshotIdentifier] of found.matchAll(/"DBSnapshotIdentifier":"(rds2aurora-[^"]+)"/g))
    await call('rds', 'DeleteDBSnapshot', { DBSnapshotIdentifier });
  for (const [, name] of found.matchAll(/"DBClusterParameterGroupName":"(rds2aurora-[^"]+)"/g))
    await call('rds', 'DeleteDBClusterParameterGroup', { DBClusterParameterGroupName: name });
}

async function tolerateMissing(world: World, action: string, input: AwsStruct): Promise<void> {
  try {
    await world.sandbox.call('rds', action, input);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).includes('NotFound'))) throw error;
  }
}

async function letSourceWrite({ address }: SourceFacts): Promise<void> {
  const client = await connect(address);
  try {
    await client.query('SET default_transaction_read_only = off');
    await client.query(`ALTER DATABASE ${address.database} RESET default_transaction_read_only`);
  } finally {
    await client.end();
  }
}
