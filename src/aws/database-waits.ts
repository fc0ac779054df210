import type { Poll, Waiting } from './poll.js';
import type { DbCluster } from './rds-clusters.js';
import type { RdsGateway } from './rds-gateway.js';
import type { DbInstance } from './rds-instances.js';
import type { DbSnapshot } from './rds-snapshots.js';
import { clusterAvailable, databaseGone, instanceAvailable, snapshotAvailable } from './resource-states.js';
import { explainUnusableKey, type UnusableKey } from './unusable-key.js';

/** Hours, not minutes: AWS's own handlers allow 36, and a snapshot takes hours a terabyte. */
const usualTimeoutMs = 4 * 3_600_000;

export interface DatabaseWaits {
  /** `justCreated`: our own create may not be visible yet. */
  untilClusterAvailable(
    io: Waiting,
    identifier: string,
    options?: { justCreated: boolean },
  ): Promise<DbCluster>;
  untilInstanceAvailable(
    io: Waiting,
    identifier: string,
    options?: { justCreated: boolean },
  ): Promise<DbInstance>;
  /** `progressed` is told the percentage of each look. */
  untilSnapshotAvailable(
    io: Waiting,
    identifier: string,
    options?: { justCreated: boolean; progressed?: (percent: number) => void },
  ): Promise<DbSnapshot>;
  untilClusterGone(io: Waiting, identifier: string): Promise<void>;
  untilInstanceGone(io: Waiting, identifier: string): Promise<void>;
  untilSnapshotGone(io: Waiting, identifier: string): Promise<void>;
}

export function createDatabaseWaits(
  rds: Pick<RdsGateway, 'findCluster' | 'findInstance' | 'findSnapshot'>,
  poll: Poll,
  timeoutMs = usualTimeoutMs,
): DatabaseWaits {
  const cluster = (identifier: string) => ({
    resource: `cluster ${identifier}`,
    read: () => rds.findCluster(identifier),
    stateOf: (found: DbCluster) => stateOf(found),
    identityOf: (found: DbCluster) => found.arn,
    ...keyOf((found: DbCluster) => explainUnusableKey(found, startCluster(identifier))),
    timeoutMs,
    next: [
      `aws rds describe-events --source-type db-cluster --source-identifier ${identifier} --duration 1440`,
    ],
  });
  const instance = (identifier: string) => ({
    resource: `instance ${identifier}`,
    read: () => rds.findInstance(identifier),
    stateOf: (found: DbInstance) => stateOf(found),
    identityOf: (found: DbInstance) => found.arn,
    ...keyOf((found: DbInstance) => explainUnusableKey(found, startOf(found))),
    timeoutMs,
    next: [
      `aws rds describe-events --source-type db-instance --source-identifier ${identifier} --duration 1440`,
    ],
  });
  const snapshot = (identifier: string, progressed?: (percent: number) => void) => ({
    resource: `snapshot ${identifier}`,
    read: async () => {
      const found = await rds.findSnapshot(identifier);
      if (found !== undefined) progressed?.(found.percent);
      return found;
    },
    stateOf: (found: DbSnapshot) => found.status,
    identityOf: (found: DbSnapshot) => found.arn,
    ...keyOf((found: DbSnapshot) => explainUnusableKey(found, 'see that it becomes available')),
    timeoutMs,
    next: [
      `aws rds describe-events --source-type db-snapshot --source-identifier ${identifier} --duration 1440`,
    ],
  });
  const missing = (options: { justCreated: boolean } | undefined) =>
    options?.justCreated === true ? 'stale' : 'gone';
  return {
    untilClusterAvailable: async (io, identifier, options) =>
      present(
        await poll(io, { ...cluster(identifier), states: clusterAvailable, missing: missing(options) }),
      ),
    untilInstanceAvailable: async (io, identifier, options) =>
      present(
        await poll(io, { ...instance(identifier), states: instanceAvailable, missing: missing(options) }),
      ),
    untilSnapshotAvailable: async (io, identifier, options) =>
      present(
        await poll(io, {
          ...snapshot(identifier, options?.progressed),
          states: snapshotAvailable,
          missing: missing(options),
        }),
      ),
    untilClusterGone: async (io, identifier) => {
      await poll(io, { ...cluster(identifier), states: databaseGone, missing: 'done' });
    },
    untilInstanceGone: async (io, identifier) => {
      await poll(io, { ...instance(identifier), states: databaseGone, missing: 'done' });
    },
    untilSnapshotGone: async (io, identifier) => {
      await poll(io, { ...snapshot(identifier), states: databaseGone, missing: 'done' });
    },
  };
}

function keyOf<T>(explain: (found: T) => UnusableKey | undefined) {
  return {
    reasonOf: (found: T) => explain(found)?.why,
    remedyOf: (found: T) => explain(found)?.next ?? [],
  };
}

const startCluster = (identifier: string) => `aws rds start-db-cluster --db-cluster-identifier ${identifier}`;

/** A member is started with its cluster. */
function startOf({ identifier, clusterIdentifier }: DbInstance): string {
  return clusterIdentifier === undefined
    ? `aws rds start-db-instance --db-instance-identifier ${identifier}`
    : startCluster(clusterIdentifier);
}

/** RDS answers a request for another password before the state changes: until then it shows in the pending values only. */
function stateOf({ passwordPending, status }: DbCluster | DbInstance): string {
  return passwordPending && status === 'available' ? 'resetting-master-credentials' : status;
}

/** The poller answers with nothing only where absence is what was waited for. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the poller ended without a value');
  return value;
}
