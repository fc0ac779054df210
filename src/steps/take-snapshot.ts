/**
 * Takes a snapshot of the source after its writers have stopped, and waits until it is proven `available`.
 * RDS has no idempotency token: the identifier is fixed by the run id, and the tags in the call prove whose it is. A
 * crash leaves a tagged snapshot, which the next attempt adopts.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbSnapshot } from '../aws/rds-snapshots.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, StaleError, VerifyError, type Problem } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { word } from './by-hand.js';
import { isFailedResource, isOurs, ownTags } from './ownership.js';
import { checkReadiness, saveSource, saveStack, takeSnapshot, type SnapshotFacts } from './refs.js';

export interface TakeSnapshotDeps {
  readonly rds: Pick<RdsGateway, 'findSnapshot' | 'createSnapshot' | 'deleteSnapshot'>;
  readonly waits: Pick<DatabaseWaits, 'untilSnapshotAvailable' | 'untilSnapshotGone'>;
}

export interface DeleteSnapshotDeps {
  readonly rds: Pick<RdsGateway, 'findSnapshot' | 'deleteSnapshot'>;
  readonly waits: TakeSnapshotDeps['waits'];
}

interface In {
  readonly identifier: string;
  readonly instance: string;
  /** In place: the stack that is brought back from it, and whose template names it ever after. */
  readonly stack?: string | undefined;
  /** A fresh start may have deleted the source: it is the last copy of what nobody compares, the other databases. */
  readonly isFinal?: boolean;
}

export function createTakeSnapshot(deps: TakeSnapshotDeps): Step<In, SnapshotFacts, Config> {
  return {
    ...takeSnapshot,
    title: 'Take a snapshot of the source',
    typicalSeconds: [120, 1_200],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ identifier, stack, isFinal }) =>
        isFinal === true
          ? [`# the final snapshot ${identifier} is kept: delete it once nobody needs it`]
          : stack === undefined
            ? [`aws rds delete-db-snapshot --db-snapshot-identifier ${word(identifier)}`]
            : [`# the snapshot ${identifier} is kept: the stack ${stack} comes back from it`],
      undo: (io, input) => undo(deps, io, input),
    },
    select: ({ runId, outputOf, findOutputOf }) => ({
      identifier: snapshotIdentifier(runId),
      instance: outputOf(checkReadiness).source.identifier,
      stack: findOutputOf(saveStack)?.stackName,
      isFinal: findOutputOf(saveSource) !== undefined,
    }),
    plan: async (io, { config, runId }) => {
      const identifier = snapshotIdentifier(runId);
      const found = await deps.rds.findSnapshot(identifier);
      if (found !== undefined && !isOurs(found, io.runId))
        return { kind: 'blocked', problems: [takenProblem(found)] };
      return {
        kind: 'change',
        effects: [
          `takes the manual snapshot ${identifier} of ${config.source.instance}; on a Single-AZ instance this holds up its input and output for a moment`,
        ],
        calls: ['rds:CreateDBSnapshot'],
      };
    },
    run: async (io, input) => {
      return toFacts(await takeOwnSnapshot(deps, io, input));
    },
    verify: async (_io, _input, output) => {
      const snapshot = await deps.rds.findSnapshot(output.snapshotIdentifier);
      if (snapshot?.status === 'available' && toFacts(snapshot).createdAt === output.createdAt) return;
      throw new VerifyError(
        'SnapshotNotAvailable',
        `the snapshot ${output.snapshotIdentifier} is ${snapshot?.status ?? 'gone'}`,
        {
          why:
            snapshot?.status === 'available'
              ? 'It is another snapshot of the same name'
              : 'The target is made from it',
          resource: output.snapshotArn,
        },
      );
    },
  };
}

/** RDS stores identifiers in lower case. */
export function snapshotIdentifier(runId: string): string {
  return `rds2aurora-${runId}`.toLowerCase();
}

export interface OwnSnapshot {
  readonly identifier: string;
  readonly instance: string;
}

