/**
 * Restores the snapshot as an Aurora cluster, without an instance. The identifier is fixed by the config, and the tags in
 * the call prove whose the cluster is; a crash leaves a tagged cluster, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { RestoredCluster } from '../aws/rds-restores.js';
import type { DatabaseSettings } from '../aws/stack-stages.js';
import type { Config } from '../config/schema.js';
import type { Inputs, Step, StepIo } from '../pipeline/step.js';
import { importByHand } from './import-by-hand.js';
import {
  assertOwnCluster,
  deleteClusterByHand,
  deleteOwnCluster,
  findUsableCluster,
  protectCluster,
  verifyCluster,
} from './own-cluster.js';
import { isOurs, ownTags, takenIdentifier } from './ownership.js';
import {
  carryParameters,
  checkReadiness,
  prepareStack,
  restoreCluster,
  takeSnapshot,
  useSnapshot,
} from './refs.js';

export interface RestoreClusterDeps {
  readonly rds: Pick<
    RdsGateway,
    'findCluster' | 'restoreCluster' | 'setDeletionProtection' | 'deleteCluster'
  >;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilClusterGone'>;
}

interface In extends Omit<RestoredCluster, 'tags'> {
  readonly masterUser: string;
  readonly deletionProtection: boolean;
}
type Out = ReturnType<typeof restoreCluster.output.parse>;

/** Days. AWS's own default is one. */
const backupRetention = 7;

export function createRestoreCluster(deps: RestoreClusterDeps): Step<In, Out, Config> {
  return {
    ...restoreCluster,
    title: 'Restore the snapshot as an Aurora cluster',
    typicalSeconds: [600, 3_600],
    writersPaused: true,
    // An automated snapshot goes when its time is over, and the cluster needs it no longer.
    supersedes: [useSnapshot.id],
    reversal: {
      kind: 'undo',
      note: ({ identifier, deletionProtection }) => deleteClusterByHand(identifier, deletionProtection),
      undo: (io, input) => deleteOwnCluster(deps, io, input.identifier),
    },
    select: selectInput,
    plan: async (io, { config }) => {
      const found = await deps.rds.findCluster(config.target.cluster);
      if (found !== undefined && !isOurs(found, io.runId))
        return { kind: 'blocked', problems: [takenIdentifier('cluster', found.identifier)] };
      return { kind: 'change', effects: planned(config), calls: ['rds:RestoreDBClusterFromSnapshot'] };
    },
    run: async (io, input) => {
      await ensureRestored(deps, io, input);
      const cluster = await deps.waits.untilClusterAvailable(io, input.identifier, { justCreated: true });
      assertOwnCluster(io, cluster, input);
      await protectCluster(deps, io, cluster, input.deletionProtection);
      return { clusterIdentifier: cluster.identifier, clusterArn: cluster.arn };
    },
    verify: (_io, _input, output) => verifyCluster(deps.rds, output),
  };
}

function selectInput(from: Inputs<Config>): In {
  const { source, target } = from.config;
  const ready = from.outputOf(checkReadiness);
  const snapshot = from.findOutputOf(useSnapshot) ?? from.outputOf(takeSnapshot);
  const common = {
    identifier: target.cluster,
    snapshotArn: snapshot.snapshotArn,
    engineVersion: ready.targetEngineVersion,
    masterUser: source.user,
    parameterGroup: from.findOutputOf(carryParameters)?.parameterGroup ?? undefined,
  };
  const template = from.findOutputOf(prepareStack)?.settings;
  if (template !== undefined) return { ...common, ...fromTemplate(template, target, snapshot.encrypted) };
  return {
    ...common,
    subnetGroup: target.subnetGroup ?? ready.source.subnetGroup ?? undefined,
    securityGroups: target.securityGroups ?? ready.source.securityGroups,
    kmsKeyId: target.kmsKey,
    scaling: target.capacity,
    deletionProtection: target.deletionProtection,
    iamAuthentication: ready.source.iamAuthentication ?? false,
    backupRetention,
  };
}

/** What the template leaves out is left to AWS, as CloudFormation would; else the import would begin with drift. */
function fromTemplate(settings: DatabaseSettings, target: Config['target'], encrypted: boolean) {
  const { MinCapacity, MaxCapacity, VpcSecurityGroupIds: groups = '' } = settings;
  // An unencrypted snapshot becomes an encrypted cluster only by a key; this is the one that RDS itself would take.
  const ownKey = settings.StorageEncrypted === 'true' && !encrypted ? 'alias/aws/rds' : undefined;
  return {
    subnetGroup: settings.DBSubnetGroupName,
    securityGroups: groups === '' ? [] : groups.split(','),
    parameterGroup: settings.DBClusterParameterGroupName,
    kmsKeyId: settings.KmsKeyId ?? ownKey,
    scaling: {
      ...target.capacity,
      min: MinCapacity === undefined ? target.capacity.min : Number(MinCapacity),
      max: MaxCapacity === undefined ? target.capacity.max : Number(MaxCapacity),
    },
    deletionProtection: settings.DeletionProtection === 'true',
    iamAuthentication: settings.EnableIAMDatabaseAuthentication === 'true',
    backupRetention: Number(settings.BackupRetentionPeriod ?? 1),
  };
}

async function ensureRestored(deps: RestoreClusterDeps, io: StepIo, input: In): Promise<void> {
  if ((await findUsableCluster(deps, io, input)) !== undefined) return;
  const { masterUser: _data, deletionProtection: _later, ...cluster } = input;
  await io.mutate(
    { call: 'rds:RestoreDBClusterFromSnapshot', key: input.identifier },
    () => deps.rds.restoreCluster({ ...cluster, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

function planned({ target }: Config): string[] {
  const version =
    target.engineVersion === 'auto' ? 'the newest minor offered for this source' : target.engineVersion;
  const { min, max } = target.capacity;
  const restores = `restores the snapshot as the Aurora PostgreSQL cluster ${target.cluster} (${version}`;
  if (target.deploy.template !== undefined)
    return [
      `${restores}), in the network and with the parameters, capacity, encryption and IAM authentication of the template`,
    ];
  return [
    `${restores}, ${String(min)} to ${String(max)} ACU), encrypted as the source is unless target.kmsKey is set, deletion protection ${target.deletionProtection ? 'on' : 'off'}, IAM authentication as the source has it`,
    `no stack owns it; to bring it under one afterwards: ${importByHand(target.cluster, target.instance)}`,
  ];
}
