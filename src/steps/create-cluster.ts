/**
 * Creates the Aurora cluster by the RDS API (`target.deploy.api`), without an instance.
 * RDS has no idempotency token: the identifier is fixed by the config, and the tags in the create call prove whose the
 * cluster is. A crash leaves a tagged cluster without members, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { NewCluster } from '../aws/rds-clusters.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import type { Step, StepIo } from '../pipeline/step.js';
import {
  assertOwnCluster,
  deleteClusterByHand,
  deleteOwnCluster,
  findUsableCluster,
  protectCluster,
  verifyCluster,
} from './own-cluster.js';
import { isOurs, ownTags, takenIdentifier } from './ownership.js';
import { checkReadiness, createCluster } from './refs.js';

export interface CreateClusterDeps {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'createCluster' | 'setDeletionProtection' | 'deleteCluster'>;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilClusterGone'>;
}

interface In extends Omit<NewCluster, 'tags'> {
  readonly deletionProtection: boolean;
}
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
      note: ({ identifier, deletionProtection }) => deleteClusterByHand(identifier, deletionProtection),
      undo: (io, input) => deleteOwnCluster(deps, io, input.identifier),
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
      assertOwnCluster(io, cluster, input);
      await protectCluster(deps, io, cluster, input.deletionProtection);
      return { clusterIdentifier: cluster.identifier, clusterArn: cluster.arn };
    },
    verify: (_io, _input, output) => verifyCluster(deps.rds, output),
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
  if ((await findUsableCluster(deps, io, input)) !== undefined) return;
  const { deletionProtection: _later, ...cluster } = input;
  await io.mutate(
    { call: 'rds:CreateDBCluster', key: input.identifier },
    () => deps.rds.createCluster({ ...cluster, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

function planned({ target }: Config): string[] {
  const version =
    target.engineVersion === 'auto' ? 'the newest version offered for this source' : target.engineVersion;
  const { min, max } = target.capacity;
  return [
    `creates the Aurora PostgreSQL cluster ${target.cluster} (${version}, ${String(min)} to ${String(max)} ACU), encrypted, deletion protection ${target.deletionProtection ? 'on' : 'off'}`,
  ];
}
