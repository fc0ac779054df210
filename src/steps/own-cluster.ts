import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbCluster, Scaling } from '../aws/rds-clusters.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import { MigrationError, PreconditionError, StaleError, VerifyError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import { noteProtectionLift, word } from './by-hand.js';
import { isFailedResource, isOurs, takenIdentifier } from './ownership.js';

/** What a cluster of this run must be; what is undefined is left to AWS and not compared. */
export interface WantedCluster {
  readonly engineVersion: string;
  readonly masterUser: string;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly parameterGroup?: string | undefined;
  readonly scaling: Scaling;
}

/** @throws PreconditionError when the cluster is not ours, StaleError when it is ours and differs from what was asked. */
export function assertOwnCluster(io: Pick<StepIo, 'runId'>, found: DbCluster, wanted: WantedCluster): void {
  if (!isOurs(found, io.runId)) {
    const problem = takenIdentifier('cluster', found.identifier);
    throw new PreconditionError(problem.code, problem.what, {
      why: problem.why,
      next: [problem.fix],
      resource: found.arn,
    });
  }
  const differences = [
    differs('engine', found.engine, 'aurora-postgresql'),
    differs('engine version', found.engineVersion, wanted.engineVersion),
    differs('master user', found.masterUser, wanted.masterUser),
    differs('subnet group', found.subnetGroup, wanted.subnetGroup),
    differs(
      'security groups',
      [...found.securityGroups].sort().join(),
      wanted.securityGroups.length === 0 ? undefined : [...wanted.securityGroups].sort().join(),
    ),
    differs('parameter group', found.parameterGroup, wanted.parameterGroup),
    differs('minimum ACU', found.scaling?.min, wanted.scaling.min),
    differs('maximum ACU', found.scaling?.max, wanted.scaling.max),
  ].flat();
  if (differences.length === 0) return;
  throw new StaleError(
    'ClusterDiffers',
    `the cluster ${found.identifier} of this run was changed: ${differences.join('; ')}`,
    {
      why: 'Somebody altered it after this run had created it',
      next: ['change it back, or roll this run back and begin a new one'],
      resource: found.arn,
    },
  );
}

function differs(
  what: string,
  found: string | number | undefined,
  wanted: string | number | undefined,
): string[] {
  return wanted === undefined || found === wanted
    ? []
    : [`${what} is ${String(found)}, asked for was ${String(wanted)}`];
}

/** @throws VerifyError when the cluster is gone, is another one, or is not available. */
export async function verifyCluster(
  rds: Pick<RdsGateway, 'findCluster'>,
  output: { readonly clusterIdentifier: string; readonly clusterArn: string },
): Promise<void> {
  const cluster = await rds.findCluster(output.clusterIdentifier);
  if (cluster?.arn === output.clusterArn && cluster.status === 'available') return;
  throw new VerifyError(
    'ClusterNotAvailable',
    `the cluster ${output.clusterIdentifier} is ${cluster?.status ?? 'gone'}`,
    { resource: output.clusterArn },
  );
}

/**
 * Protects a new cluster against deletion once it can be used: one that has failed on the way takes no change any more, and
 * could not be deleted.
 */
export async function protectCluster(
  { rds, waits }: DeleteClusterDeps,
  io: StepIo,
  cluster: DbCluster,
  wanted: boolean,
): Promise<void> {
  if (!wanted || cluster.deletionProtection) return;
  await io.mutate(
    { call: 'rds:ModifyDBCluster', key: cluster.identifier, before: { deletionProtection: false } },
    () => rds.setDeletionProtection(cluster.identifier, true),
  );
  await waits.untilClusterAvailable(io, cluster.identifier);
}

export function deleteClusterByHand(identifier: string, deletionProtection: boolean): string[] {
  return [
    ...(deletionProtection ? [noteProtectionLift(identifier)] : []),
    `aws rds delete-db-cluster --db-cluster-identifier ${word(identifier)} --skip-final-snapshot`,
    `aws rds wait db-cluster-deleted --db-cluster-identifier ${word(identifier)}`,
  ];
}

/**
 * From these a cluster never becomes usable: it has to be made again. The key of the first one counts as lost for good; one
 * that can be had again is `…-recoverable`. Source: "Viewing DB cluster status" (Aurora User Guide).
 */
const hopeless = new Set([
  'inaccessible-encryption-credentials',
  'incompatible-network',
  'incompatible-restore',
  'cloning-failed',
  'failed',
  'migration-failed',
  'restore-failed',
]);

/**
 * The cluster that stands and can be adopted, or undefined when there is none. One of this run that has failed for good
 * holds nothing that its snapshot or dump does not: it is deleted, so that it is made again.
 * @throws PreconditionError, StaleError as `assertOwnCluster`
 */
export async function findUsableCluster(
  deps: DeleteClusterDeps,
  io: StepIo,
  wanted: WantedCluster & { readonly identifier: string },
): Promise<DbCluster | undefined> {
  const found = await deps.rds.findCluster(wanted.identifier);
  if (found === undefined) return undefined;
  assertOwnCluster(io, found, wanted);
  if (!hopeless.has(found.status) || found.members.length > 0) return found;
  io.note(
    `the cluster ${found.identifier} of this run is ${found.status} for good: it is deleted and made again`,
  );
  await deleteOwnCluster(deps, io, found.identifier);
  return undefined;
}

/** RDS deletes no cluster in these; each passes by itself. Source: "Viewing DB cluster status" (Aurora User Guide). */
const unsettled = new Set([
  'backing-up',
  'creating',
  'migrating',
  'modifying',
  'preparing-data-migration',
  'resetting-master-credentials',
]);

export interface DeleteClusterDeps {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'setDeletionProtection' | 'deleteCluster'>;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilClusterGone'>;
}

/** Deletes the cluster if this run made it. Safe to call again. */
export async function deleteOwnCluster(
  { rds, waits }: DeleteClusterDeps,
  io: StepIo,
  identifier: string,
): Promise<void> {
  let found = await rds.findCluster(identifier);
  if (found === undefined) return;
  if (!isOurs(found, io.runId)) {
    io.note(`the cluster ${identifier} does not carry this run's tag and is left alone`);
    return;
  }
  if (found.members.length > 0)
    throw new MigrationError('ClusterHasMembers', `the cluster ${identifier} still has instances`, {
      why: `${found.members.map((member) => member.identifier).join(', ')} must be deleted first, and not all of them are this run's`,
      next: found.members.map(
        (member) => `aws rds delete-db-instance --db-instance-identifier ${member.identifier}`,
      ),
      resource: found.arn,
    });
  if (found.status !== 'deleting') {
    if (unsettled.has(found.status)) found = await untilSettled(waits, io, found);
    if (found.deletionProtection)
      await io.mutate(
        { call: 'rds:ModifyDBCluster', key: identifier, before: { deletionProtection: true } },
        () => rds.setDeletionProtection(identifier, false),
      );
    await io.mutate({ call: 'rds:DeleteDBCluster', key: identifier }, () => rds.deleteCluster(identifier));
  }
  await waits.untilClusterGone(io, identifier);
}

/** It may fail while it is waited for, and a failed cluster can be deleted just as well. */
async function untilSettled(
  waits: DeleteClusterDeps['waits'],
  io: StepIo,
  found: DbCluster,
): Promise<DbCluster> {
  try {
    return await waits.untilClusterAvailable(io, found.identifier);
  } catch (error) {
    if (isFailedResource(error)) return found;
    throw error;
  }
}
