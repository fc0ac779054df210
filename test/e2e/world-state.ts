import { expect } from 'vitest';
import { z } from 'zod';
import { connect, type DatabaseAddress } from '../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import { measureLedger } from '../../src/sandbox/scenario/measure-ledger.js';
import { untilWrites, type World } from './harness.js';

/** Where a world stands: what a move may change, without what differs from one world to the next. */
export interface WorldState {
  readonly clusters: readonly string[];
  readonly instances: readonly string[];
  /** Whose endpoint the application's secret names. */
  readonly applicationOn: string;
  readonly tasks: string;
  readonly stacks: readonly string[];
}

const address = z.object({ Address: z.string() }).optional();
const clustersShape = z.object({
  DBClusters: z.array(
    z.object({ DBClusterIdentifier: z.string(), Status: z.string(), Endpoint: z.string().optional() }),
  ),
});
const instancesShape = z.object({
  DBInstances: z.array(
    z.object({
      DBInstanceIdentifier: z.string(),
      DBInstanceStatus: z.string(),
      DbiResourceId: z.string(),
      Endpoint: address,
    }),
  ),
});
const servicesShape = z.object({
  services: z.array(z.object({ desiredCount: z.number(), runningCount: z.number() })),
});
const stacksShape = z.object({
  Stacks: z.array(z.object({ StackName: z.string(), StackStatus: z.string() })),
});

export async function readState(world: World): Promise<WorldState> {
  const { call } = world.sandbox;
  const { DBClusters } = clustersShape.parse(await call('rds', 'DescribeDBClusters', {}));
  const { DBInstances } = instancesShape.parse(await call('rds', 'DescribeDBInstances', {}));
  const service = { cluster: 'production-rag', services: ['rag'] };
  const { services } = servicesShape.parse(await call('ecs', 'DescribeServices', service));
  const { host } = await readDatabaseAddress(call, world.caFile);
  const owner =
    DBClusters.find(({ Endpoint }) => Endpoint === host)?.DBClusterIdentifier ??
    DBInstances.find(({ Endpoint }) => Endpoint?.Address === host)?.DBInstanceIdentifier;
  return {
    clusters: DBClusters.map((one) => `${one.DBClusterIdentifier} ${one.Status}`).sort(),
    instances: DBInstances.map((one) => `${one.DBInstanceIdentifier} ${one.DBInstanceStatus}`).sort(),
    applicationOn: owner ?? host,
    tasks: services.map((one) => `${one.runningCount} of ${one.desiredCount}`).join(),
    stacks: await readStacks(world),
  };
}

/** Each with its status. */
export async function readStacks({ sandbox: { call } }: World): Promise<string[]> {
  const { Stacks } = stacksShape.parse(await call('cloudformation', 'DescribeStacks', {}));
  return Stacks.map((one) => `${one.StackName} ${one.StackStatus}`).sort();
}

/** After a move, whichever way. */
export const moved = {
  clusters: ['production-rag-cluster available'],
  instances: ['production-rag-db available', 'production-rag-instance available'],
  applicationOn: 'production-rag-cluster',
  tasks: '1 of 1',
};

/** What a move must leave as it is. */
export interface SourceFacts {
  readonly resourceId: string;
  readonly address: DatabaseAddress;
  readonly rows: Readonly<Record<string, number>>;
}

/** The source while the application still uses it. */
export async function readSource(world: World): Promise<SourceFacts> {
  const address = await readDatabaseAddress(world.sandbox.call, world.caFile);
  return { address, resourceId: await readResourceId(world), rows: await countRows(address) };
}

/** The source is the same server and holds what it held, and what the application wrote until it was paused. */
export async function expectSourceKept(world: World, before: SourceFacts): Promise<void> {
  expect(await readResourceId(world)).toBe(before.resourceId);
  const { messages, conversations, ...others } = await countRows(before.address);
  const { messages: hadMessages, conversations: hadConversations, ...had } = before.rows;
  expect(others).toEqual(had);
  expect(messages).toBeGreaterThanOrEqual(hadMessages ?? 1);
  expect(conversations).toBeGreaterThanOrEqual(hadConversations ?? 1);
}

async function readResourceId(world: World): Promise<string> {
  const name = { DBInstanceIdentifier: 'production-rag-db' };
  const { DBInstances } = instancesShape.parse(await world.sandbox.call('rds', 'DescribeDBInstances', name));
  return DBInstances[0]?.DbiResourceId ?? 'gone';
}

export async function countRows(database: DatabaseAddress): Promise<Record<string, number>> {
  const tables = ['documents', 'chunks', 'conversations', 'messages', 'analytics.events'];
  const client = await connect(database);
  try {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
      counts[table] = rows[0]?.count ?? -1;
    }
    return counts;
  } finally {
    await client.end();
  }
}

/** Acknowledged writes, from entry `since` of the ledger, that the database the application is on does not hold. */
export async function countLostWrites(world: World, since = 0): Promise<number> {
  await untilWrites(world, 3);
  const entries = (await world.ledger()).slice(since);
  const client = await connect(await readDatabaseAddress(world.sandbox.call, world.caFile));
  try {
    const { acknowledged, lost } = await measureLedger(entries, client);
    expect(acknowledged).toBeGreaterThan(0);
    return lost.length;
  } finally {
    await client.end();
  }
}
