import type { SecretFacts, SecretsGateway } from '../aws/secrets-gateway.js';
import type { Problem } from '../errors.js';
import type { ReadinessCheck, ReadinessContext } from './readiness-check.js';

type Secrets = Pick<
  SecretsGateway,
  'findSecret' | 'readConnection' | 'findAuroraPasswordProblem' | 'findClientPasswordProblem'
>;

/** The application finds its database by this secret, and so do we: it must be readable, right and at rest. */
export function createSourceSecretCheck(
  secrets: Secrets,
  setsMasterPassword: (context: ReadinessContext) => boolean,
): ReadinessCheck {
  return {
    id: 'source-secret',
    title: 'The secret can be read, holds the user of the source and is not rotated meanwhile',
    find: async (context) => {
      const { secret: id, user } = context.config.source;
      const secret = await secrets.findSecret(id);
      if (secret === undefined) return [missing(id)];
      if (secret.deletedAt !== undefined) return [deleted(id)];
      const problems = [...rotation(id, secret), ...managed(id, context)];
      const connection = await secrets.readConnection(id);
      if (connection.user !== undefined && connection.user !== user)
        problems.push(otherUser(id, connection.user, user));
      return [...problems, ...(await password(secrets, context, setsMasterPassword(context)))];
    },
  };
}

function missing(id: string): Problem {
  return {
    code: 'SecretNotFound',
    what: `there is no secret ${id}`,
    why: 'The password of the source, and the address the application uses, are read from it',
    fix: `correct source.secret, or create it: aws secretsmanager create-secret --name ${id} --secret-string file://secret.json`,
  };
}

function deleted(id: string): Problem {
  return {
    code: 'SecretDeleted',
    what: `the secret ${id} is marked for deletion`,
    why: 'It cannot be read any more',
    fix: `aws secretsmanager restore-secret --secret-id ${id}`,
  };
}

function rotation(id: string, secret: SecretFacts) {
  const pending = Object.entries(secret.stages).some(
    ([version, labels]) => version !== secret.current && labels.includes('AWSPENDING'),
  );
  const problem = (code: string, what: string): Problem => ({
    code,
    what,
    why: 'A rotation would change the password of one of the two databases in the middle of the move',
    fix: `aws secretsmanager cancel-rotate-secret --secret-id ${id} (switch it on again afterwards)`,
  });
  if (pending) return [problem('RotationRunning', `a rotation of the secret ${id} is under way`)];
  return secret.rotationEnabled
    ? [problem('RotationEnabled', `the secret ${id} is rotated automatically`)]
    : [];
}

function managed(id: string, { source }: ReadinessContext): Problem[] {
  const arn = source.managedSecretArn;
  if (arn === undefined || (id !== arn && !arn.includes(`:${id}-`))) return [];
  return [
    {
      code: 'SecretManagedByRds',
      what: `RDS itself manages the secret ${id}`,
      why: 'It cannot be pointed at another server, and it is deleted with the instance',
      fix: 'give the application a secret of its own, or switch management off with modify-db-instance --no-manage-master-user-password',
    },
  ];
}

function otherUser(id: string, found: string, wanted: string): Problem {
  return {
    code: 'SecretUserDiffers',
    what: `the secret ${id} is of the user ${found}, the config says ${wanted}`,
    why: 'The password in it would be refused',
    fix: 'correct source.user or source.secret',
  };
}

async function password(
  secrets: Secrets,
  { config: { source } }: ReadinessContext,
  becomesMaster: boolean,
): Promise<Problem[]> {
  const { secret } = source;
  const fix = 'change the password of the source and of the secret first';
  const forClients = await secrets.findClientPasswordProblem(secret);
  if (forClients !== undefined)
    return [
      {
        code: 'PasswordNotForClients',
        what: `pg_dump and pg_restore cannot be given the password in ${secret}: ${forClients}`,
        why: 'They read it from a file with one line a login',
        fix,
      },
    ];
  const forAurora = becomesMaster ? await secrets.findAuroraPasswordProblem(secret) : undefined;
  if (forAurora === undefined) return [];
  return [
    {
      code: 'PasswordNotForAurora',
      what: `the password in ${secret} cannot be the master password of an Aurora cluster: ${forAurora}`,
      why: 'Aurora has stricter rules than RDS for PostgreSQL',
      fix,
    },
  ];
}
