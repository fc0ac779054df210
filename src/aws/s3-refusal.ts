import { CredentialsError, MigrationError, PreconditionError } from '../errors.js';
import type { S3Place } from './s3-objects.js';

/** What shared state needs of a bucket; `docs/shared-state.md` has the policy. */
const permissions = 's3:GetObject, s3:PutObject and s3:ListBucket';

/** Puts what a bucket refuses, for reasons that a person can mend, into words about shared state; the rest as it is. */
export function explainRefusal(error: unknown, { bucket, prefix }: S3Place): unknown {
  const where = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  if (error instanceof CredentialsError && error.code.startsWith('AccessDenied')) {
    const { code, message, requestId } = error;
    return new CredentialsError(code, message, {
      why: `shared state needs ${permissions} below ${where}, and the key of the bucket where it has one`,
      next: ['aws sts get-caller-identity', `allow ${permissions} for that principal`],
      ...(requestId === undefined ? {} : { requestId }),
      resource: where,
      resumable: true,
      cause: error,
    });
  }
  if (!(error instanceof MigrationError)) return error;
  const details = { resource: where, resumable: true, cause: error };
  switch (error.code) {
    case 'NoSuchBucket':
      return new PreconditionError(
        'StateBucketMissing',
        `there is no bucket ${bucket} for the shared state`,
        {
          why: 'state in the configuration, or RDS2AURORA_STATE, names it',
          next: [`aws s3 mb s3://${bucket}`, 'or correct state in rds2aurora.yaml'],
          ...details,
        },
      );
    case 'NotImplemented':
      return noConditions(where, error);
    default:
      return error;
  }
}

/** A store on which two processes could both believe that they hold a run. */
export function noConditions(where: string, cause?: unknown): PreconditionError {
  return new PreconditionError('NoConditionalWrites', `${where} does not know conditional writes`, {
    why: 'without If-Match and If-None-Match of PutObject nothing keeps two processes from working on one run',
    next: ['use a bucket of Amazon S3, or leave state out of the configuration to keep runs on this machine'],
    resource: where,
    ...(cause === undefined ? {} : { cause }),
  });
}
