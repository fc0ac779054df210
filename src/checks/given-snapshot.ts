import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { DbSnapshot } from '../aws/rds-snapshots.js';
import type { Caller } from '../aws/sts-gateway.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';
import { isOfOther, parseSnapshotArn, snapshotName } from '../steps/snapshot-name.js';
import type { Finding } from './readiness-check.js';

/** Whose snapshot it is to be, and who asks. */
export interface SnapshotAsk {
  readonly config: Config;
  readonly caller: Caller;
  readonly source: Pick<DbInstance, 'identifier' | 'resourceId'>;
}

/**
 * Finds the snapshot that the move is to start from, and sees whether it can: in this Region, available, of PostgreSQL,
 * of the source or of the instance that the config names.
 * Sources: "Sharing a DB snapshot", "Copying a DB snapshot" (RDS User Guide), CopyDBSnapshot in the API reference.
 */
export async function examineSnapshot(
  rds: Pick<RdsGateway, 'findSnapshot'>,
  given: string,
  ask: SnapshotAsk,
): Promise<Finding<DbSnapshot>> {
  const early = problemsOfName(given, ask.config);
  if (early.length > 0) return { problems: early };
  const found = await rds.findSnapshot(given);
  if (found === undefined) return { problems: [notFound(given, ask)] };
  const problems = [...problemsOfState(found), ...problemsOfOrigin(found, ask), ...problemsOfKey(found, ask)];
  return problems.length > 0 ? { problems } : { found };
}

function problemsOfName(given: string, { region, source, target }: Config): Problem[] {
  const problems: Problem[] = [];
  const arn = parseSnapshotArn(given);
  if (target.stack !== undefined && target.stack === source.stack && target.deploy.api !== true)
    problems.push({
      code: 'SnapshotInPlace',
      what: `source.snapshot is set, and target.stack is source.stack: ${source.stack ?? ''}`,
      why: 'In place the source is deleted: what was written to it after that snapshot would be gone for good',
      fix: 'leave source.snapshot out, so that a new snapshot is taken; or choose another target.stack',
    });
  if (arn !== undefined && arn.kind !== 'snapshot')
    problems.push({
      code: 'SnapshotOfCluster',
      what: `${given} is not the snapshot of a DB instance`,
      why: 'The snapshot of a cluster is Aurora already: nothing has to be moved',
      fix: 'aws rds describe-db-snapshots --query "DBSnapshots[].DBSnapshotArn", and name one of these',
    });
  else if (arn !== undefined && arn.region !== region)
    problems.push({
      code: 'SnapshotInOtherRegion',
      what: `the snapshot ${arn.name} is in ${arn.region}, the target will be in ${region}`,
      why: 'RDS restores a snapshot in its own Region only',
      fix: `aws rds copy-db-snapshot --region ${region} --source-region ${arn.region} --source-db-snapshot-identifier ${given} --target-db-snapshot-identifier ${arn.name.replace(/^rds:/, '')} (encrypted: with --kms-key-id and a key of ${region}), then --snapshot ${arn.name.replace(/^rds:/, '')}`,
    });
  return problems;
}

function notFound(given: string, { config: { region }, caller: { account } }: SnapshotAsk): Problem {
  const owner = parseSnapshotArn(given)?.account ?? account;
  const name = snapshotName(given);
  if (owner === account)
    return {
      code: 'SnapshotNotFound',
      what: `there is no snapshot ${given} in ${region} of account ${account}`,
      why: 'The name is wrong, it was deleted, or the retention period of an automated snapshot has ended; one of another account is found by its ARN only',
      fix: 'aws rds describe-db-snapshots --query "DBSnapshots[].[DBSnapshotIdentifier,SnapshotCreateTime]" --output table',
    };
  return {
    code: 'SnapshotNotShared',
    what: `account ${owner} shares no snapshot ${name} with account ${account} in ${region}`,
    why: 'An automated snapshot and one encrypted with the default key aws/rds cannot be shared; of another key, the key must be shared too',
    fix: `in account ${owner}: aws rds modify-db-snapshot-attribute --db-snapshot-identifier ${name} --attribute-name restore --values-to-add ${account} (encrypted with aws/rds, or automated: first aws rds copy-db-snapshot to a manual one with --kms-key-id and a customer managed key)`,
  };
}

function problemsOfState(found: DbSnapshot): Problem[] {
  const problems: Problem[] = [];
  if (found.status !== 'available')
    problems.push({
      code: 'SnapshotNotAvailable',
      what: `the snapshot ${found.identifier} is ${found.status}`,
      why: 'Only an available snapshot can be restored',
      fix: `aws rds wait db-snapshot-available --db-snapshot-identifier ${found.identifier}, or name another one`,
    });
  if (found.engine !== 'postgres')
    problems.push({
      code: 'SnapshotNotPostgres',
      what: `the snapshot ${found.identifier} is of ${found.engine}`,
      why: 'Only snapshots of RDS for PostgreSQL can become an Aurora PostgreSQL cluster',
      fix: 'name a snapshot of an RDS for PostgreSQL instance',
    });
  return problems;
}

/** Without a word in the config a snapshot is of the source itself: not of a namesake that was there before it. */
function problemsOfOrigin(found: DbSnapshot, { config, source, caller }: SnapshotAsk): Problem[] {
  const problems: Problem[] = [];
  const { snapshotOf, user } = config.source;
  const wanted = snapshotOf ?? source.identifier;
  const isOwn = !isOfOther(found.arn, caller.account);
  const isNamesake = !isOwn || found.instanceResourceId !== source.resourceId;
  const isNamed = found.instanceIdentifier.toLowerCase() === wanted.toLowerCase();
  if (!isNamed || (snapshotOf === undefined && isNamesake))
    problems.push({
      code: 'SnapshotOfOtherInstance',
      what: `the snapshot ${found.identifier} is of ${found.instanceIdentifier}${isNamed ? ', another instance of that name' : ''} (${found.instanceResourceId ?? 'no resource id'}), not of ${wanted}`,
      why: 'Its data would take the place of what the application has now',
      fix: `name a snapshot of ${source.identifier}; or, if it is meant, set source.snapshotOf to ${found.instanceIdentifier}`,
    });
  if (found.masterUser !== undefined && found.masterUser !== user)
    problems.push({
      code: 'SnapshotUserDiffers',
      what: `the master user in the snapshot ${found.identifier} is ${found.masterUser}, the config says ${user}`,
      why: 'A restored cluster keeps the master user of its snapshot',
      fix: 'name another snapshot',
    });
  return problems;
}

function problemsOfKey(found: DbSnapshot, { config: { source, target }, caller }: SnapshotAsk): Problem[] {
  if (!found.encrypted || !isOfOther(found.arn, caller.account)) return [];
  if ((source.snapshotKmsKey ?? target.kmsKey) !== undefined) return [];
  return [
    {
      code: 'SnapshotKeyMissing',
      what: `the shared snapshot ${snapshotName(found.arn)} is encrypted with ${found.kmsKeyId ?? 'a key'}`,
      why: 'The copy of an encrypted snapshot that another account shares needs a key of this account',
      fix: 'set source.snapshotKmsKey to a key of this account and Region, and let the owner of the snapshot share its key too',
    },
  ];
}
