/**
 * Makes a snapshot that exists the start of the move: proves that it is `available`, and copies it first when another
 * account shares it. The name of the copy is fixed by the run id and its tags prove whose it is; a crash leaves a tagged
 * copy, which the next attempt adopts. A snapshot of this account is used as it is, and never deleted.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbSnapshot } from '../aws/rds-snapshots.js';
import type { StsGateway } from '../aws/sts-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError, VerifyError } from '../errors.js';
import type { Inputs, Step, StepIo, StepPlan } from '../pipeline/step.js';
import { word } from './by-hand.js';
import { isOurs, ownTags } from './ownership.js';
import { checkReadiness, useSnapshot } from './refs.js';
import { describeAge, isOfOther, parseSnapshotArn, snapshotName } from './snapshot-name.js';
import { deleteOwnSnapshot } from './take-snapshot.js';

export interface UseSnapshotDeps {
  readonly sts: StsGateway;
  readonly rds: Pick<RdsGateway, 'findSnapshot' | 'copySnapshot' | 'deleteSnapshot'>;
  readonly waits: Pick<DatabaseWaits, 'untilSnapshotAvailable' | 'untilSnapshotGone'>;
}

interface In {
  readonly given: string;
  /** The account of the run; a snapshot of another one is copied. */
  readonly account: string;
  readonly copy: string;
  readonly kmsKeyId: string | undefined;
}
type Out = ReturnType<typeof useSnapshot.output.parse>;

const call = 'rds:CopyDBSnapshot';

export function createUseSnapshot(deps: UseSnapshotDeps): Step<In, Out, Config> {
  return {
    ...useSnapshot,
    title: 'Use the snapshot that was given',
    typicalSeconds: [1, 1_200],
    reversal: {
      kind: 'undo',
      note: ({ given, account, copy }) =>
        isOfOther(given, account)
          ? [`aws rds delete-db-snapshot --db-snapshot-identifier ${word(copy)}`]
          : [`# the snapshot ${snapshotName(given)} stays as it is`],
      undo: (io, { copy }) => deleteOwnSnapshot(deps, io, copy),
    },
    select: selectInput,
    plan: async (io, { config, runId }) => {
      const { account } = await deps.sts.getCaller();
      const input = inputOf(config, runId, account);
      const found = await deps.rds.findSnapshot(input.given);
      // Why it cannot be used, readiness tells.
      if (found?.createdAt === undefined) return { kind: 'blocked', problems: [] };
      const age = describeAge(io.clock.now().getTime() - found.createdAt.getTime());
      return describe(config, input, found, { age, taken: found.createdAt.toISOString() });
    },
    run: async (io, input) => {
      const found = await getAvailable(deps, input.given);
      const used = isOfOther(found.arn, input.account) ? await copy(deps, io, input, found) : found;
      return toOutput(found, used);
    },
    verify: async (_io, _input, output) => {
      const found = await deps.rds.findSnapshot(output.snapshotIdentifier);
      if (found?.status === 'available' && found.createdAt?.toISOString() === output.createdAt) return;
      throw new VerifyError(
        'SnapshotNotAvailable',
        `the snapshot ${output.snapshotIdentifier} is ${found?.status ?? 'gone'}`,
        { why: 'The target is made from it', resource: output.snapshotArn },
      );
    },
  };
}

function selectInput({ config, runId, outputOf }: Inputs<Config>): In {
  return inputOf(config, runId, outputOf(checkReadiness).account);
}

function inputOf({ source, target }: Config, runId: string, account: string): In {
  return {
    given: source.snapshot ?? '',
    account,
    copy: `rds2aurora-${runId}`.toLowerCase(),
    kmsKeyId: source.snapshotKmsKey ?? target.kmsKey,
  };
}

