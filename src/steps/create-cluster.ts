/**
 * Creates the Aurora cluster by the RDS API (`target.deploy.api`), without an instance.
 * RDS has no idempotency token: the identifier is fixed by the config, and the tags in the create call prove whose the
 * cluster is. A crash leaves a tagged cluster without members, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbCluster, NewCluster } from '../aws/rds-clusters.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError, StaleError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { isOurs, ownTags, takenIdentifier } from './ownership.js';
import { checkReadiness, createCluster } from './refs.js';

export interface CreateClusterDeps {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'createCluster' | 'setDeletionProtection' | 'deleteCluster'>;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilClusterGone'>;
}

type In = Omit<NewCluster, 'tags'>;
interface Out {
  readonly clusterIdentifier: string;
  readonly clusterArn: string;
}

export function createCreateCluster(deps: CreateClusterDeps): Step<In, Out, Config> {
  return {
    ...createCluster,
    title: 'Create the Aurora cluster',
    typicalSeconds: [180, 600],
    reversal: {
      kind: 'undo',
      note: (input) => undoByHand(input),
      undo: (io, input) => undo(deps, io, input.identifier),
    },
    select: ({ config, outputOf }) => selectInput(config, outputOf(checkReadiness)),
    plan: async (io, { config }) => {
      const found = await deps.rds.findCluster(config.target.cluster);
      if (found === undefined)
        return { kind: 'change', effects: planned(config), calls: ['rds:CreateDBCluster'] };
      if (isOurs(found, io.runId))
        return { kind: 'satisfied', because: `this run made the cluster ${found.identifier}` };
      return { kind: 'blocked', problems: [takenIdentifier('cluster', found.identifier)] };
    },
    run: async (io, input) => {
      await ensureCreated(deps, io, input);
      const cluster = await deps.waits.untilClusterAvailable(io, input.identifier, { justCreated: true });
      assertAdoptable(io, cluster, input);
      return { clusterIdentifier: cluster.identifier, clusterArn: cluster.arn };
    },
    verify: async (_io, _input, output) => {
      const cluster = await deps.rds.findCluster(output.clusterIdentifier);
      if (cluster?.arn === output.clusterArn && cluster.status === 'available') return;
      throw new VerifyError(
        'ClusterNotAvailable',
        `the cluster ${output.clusterIdentifier} is ${cluster?.status ?? 'gone'}`,
        {
          resource: output.clusterArn,
        },
      );
    },
  };
}

function selectInput(config: Config, ready: ReturnType<typeof checkReadiness.output.parse>): In {
  const { target } = config;
  return {
    identifier: target.cluster,
    engineVersion: ready.targetEngineVersion,
    masterUser: config.source.user,
    secret: config.source.secret,
    subnetGroup: target.subnetGroup ?? ready.source.subnetGroup ?? undefined,
    securityGroups: target.securityGroups ?? ready.source.securityGroups,
    encrypted: true,
    kmsKeyId: target.kmsKey ?? ready.source.kmsKeyId ?? undefined,
    scaling: target.capacity,
    deletionProtection: target.deletionProtection,
  };
}

async function ensureCreated(deps: CreateClusterDeps, io: StepIo, input: In): Promise<void> {
  const found = await deps.rds.findCluster(input.identifier);
  if (found !== undefined) {
    assertAdoptable(io, found, input);
    return;
  }
  await io.mutate(
    { call: 'rds:CreateDBCluster', key: input.identifier },
    () => deps.rds.createCluster({ ...input, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

/** @throws PreconditionError when the cluster is not ours, StaleError when it is ours and differs from what was asked. */
function assertAdoptable(io: StepIo, found: DbCluster, input: In): void {
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
    differs('engine version', found.engineVersion, input.engineVersion),
    differs('master user', found.masterUser, input.masterUser),
    input.subnetGroup === undefined ? [] : differs('subnet group', found.subnetGroup, input.subnetGroup),
    differs(
      'security groups',
      [...found.securityGroups].sort().join(),
      [...input.securityGroups].sort().join(),
    ),
    differs('minimum ACU', found.scaling?.min, input.scaling.min),
    differs('maximum ACU', found.scaling?.max, input.scaling.max),
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

function differs(what: string, found: string | number | undefined, wanted: string | number): string[] {
  return found === wanted ? [] : [`${what} is ${String(found)}, asked for was ${String(wanted)}`];
}

function planned({ target }: Config): string[] {
  const version =
    target.engineVersion === 'auto' ? 'the newest version offered for this source' : target.engineVersion;
  const { min, max } = target.capacity;
  return [
    `creates the Aurora PostgreSQL cluster ${target.cluster} (${version}, ${String(min)} to ${String(max)} ACU), encrypted, deletion protection ${target.deletionProtection ? 'on' : 'off'}`,
  ];
}

function undoByHand(input: In): string[] {
  const { identifier } = input;
  return [
    ...(input.deletionProtection
      ? [
          `aws rds modify-db-cluster --db-cluster-identifier ${identifier} --no-deletion-protection --apply-immediately`,
        ]
      : []),
    `aws rds delete-db-cluster --db-cluster-identifier ${identifier} --skip-final-snapshot`,
  ];
}

async function undo({ rds, waits }: CreateClusterDeps, io: StepIo, identifier: string): Promise<void> {
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
    if (found.status === 'creating') found = await waits.untilClusterAvailable(io, identifier);
    if (found.deletionProtection)
      await io.mutate(
        { call: 'rds:ModifyDBCluster', key: identifier, before: { deletionProtection: true } },
        () => rds.setDeletionProtection(identifier, false),
      );
    await io.mutate({ call: 'rds:DeleteDBCluster', key: identifier }, () => rds.deleteCluster(identifier));
  }
  await waits.untilClusterGone(io, identifier);
}
