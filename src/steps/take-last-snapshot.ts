/**
 * The last copy of the source, taken after nobody was connected to it any more and proven `available` before anything is
 * deleted. It is kept for ever; only a rollback, before the deletion, takes it back. The identifier is fixed by the run,
 * so a crash leaves a tagged snapshot that the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { StaleError, VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { isOurs } from './ownership.js';
import { checkFinalization, takeLastSnapshot, type Finalization, type LastSnapshot } from './refs.js';
import { deleteOwnSnapshot, takenProblem, takeOwnSnapshot } from './take-snapshot.js';

export interface TakeLastSnapshotDeps {
  readonly rds: Pick<RdsGateway, 'findSnapshot' | 'createSnapshot' | 'deleteSnapshot'>;
  readonly waits: Pick<DatabaseWaits, 'untilSnapshotAvailable' | 'untilSnapshotGone'>;
}

interface In {
  readonly identifier: string;
  readonly instance: Finalization['instance'];
}

export function createTakeLastSnapshot(deps: TakeLastSnapshotDeps): Step<In, LastSnapshot, Config> {
  return {
    ...takeLastSnapshot,
    title: 'Take the last snapshot of the source',
    typicalSeconds: [120, 1_200],
    reversal: {
      kind: 'undo',
      note: ({ identifier }) => [`aws rds delete-db-snapshot --db-snapshot-identifier ${identifier}`],
      undo: (io, { identifier }) => deleteOwnSnapshot(deps, io, identifier),
    },
    select: ({ runId, outputOf }) => ({
      identifier: lastSnapshotIdentifier(runId),
      instance: outputOf(checkFinalization).instance,
    }),
    plan: async (io, { config, runId }) => {
      const identifier = lastSnapshotIdentifier(runId);
      const found = await deps.rds.findSnapshot(identifier);
      if (found !== undefined && !isOurs(found, io.runId))
        return { kind: 'blocked', problems: [takenProblem(found)] };
      return {
        kind: 'change',
        effects: [`takes the manual snapshot ${identifier} of ${config.source.instance}, which is kept`],
        calls: ['rds:CreateDBSnapshot'],
      };
    },
    run: async (io, { identifier, instance }) => {
      const snapshot = await takeOwnSnapshot(deps, io, { identifier, instance: instance.identifier });
      if (snapshot.instanceResourceId !== undefined && snapshot.instanceResourceId !== instance.resourceId)
        throw new StaleError(
          'SnapshotDiffers',
          `the snapshot ${identifier} is of another instance named ${instance.identifier}`,
          { next: ['roll this run back'], resource: snapshot.arn },
        );
      return {
        snapshotIdentifier: snapshot.identifier,
        snapshotArn: snapshot.arn,
        createdAt: snapshot.createdAt?.toISOString() ?? '',
      };
    },
    verify: (_io, _input, output) => verifyLastSnapshot(deps.rds, output),
  };
}

/** RDS stores identifiers in lower case. */
export function lastSnapshotIdentifier(runId: string): string {
  return `rds2aurora-${runId}-last`.toLowerCase();
}

/** @throws VerifyError unless the snapshot is there, `available` and the same */
export async function verifyLastSnapshot(
  rds: Pick<RdsGateway, 'findSnapshot'>,
  { snapshotIdentifier, snapshotArn, createdAt }: LastSnapshot,
): Promise<void> {
  const found = await rds.findSnapshot(snapshotIdentifier);
  if (found?.status === 'available' && found.createdAt?.toISOString() === createdAt) return;
  throw new VerifyError(
    'SnapshotNotAvailable',
    `the last snapshot ${snapshotIdentifier} is ${found?.status ?? 'gone'}`,
    {
      why:
        found?.status === 'available'
          ? 'It is another snapshot of the same name'
          : 'Nothing else would be left of the source',
      resource: snapshotArn,
    },
  );
}