/** Takes the snapshot, or adopts the one that an earlier attempt of this run has taken, and waits until it is `available`. */
export async function takeOwnSnapshot(
  deps: TakeSnapshotDeps,
  io: StepIo,
  input: OwnSnapshot,
): Promise<DbSnapshot> {
  await ensureCreated(deps, io, input);
  const snapshot = await deps.waits.untilSnapshotAvailable(io, input.identifier, {
    justCreated: true,
    progressed: (percent) => {
      io.progress({ item: input.identifier, done: percent, total: 100, unit: 'percent' });
    },
  });
  assertAdoptable(io, snapshot, input);
  return snapshot;
}

async function ensureCreated(deps: TakeSnapshotDeps, io: StepIo, input: OwnSnapshot): Promise<void> {
  const found = await deps.rds.findSnapshot(input.identifier);
  if (found !== undefined) {
    assertAdoptable(io, found, input);
    if (found.status !== 'failed') return;
    io.note(`the snapshot ${found.identifier} of this run has failed: it is deleted and taken again`);
    await deleteOwnSnapshot(deps, io, found.identifier);
  }
  await io.mutate(
    { call: 'rds:CreateDBSnapshot', key: input.identifier },
    () =>
      deps.rds.createSnapshot({ identifier: input.identifier, instance: input.instance, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

/** @throws PreconditionError when the snapshot is not ours, StaleError when it is ours and of another instance. */
function assertAdoptable(io: StepIo, found: DbSnapshot, input: OwnSnapshot): void {
  if (!isOurs(found, io.runId)) {
    const { code, what, why, fix } = takenProblem(found);
    throw new PreconditionError(code, what, { why, next: [fix], resource: found.arn });
  }
  if (found.instanceIdentifier.toLowerCase() === input.instance.toLowerCase()) return;
  throw new StaleError(
    'SnapshotDiffers',
    `the snapshot ${found.identifier} of this run is of ${found.instanceIdentifier}, not of ${input.instance}`,
    { next: ['roll this run back and begin a new one'], resource: found.arn },
  );
}

/** A snapshot of that name stands, and this run has not made it. */
export function takenProblem(found: DbSnapshot): Problem {
  return {
    code: 'SnapshotNotOurs',
    what: `a snapshot named ${found.identifier} exists and was not made by this run`,
    why: 'The tool uses and deletes only snapshots that its own run has made',
    fix: 'begin a new run: it gets another name',
  };
}

function toFacts(snapshot: DbSnapshot): SnapshotFacts {
  return {
    snapshotIdentifier: snapshot.identifier,
    snapshotArn: snapshot.arn,
    engineVersion: snapshot.engineVersion,
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId ?? null,
    createdAt: snapshot.createdAt?.toISOString() ?? '',
  };
}

async function undo(deps: TakeSnapshotDeps, io: StepIo, { identifier, stack, isFinal }: In): Promise<void> {
  if (isFinal === true) {
    io.note(`the final snapshot ${identifier} is kept: delete it once nobody needs it`);
    return;
  }
  if (stack === undefined) return deleteOwnSnapshot(deps, io, identifier);
  if ((await deps.rds.findSnapshot(identifier)) !== undefined)
    io.note(
      `the snapshot ${identifier} is kept: the template of ${stack} names it, and it is the last copy of how things were`,
    );
}

/** Deletes the snapshot if this run took it. One that is being made cannot be deleted yet, so it is waited for. */
export async function deleteOwnSnapshot(
  { rds, waits }: DeleteSnapshotDeps,
  io: StepIo,
  identifier: string,
): Promise<void> {
  const found = await rds.findSnapshot(identifier);
  if (found === undefined) return;
  if (!isOurs(found, io.runId)) {
    io.note(`the snapshot ${identifier} does not carry this run's tag and is left alone`);
    return;
  }
  if (found.status === 'creating' || found.status === 'copying') await untilSettled(waits, io, identifier);
  if (found.status !== 'deleting')
    await io.mutate({ call: 'rds:DeleteDBSnapshot', key: identifier }, () => rds.deleteSnapshot(identifier));
  await waits.untilSnapshotGone(io, identifier);
}

/** It may fail while it is waited for, and a failed snapshot can be deleted just as well. */
async function untilSettled(waits: TakeSnapshotDeps['waits'], io: StepIo, identifier: string): Promise<void> {
  try {
    await waits.untilSnapshotAvailable(io, identifier);
  } catch (error) {
    if (!isFailedResource(error)) throw error;
  }
}
