import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Caller } from '../aws/sts-gateway.js';
import type { Config } from '../config/schema.js';
import { CredentialsError, type Problem } from '../errors.js';
import type { Finding } from './readiness-check.js';

/**
 * Finds the source and sees whether it is a plain RDS for PostgreSQL instance that can be read from.
 * @throws CredentialsError when this account has no such instance in this Region: wrong Region or wrong credentials.
 */
export async function examineSource(
  rds: Pick<RdsGateway, 'findInstance'>,
  config: Config,
  caller: Caller,
): Promise<Finding<DbInstance>> {
  const { instance } = config.source;
  const source = await rds.findInstance(instance);
  if (source === undefined) {
    throw new CredentialsError(
      'SourceNotFound',
      `no DB instance ${instance} in ${config.region} of account ${caller.account}`,
      {
        why: `The Region or the credentials (${caller.arn}) belong to another place than the source`,
        next: [
          `aws rds describe-db-instances --region ${config.region} --query 'DBInstances[].DBInstanceIdentifier'`,
          'correct region or source.instance in the config, or choose another AWS profile',
        ],
        resource: instance,
        changed: false,
      },
    );
  }
  const problems = sourceProblems(source, config);
  return problems.length > 0 ? { problems } : { found: source };
}

/** It can be started for seven days. Source: AWS re:Post Knowledge Center, "inaccessible encryption state". */
function startOrRestore({ identifier, status }: DbInstance): string {
  return status.endsWith('-recoverable')
    ? `within 7 days of the loss aws rds start-db-instance --db-instance-identifier ${identifier}`
    : `restore ${identifier} from a backup: from this state it does not start again`;
}

function sourceProblems(source: DbInstance, config: Config): Problem[] {
  const problems: Problem[] = [];
  if (source.engine !== 'postgres')
    problems.push({
      code: 'SourceNotPostgres',
      what: `${source.identifier} runs ${source.engine}`,
      why: 'Only RDS for PostgreSQL instances can be moved',
      fix: 'set source.instance to an RDS for PostgreSQL instance',
    });
  if (source.status.startsWith('inaccessible-encryption-credentials'))
    problems.push({
      code: 'SourceKeyUnusable',
      what: `RDS cannot use the KMS key ${source.kmsKeyId ?? ''} of ${source.identifier}`,
      why: `The instance is ${source.status}: the key was disabled or deleted, or RDS has lost its grant`,
      fix: `aws kms describe-key --key-id ${source.kmsKeyId ?? 'KEY'}; enable it (aws kms enable-key), then ${startOrRestore(source)}`,
    });
  else if (source.status !== 'available' && source.status !== 'storage-optimization')
    problems.push({
      code: 'SourceNotAvailable',
      what: `${source.identifier} is ${source.status}`,
      why: 'It must be available to be read from',
      fix: `aws rds wait db-instance-available --db-instance-identifier ${source.identifier}`,
    });
  if (source.masterUser !== undefined && source.masterUser !== config.source.user)
    problems.push({
      code: 'SourceUserDiffers',
      what: `the master user of ${source.identifier} is ${source.masterUser}, the config says ${config.source.user}`,
      why: 'Only the master user may read every table and create every role',
      fix: `set source.user to ${source.masterUser}, with a secret that holds its password`,
    });
  return problems;
}
