import type { ReadinessCheck } from './readiness-check.js';

/**
 * A managed secret belongs to the instance: a cluster restored from its snapshot has none, only the password of that
 * moment. Source: "Password management with Amazon RDS and AWS Secrets Manager".
 */
export const managedPasswordCheck: ReadinessCheck = {
  id: 'managed-password',
  title: 'The master password of the source is not managed by RDS',
  find: ({ source }) =>
    Promise.resolve(
      source.managedSecretArn === undefined
        ? []
        : [
            {
              code: 'ManagedMasterPassword',
              what: `RDS manages the master password of ${source.identifier} in ${source.managedSecretArn}`,
              why: 'It rotates the password by itself, and a cluster restored from a snapshot gets no such secret',
              fix: `put a password of your own into the secret that the config names, then: aws rds modify-db-instance --db-instance-identifier ${source.identifier} --no-manage-master-user-password --master-user-password PASSWORD --apply-immediately`,
            },
          ],
    ),
};
