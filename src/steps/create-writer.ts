/**
 * Creates the `db.serverless` writer in the cluster that create-cluster or restore-cluster made.
 * Relies on the cluster being available; a crash leaves a tagged instance in it, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, StaleError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { noteInstanceDeletion } from './by-hand.js';
import { isFailedResource, isOurs, ownTags, takenIdentifier } from './ownership.js';
import { createCluster, createWriter, prepareStack, restoreCluster } from './refs.js';

export interface CreateWriterDeps {
  readonly rds: Pick<RdsGateway, 'findInstance' | 'createWriter' | 'deleteInstance'>;
  readonly waits: Pick<DatabaseWaits, 'untilInstanceAvailable' | 'untilInstanceGone'>;
}

interface In {
  readonly identifier: string;
  readonly clusterIdentifier: string;
  /** What the template says, where there is one: the instance would come into the stack with a drift otherwise. */
  readonly autoMinorVersionUpgrade?: boolean | undefined;
}
interface Out {
  readonly instanceIdentifier: string;
  readonly instanceArn: string;
}

export function createCreateWriter(deps: CreateWriterDeps): Step<In, Out, Config> {
  return {
    ...createWriter,
    title: 'Create the serverless writer',
    typicalSeconds: [240, 900],
    reversal: {
      kind: 'undo',
      note: ({ identifier }) => noteInstanceDeletion(identifier),
      undo: (io, input) => undo(deps, io, input.identifier),
    },
    select: ({ config, findOutputOf, outputOf }) => ({
      identifier: config.target.instance,
      clusterIdentifier: (findOutputOf(restoreCluster) ?? outputOf(createCluster)).clusterIdentifier,
      autoMinorVersionUpgrade: readFlag(findOutputOf(prepareStack)?.settings['AutoMinorVersionUpgrade']),
    }),
    plan: async (io, { config }) => {
      const found = await deps.rds.findInstance(config.target.instance);
      if (found === undefined)
        return {
          kind: 'change',
          effects: [
            `creates the db.serverless instance ${config.target.instance} in ${config.target.cluster}`,
          ],
          calls: ['rds:CreateDBInstance'],
        };
      if (isOurs(found, io.runId))
        return { kind: 'satisfied', because: `this run made the instance ${found.identifier}` };
      return { kind: 'blocked', problems: [takenIdentifier('instance', found.identifier)] };
    },
    run: async (io, input) => {
      await ensureCreated(deps, io, input);
      const instance = await deps.waits.untilInstanceAvailable(io, input.identifier, { justCreated: true });
      assertAdoptable(io, instance, input);
      return { instanceIdentifier: instance.identifier, instanceArn: instance.arn };
    },
    verify: async (_io, _input, output) => {
      const instance = await deps.rds.findInstance(output.instanceIdentifier);
      if (instance?.arn === output.instanceArn && instance.status === 'available') return;
      throw new VerifyError(
        'WriterNotAvailable',
        `the instance ${output.instanceIdentifier} is ${instance?.status ?? 'gone'}`,
        {
          resource: output.instanceArn,
        },
      );
    },
  };
}

function readFlag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}

/**
 * From these an instance never becomes usable, and AWS says to delete it. The data is the cluster's.
 * Source: "Viewing DB instance status" (RDS User Guide).
 */
const hopeless = new Set([
  'failed',
  'inaccessible-encryption-credentials',
  'incompatible-create',
  'incompatible-network',
  'incompatible-restore',
  'insufficient-capacity',
  'restore-error',
]);

async function ensureCreated(deps: CreateWriterDeps, io: StepIo, input: In): Promise<void> {
  const found = await deps.rds.findInstance(input.identifier);
  if (found !== undefined) {
    assertAdoptable(io, found, input);
    if (!hopeless.has(found.status)) return;
    io.note(
      `the instance ${found.identifier} of this run is ${found.status} for good: it is deleted and made again`,
    );
    await undo(deps, io, input.identifier);
  }
  await io.mutate(
    { call: 'rds:CreateDBInstance', key: input.identifier },
    () => deps.rds.createWriter({ ...input, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

function assertAdoptable(io: StepIo, found: DbInstance, input: In): void {
  if (!isOurs(found, io.runId)) {
    const problem = takenIdentifier('instance', found.identifier);
    throw new PreconditionError(problem.code, problem.what, {
      why: problem.why,
      next: [problem.fix],
      resource: found.arn,
    });
  }
  const cluster = found.clusterIdentifier?.toLowerCase();
  if (cluster === input.clusterIdentifier.toLowerCase() && found.instanceClass === 'db.serverless') return;
  throw new StaleError(
    'WriterDiffers',
    `the instance ${found.identifier} of this run is ${found.instanceClass} in ${String(cluster)}`,
    {
      why: 'Somebody altered it after this run had created it',
      next: ['roll this run back and begin a new one'],
      resource: found.arn,
    },
  );
}

async function undo({ rds, waits }: CreateWriterDeps, io: StepIo, identifier: string): Promise<void> {
  const found = await rds.findInstance(identifier);
  if (found === undefined) return;
  if (!isOurs(found, io.runId)) {
    io.note(`the instance ${identifier} does not carry this run's tag and is left alone`);
    return;
  }
  if (found.status === 'creating') await untilSettled(waits, io, identifier);
  if (found.status !== 'deleting')
    await io.mutate({ call: 'rds:DeleteDBInstance', key: identifier }, () => rds.deleteInstance(identifier));
  await waits.untilInstanceGone(io, identifier);
}

/** It may fail while it is waited for, and a failed instance can be deleted just as well. */
async function untilSettled(waits: CreateWriterDeps['waits'], io: StepIo, identifier: string): Promise<void> {
  try {
    await waits.untilInstanceAvailable(io, identifier);
  } catch (error) {
    if (!isFailedResource(error)) throw error;
  }
}
