/**
 * Sets the master password of the restored cluster to what the secret says: the cluster has the one of the snapshot, which
 * need not be the secret's any more. A password cannot be read back, so logging in is the proof, and running again sets
 * the same one again.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { Config } from '../config/schema.js';
import { CredentialsError, MigrationError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { awaitTarget, setMasterPassword, type ServerRef } from './refs.js';

export interface SetMasterPasswordDeps {
  readonly rds: Pick<RdsGateway, 'setMasterPassword'>;
  readonly secrets: Pick<SecretsGateway, 'findSecret'>;
  readonly restored: Pick<RestoredDatabaseGateway, 'logIn'>;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilInstanceAvailable'>;
}

interface In {
  readonly cluster: string;
  readonly instance: string;
  readonly server: ServerRef;
}
type Out = ReturnType<typeof setMasterPassword.output.parse>;

const call = 'rds:ModifyDBCluster MasterUserPassword';

export function createSetMasterPassword(deps: SetMasterPasswordDeps): Step<In, Out, Config> {
  return {
    ...setMasterPassword,
    title: 'Set the master password to what the secret says',
    typicalSeconds: [30, 90],
    writersPaused: true,
    reversal: {
      kind: 'nothing-to-undo',
      because: 'the password goes with the cluster, which was restored by this run',
    },
    select: ({ outputOf }) => {
      const { clusterIdentifier, instanceIdentifier, server } = outputOf(awaitTarget);
      return { cluster: clusterIdentifier, instance: instanceIdentifier, server };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `sets the master password of ${config.target.cluster} to the one in ${config.source.secret}`,
        ],
        calls: ['rds:ModifyDBCluster'],
      }),
    run: async (io, input) => {
      const { secret } = input.server;
      const found = await deps.secrets.findSecret(secret);
      if (found === undefined || found.deletedAt !== undefined)
        throw new MigrationError('SecretNotFound', `there is no secret ${secret} any more`, {
          next: [`aws secretsmanager restore-secret --secret-id ${secret}`, 'then resume'],
          resource: secret,
          resumable: true,
        });
      await untilSettled(deps, io, input);
      await io.mutate({ call, key: input.cluster }, () => deps.rds.setMasterPassword(input.cluster, secret));
      await untilSettled(deps, io, input);
      await deps.restored.logIn(input.server);
      return { user: input.server.user };
    },
    verify: async (_io, { server }) => {
      try {
        await deps.restored.logIn(server);
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        throw new VerifyError('PasswordRefused', `${server.host} refuses the password in ${server.secret}`, {
          why: 'The secret or the password was changed since the run had set it',
          next: ['set the password of the cluster to what the secret says'],
          resource: server.host,
          cause: error,
        });
      }
    },
  };
}

/** RDS takes no change before the cluster is `available`, and the password is set once it is so again. */
async function untilSettled({ waits }: SetMasterPasswordDeps, io: StepIo, input: In): Promise<void> {
  await waits.untilInstanceAvailable(io, input.instance);
  await waits.untilClusterAvailable(io, input.cluster);
}