function describe(
  { source, target }: Config,
  { given, account, copy: name, kmsKeyId }: In,
  found: DbSnapshot,
  { age, taken }: { readonly age: string; readonly taken: string },
): StepPlan {
  const lost = `what was written to ${source.instance} after ${taken} will not be in ${target.cluster}`;
  const key = found.encrypted ? `, encrypted with ${kmsKeyId ?? ''}` : '';
  const copies = isOfOther(found.arn, account)
    ? [`copies it first, as ${name}${key}: account ${parseSnapshotArn(found.arn)?.account ?? ''} shares it`]
    : [];
  return {
    kind: 'change',
    effects: [
      `starts from the ${found.type} snapshot ${snapshotName(given)} of ${found.instanceIdentifier}, PostgreSQL ${found.engineVersion}, taken at ${taken}, ${age} ago`,
      lost,
      ...copies,
      ...(found.type === 'automated' ? ['RDS deletes it when its retention period ends'] : []),
    ],
    ...(copies.length === 0 ? {} : { calls: [call] }),
    loses: { what: `from a snapshot that is ${age} old: ${lost}`, name: snapshotName(given) },
  };
}

async function getAvailable({ rds }: UseSnapshotDeps, given: string): Promise<DbSnapshot> {
  const found = await rds.findSnapshot(given);
  if (found?.status === 'available') return found;
  throw new MigrationError('SnapshotNotAvailable', `the snapshot ${given} is ${found?.status ?? 'gone'}`, {
    why:
      found === undefined
        ? 'It was deleted, or is not shared any more, since this run was planned'
        : 'Only an available snapshot can be restored',
    next: ['roll this run back, and begin a new one with another snapshot'],
    resource: given,
    resumable: true,
  });
}

async function copy(
  { rds, waits }: Omit<UseSnapshotDeps, 'sts'>,
  io: StepIo,
  { copy: identifier, kmsKeyId }: In,
  found: DbSnapshot,
): Promise<DbSnapshot> {
  if (!(await isAdopted({ rds, waits }, io, identifier)))
    await io.mutate(
      { call, key: identifier },
      () =>
        rds.copySnapshot({
          identifier,
          sourceArn: found.arn,
          kmsKeyId: found.encrypted ? kmsKeyId : undefined,
          tags: ownTags(io),
        }),
      ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
    );
  const copied = await waits.untilSnapshotAvailable(io, identifier, {
    justCreated: true,
    progressed: (percent) => {
      io.progress({ item: identifier, done: percent, total: 100, unit: 'percent' });
    },
  });
  assertOwn(io, copied);
  return copied;
}

/** A copy that has failed is deleted, so that it is made again. */
async function isAdopted(
  deps: Omit<UseSnapshotDeps, 'sts'>,
  io: StepIo,
  identifier: string,
): Promise<boolean> {
  const found = await deps.rds.findSnapshot(identifier);
  if (found === undefined) return false;
  assertOwn(io, found);
  if (found.status !== 'failed') return true;
  io.note(`the copy ${identifier} of this run has failed: it is deleted and made again`);
  await deleteOwnSnapshot(deps, io, identifier);
  return false;
}

function assertOwn(io: StepIo, found: DbSnapshot): void {
  if (isOurs(found, io.runId)) return;
  throw new PreconditionError(
    'SnapshotNotOurs',
    `a snapshot named ${found.identifier} exists and was not made by this run`,
    {
      why: 'The tool uses and deletes only copies that its own run has made',
      next: ['begin a new run: it gets another name'],
      resource: found.arn,
    },
  );
}

/** Of the original is what a copy is of; OriginalSnapshotCreateTime says the same of a copy, once it is there. */
function toOutput(given: DbSnapshot, used: DbSnapshot): Out {
  return {
    snapshotIdentifier: used.identifier,
    snapshotArn: used.arn,
    engineVersion: used.engineVersion,
    encrypted: used.encrypted,
    kmsKeyId: used.kmsKeyId ?? null,
    createdAt: used.createdAt?.toISOString() ?? given.createdAt?.toISOString() ?? '',
    copyOf: used.arn === given.arn ? null : given.arn,
  };
}
