/**
 * In place, with a deploy command: brings the source back for the time of the dump, as a temporary RDS instance made from
 * the snapshot. By now the old stack has gone, and its subnet group and security groups with it: the instance stands in
 * those of the new cluster, behind its port, so that whoever can reach the one can reach the other.
 * The identifier is fixed by the run id; a crash leaves a tagged instance, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import {
  CredentialsError,
  MigrationError,
  PreconditionError,
  StaleError,
  VerifyError,
  type Problem,
} from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { noteInstanceDeletion } from './by-hand.js';
import { isOurs, ownTags } from './ownership.js';
import {
  awaitTarget,
  checkReadiness,
  hydrateSource,
  removeTemporary,
  takeSnapshot,
  type ServerRef,
} from './refs.js';
import { deleteTemporary, temporaryIdentifier, type TemporaryInstanceDeps } from './temporary-instance.js';

export interface HydrateSourceDeps extends TemporaryInstanceDeps {
  readonly rds: TemporaryInstanceDeps['rds'] &
    Pick<RdsGateway, 'findCluster' | 'findSnapshot' | 'restoreInstance' | 'setInstancePassword'>;
  readonly waits: TemporaryInstanceDeps['waits'] & Pick<DatabaseWaits, 'untilInstanceAvailable'>;
  readonly restored: Pick<RestoredDatabaseGateway, 'logIn'>;
}

interface In {
  readonly identifier: string;
  /** A later step has deleted it already. */
  readonly isRemoved: boolean;
  readonly snapshot: string;
  readonly instanceClass: string | undefined;
  /** Its network is used. */
  readonly cluster: string;
  /** The source as it was; the temporary instance has another address. */
  readonly server: ServerRef;
}
type Out = ReturnType<typeof hydrateSource.output.parse>;

const passwordCall = 'rds:ModifyDBInstance MasterUserPassword';

export function createHydrateSource(deps: HydrateSourceDeps): Step<In, Out, Config> {
  return {
    ...hydrateSource,
    title: 'Restore the snapshot as a temporary instance',
    typicalSeconds: [300, 1_800],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ identifier, isRemoved }) =>
        isRemoved
          ? [`# the temporary instance ${identifier} is gone already`]
          : noteInstanceDeletion(identifier),
      undo: (io, { identifier }) => deleteTemporary(deps, io, identifier),
    },
    select: ({ runId, outputOf, findOutputOf }) => {
      const { source } = outputOf(checkReadiness);
      return {
        identifier: temporaryIdentifier(runId),
        isRemoved: findOutputOf(removeTemporary) !== undefined,
        snapshot: outputOf(takeSnapshot).snapshotIdentifier,
        instanceClass: source.instanceClass,
        cluster: outputOf(awaitTarget).clusterIdentifier,
        server: source.server,
      };
    },
    plan: async (io, { runId, config }) => {
      const found = await deps.rds.findInstance(temporaryIdentifier(runId));
      if (found !== undefined && !isOurs(found, io.runId))
        return { kind: 'blocked', problems: [taken(found)] };
      const source = await deps.rds.findInstance(config.source.instance);
      return {
        kind: 'change',
        effects: [
          `restores the snapshot as the temporary RDS instance ${temporaryIdentifier(runId)} (${source?.instanceClass ?? 'of the class of the source'}, private), in the subnet group and the security groups of ${config.target.cluster}; it costs what the source costs until it is removed`,
        ],
        calls: ['rds:RestoreDBInstanceFromDBSnapshot', 'rds:ModifyDBInstance'],
      };
    },
    run: async (io, input) => {
      await ensureRestored(deps, io, input);
      const instance = await deps.waits.untilInstanceAvailable(io, input.identifier, { justCreated: true });
      assertAdoptable(io, instance);
      const server = addressOf(instance, input);
      await ensurePassword(deps, io, input.identifier, server);
      const { host, port } = server;
      return { instanceIdentifier: instance.identifier, instanceArn: instance.arn, host, port };
    },
    verify: async (_io, _input, output) => {
      const instance = await deps.rds.findInstance(output.instanceIdentifier);
      if (instance?.arn === output.instanceArn && instance.status === 'available') return;
      throw new VerifyError(
        'TemporaryNotAvailable',
        `the temporary instance ${output.instanceIdentifier} is ${instance?.status ?? 'gone'}`,
        { resource: output.instanceArn },
      );
    },
  };
}

async function ensureRestored({ rds }: HydrateSourceDeps, io: StepIo, input: In): Promise<void> {
  const found = await rds.findInstance(input.identifier);
  if (found !== undefined) {
    assertAdoptable(io, found);
    return;
  }
  const cluster = await rds.findCluster(input.cluster);
  const snapshot = await rds.findSnapshot(input.snapshot);
  if (cluster === undefined || snapshot === undefined)
    throw new MigrationError(
      cluster === undefined ? 'ClusterNotFound' : 'SnapshotNotFound',
      `${cluster === undefined ? `the cluster ${input.cluster}` : `the snapshot ${input.snapshot}`} is gone`,
      { why: 'The temporary instance is made from the snapshot, in the network of the cluster' },
    );
  const { identifier, instanceClass } = input;
  await io.mutate(
    { call: 'rds:RestoreDBInstanceFromDBSnapshot', key: identifier },
    () =>
      rds.restoreInstance({
        ...{ identifier, instanceClass, snapshot: snapshot.identifier, port: cluster.port },
        subnetGroup: cluster.subnetGroup,
        securityGroups: cluster.securityGroups,
        storage: { allocatedGiB: snapshot.allocatedGiB, type: snapshot.storageType, iops: snapshot.iops },
        tags: ownTags(io),
      }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

/** @throws PreconditionError when the instance is not ours, StaleError when it is ours and holds something else. */
function assertAdoptable(io: StepIo, found: DbInstance): void {
  if (!isOurs(found, io.runId)) {
    const { code, what, why, fix } = taken(found);
    throw new PreconditionError(code, what, { why, next: [fix], resource: found.arn });
  }
  if (found.engine === 'postgres' && found.clusterIdentifier === undefined) return;
  throw new StaleError(
    'TemporaryDiffers',
    `the instance ${found.identifier} of this run is ${found.engine}`,
    {
      next: ['roll this run back and begin a new one'],
      resource: found.arn,
    },
  );
}

function taken(found: DbInstance): Problem {
  return {
    code: 'TemporaryTaken',
    what: `an instance named ${found.identifier} exists and was not made by this run`,
    why: 'The tool reads and deletes only instances that its own run has made',
    fix: 'begin a new run: it gets another name',
  };
}

function addressOf({ identifier, arn, endpoint }: DbInstance, { server }: In): ServerRef {
  if (endpoint !== undefined) return { ...server, host: endpoint.address, port: endpoint.port };
  throw new MigrationError('EndpointMissing', `the instance ${identifier} has no endpoint`, {
    resource: arn,
    resumable: true,
  });
}

/** The password is that of the snapshot; logging in is the only way to see whether it is the secret's. */
async function ensurePassword(
  { rds, restored, waits }: HydrateSourceDeps,
  io: StepIo,
  identifier: string,
  server: ServerRef,
): Promise<void> {
  try {
    await restored.logIn(server);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    await io.mutate({ call: passwordCall, key: identifier }, () =>
      rds.setInstancePassword(identifier, server.secret),
    );
    await waits.untilInstanceAvailable(io, identifier);
    await restored.logIn(server);
  }
}
