import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { CallAction } from '../service.js';
import { connect, type DatabaseAddress } from '../scenario/conversation-store.js';
import { readDatabaseAddress } from '../scenario/deploy-scenario.js';
import { readLedger } from '../scenario/ledger.js';
import { measureLedger } from '../scenario/measure-ledger.js';
import { compareNeighbours } from './compare-neighbours.js';
import type { DemoResult } from './demo-result.js';
import { waitForWrites, type DemoWorld } from './demo-world.js';

type Measured = Omit<DemoResult, 'speed' | 'elapsedMs'>;

/** Writes of the application on its new database before it is stopped and counted. */
const writesAfterwards = 50;
const service = { cluster: 'production-rag', service: 'rag' };
const lookMs = 100;

/** Where the database was before the move; asked while the application still uses it. */
export function readSource(world: DemoWorld): Promise<DatabaseAddress> {
  return readDatabaseAddress(world.sandbox.call, world.caFile);
}

/** Lets the application write on, stops it, and compares its ledger and both databases. */
export async function measureMove(
  world: DemoWorld,
  source: DatabaseAddress,
  signal: AbortSignal,
): Promise<Measured> {
  const { call } = world.sandbox;
  const moved = (await readLedger(world.ledgerFile)).length;
  await waitForWrites(world, moved + writesAfterwards, signal);
  await stopApplication(call, signal);
  const entries = await readLedger(world.ledgerFile);
  const target = await readDatabaseAddress(call, world.caFile);
  return withClients([source, target], async ([before, after]) => {
    const { acknowledged, lost, longestGap } = await measureLedger(entries, after);
    const { to } = longestGap ?? { to: new Date(0) };
    return {
      pgvector: await readPgvector(after),
      neighbours: await compareNeighbours(before, after),
      acknowledgedWrites: acknowledged,
      lostWrites: lost.length,
      downtimeMs: longestGap?.milliseconds ?? 0,
      engine: target.host === source.host ? 'postgres' : await readEngine(call, target.host),
      writesOnTarget: entries.filter(({ at }) => at >= to.getTime()).length,
    };
  });
}

async function stopApplication(call: CallAction, signal: AbortSignal): Promise<void> {
  await call('ecs', 'UpdateService', { ...service, desiredCount: 0 });
  for (;;) {
    const answer = await call('ecs', 'DescribeServices', {
      cluster: service.cluster,
      services: [service.service],
    });
    const [state] = z
      .object({ services: z.array(z.object({ runningCount: z.number() })) })
      .parse(answer).services;
    if (state?.runningCount === 0) return;
    await sleep(lookMs, undefined, { signal });
  }
}

/** The engine of the cluster whose endpoint this is. */
async function readEngine(call: CallAction, host: string): Promise<string> {
  const shape = z.object({
    DBClusters: z.array(z.object({ Engine: z.string(), Endpoint: z.string().optional() })),
  });
  const { DBClusters } = shape.parse(await call('rds', 'DescribeDBClusters', {}));
  return DBClusters.find(({ Endpoint }) => Endpoint === host)?.Engine ?? `an unknown server (${host})`;
}

async function readPgvector(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ extversion: string }>(
    `SELECT extversion FROM pg_extension WHERE extname = 'vector'`,
  );
  return rows[0]?.extversion;
}

async function withClients<T>(
  [left, right]: readonly [DatabaseAddress, DatabaseAddress],
  work: (clients: readonly [ClientBase, ClientBase]) => Promise<T>,
): Promise<T> {
  const before = await connect(left);
  try {
    const after = await connect(right);
    try {
      return await work([before, after]);
    } finally {
      await after.end();
    }
  } finally {
    await before.end();
  }
}
