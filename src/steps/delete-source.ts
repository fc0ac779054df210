/**
 * The end of the source: deletes the old stack where it serves the source alone, else the instance. Immediately before, the
 * last snapshot is proven `available` again, the target to answer, and nobody to be connected. A crash leaves a deletion
 * that goes on by itself; the next attempt finds it by the ids that were pinned.
 */
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { Config } from '../config/schema.js';
import { StaleError, VerifyError } from '../errors.js';
import type { Inputs, Step, StepIo } from '../pipeline/step.js';
import { untilGone } from './await-deletion.js';
import { noteReadOnly, word } from './by-hand.js';
import {
  checkFinalization,
  checkReadiness,
  deleteSource,
  keepSecret,
  pauseWriters,
  takeLastSnapshot,
  type Finalization,
  type LastSnapshot,
  type ServerRef,
} from './refs.js';
import { verifyLastSnapshot } from './take-last-snapshot.js';

export interface DeleteSourceDeps {
  readonly rds: Pick<
    RdsGateway,
    'findInstance' | 'findSnapshot' | 'deleteInstance' | 'setInstanceDeletionProtection'
  >;
  readonly cloudFormation: Pick<CloudFormationGateway, 'findStack' | 'deleteStack'>;
  readonly waits: Pick<StackWaits, 'untilStackGone'>;
  readonly databaseWaits: Pick<DatabaseWaits, 'untilInstanceAvailable' | 'untilInstanceGone'>;
  /** The check of the first step once more. @throws VerifyError when the source may not go any longer */
  readonly recheck: (io: StepIo, from: Inputs<Config>, found: Finalization) => Promise<void>;
}

interface In {
  readonly from: Inputs<Config>;
  readonly found: Finalization;
  readonly snapshot: LastSnapshot;
  /** Where the source was, and is again once it comes back under its name. */
  readonly server: ServerRef;
  readonly readOnlyBefore: string | null;
  readonly network: { readonly subnetGroup: string | null; readonly securityGroups: readonly string[] };
}
type Out = ReturnType<typeof deleteSource.output.parse>;

export function createDeleteSource(deps: DeleteSourceDeps): Step<In, Out, Config> {
  return {
    ...deleteSource,
    title: 'Delete the source',
    typicalSeconds: [180, 1_200],
    overtakes: [checkFinalization.id, keepSecret.id],
    reversal: {
      kind: 'point-of-no-return',
      because: 'the source is deleted; its last snapshot is what is left of it',
      note: bringBackByHand,
    },
    select: (from) => {
      const { subnetGroup, securityGroups, server } = from.outputOf(checkReadiness).source;
      return {
        from,
        server,
        readOnlyBefore: from.findOutputOf(pauseWriters)?.database.previousDefaultReadOnly ?? null,
        found: from.outputOf(checkFinalization),
        snapshot: from.outputOf(takeLastSnapshot),
        network: { subnetGroup, securityGroups },
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `DELETES ${config.source.instance}, once its last snapshot is proven available; its automated backups go with it`,
        ],
        calls: ['rds:DeleteDBInstance or cloudformation:DeleteStack'],
      }),
    run: async (io, input) => {
      const { found } = input;
      if (found.ending === 'stack') await removeStack(deps, io, input);
      else await removeInstance(deps, io, input);
      return {
        instance: found.instance.identifier,
        stackId: found.ending === 'stack' ? (found.stack?.id ?? null) : null,
        deletedAt: io.clock.now().toISOString(),
      };
    },
    verify: async (_io, { found: { instance } }, { stackId }) => {
      const left = await deps.rds.findInstance(instance.identifier);
      const stack = stackId === null ? undefined : await deps.cloudFormation.findStack(stackId);
      const isLeft = left?.resourceId === instance.resourceId;
      if (!isLeft && (stack === undefined || stack.status === 'DELETE_COMPLETE')) return;
      throw new VerifyError('SourceNotDeleted', `${instance.identifier} or its stack is still there`, {
        why: `the instance is ${isLeft ? left.status : 'gone'}, the stack ${stack?.status ?? 'gone or not concerned'}`,
        resource: instance.arn,
      });
    },
  };
}

async function removeInstance(deps: DeleteSourceDeps, io: StepIo, input: In): Promise<void> {
  const { identifier, arn, resourceId } = input.found.instance;
  const instance = await deps.rds.findInstance(identifier);
  if (instance === undefined) return;
  if (instance.resourceId !== resourceId)
    throw new StaleError('SourceDiffers', `${identifier} is another instance than the source of this run`, {
      why: 'Somebody has deleted the source and made another instance of its name',
      resource: arn,
    });
  if (instance.status !== 'deleting') {
    await prove(deps, io, input);
    await liftProtection(deps, io, input, instance);
    await io.mutate({ call: 'rds:DeleteDBInstance', key: identifier, before: { resourceId } }, () =>
      deps.rds.deleteInstance(identifier),
    );
  }
  await deps.databaseWaits.untilInstanceGone(io, identifier);
}

async function removeStack(deps: DeleteSourceDeps, io: StepIo, input: In): Promise<void> {
  const { id, name } = input.found.stack ?? { id: '', name: '' };
  const stack = await deps.cloudFormation.findStack(id);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
  if (stack.status !== 'DELETE_IN_PROGRESS') {
    const earlier = io.intents().filter(({ call }) => call === 'cloudformation:DeleteStack').length;
    const instance = await deps.rds.findInstance(input.found.instance.identifier);
    // A deletion that failed half way has perhaps taken the instance already.
    if (instance !== undefined) {
      await prove(deps, io, input);
      await liftProtection(deps, io, input, instance);
    }
    await io.mutate({ call: 'cloudformation:DeleteStack', key: name, before: { stackId: id } }, () =>
      deps.cloudFormation.deleteStack(id, `${io.runId}-${io.stepId}-${String(earlier)}`),
    );
  }
  await untilGone(deps, io, id, name, 'finalize again');
}

async function prove(deps: DeleteSourceDeps, io: StepIo, { from, found, snapshot }: In): Promise<void> {
  await verifyLastSnapshot(deps.rds, snapshot);
  await deps.recheck(io, from, found);
}

/** Only where it was asked for by name; otherwise the check has refused. */
async function liftProtection(
  { rds, databaseWaits }: DeleteSourceDeps,
  io: StepIo,
  { from }: In,
  { identifier, deletionProtection }: DbInstance,
): Promise<void> {
  if (!deletionProtection || !from.config.finalize.liftDeletionProtection) return;
  await io.mutate({ call: 'rds:ModifyDBInstance', key: identifier, before: { deletionProtection } }, () =>
    rds.setInstanceDeletionProtection(identifier, false),
  );
  await databaseWaits.untilInstanceAvailable(io, identifier);
}

function bringBackByHand({ found: { instance }, snapshot, network, server, readOnlyBefore }: In): string[] {
  const identifier = word(instance.identifier);
  const subnets = network.subnetGroup === null ? '' : ` --db-subnet-group-name ${word(network.subnetGroup)}`;
  const groups =
    network.securityGroups.length === 0
      ? ''
      : ` --vpc-security-group-ids ${network.securityGroups.map(word).join(' ')}`;
  return [
    `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier ${identifier} --db-snapshot-identifier ${word(snapshot.snapshotIdentifier)}${subnets}${groups}`,
    `aws rds wait db-instance-available --db-instance-identifier ${identifier}`,
    '# it holds what the source held when it was deleted, and nothing that was written to the cluster since; its database is read-only by default as long as the next command was not given',
    noteReadOnly(server, readOnlyBefore),
    "# then point the application's secret at it",
  ];
}
