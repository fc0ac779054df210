/**
 * Makes the master password of the restored cluster what the secret says: the cluster has the one of the snapshot, which
 * need not be the secret's any more. A password cannot be read back, so logging in is the proof, before and after; running
 * again finds it set.
 */
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { Config } from '../config/schema.js';
import { CredentialsError, MigrationError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { awaitTarget, createWriter, restoreCluster, setMasterPassword, type ServerRef } from './refs.js';

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
    title: 'Make the master password what the secret says',
    typicalSeconds: [30, 90],
    writersPaused: true,
    // The cluster is `resetting-master-credentials` for a while.
    overtakes: [restoreCluster.id, createWriter.id],
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
          `logs in to ${config.target.cluster} with the password in ${config.source.secret}, and sets it where it is another one`,
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
      if (!(await isAccepted(deps, input.server))) {
        await io.mutate({ call, key: input.cluster }, () =>
          deps.rds.setMasterPassword(input.cluster, secret),
        );
        await untilSettled(deps, io, input);
        await deps.restored.logIn(input.server);
      }
      return { user: input.server.user };
    },
    verify: async (_io, { server }) => {
      if (await isAccepted(deps, server)) return;
      throw new VerifyError('PasswordRefused', `${server.host} refuses the password in ${server.secret}`, {
        why: 'The secret or the password was changed since this run had logged in',
        next: ['set the password of the cluster to what the secret says'],
        resource: server.host,
      });
    },
  };
}

/** True when the secret's password opens the server. */
async function isAccepted(
  { restored }: Pick<SetMasterPasswordDeps, 'restored'>,
  server: ServerRef,
): Promise<boolean> {
  try {
    await restored.logIn(server);
    return true;
  } catch (error) {
    if (error instanceof CredentialsError) return false;
    throw error;
  }
}

/** RDS takes no change before the cluster is `available`, and the password is set once it is so again. */
async function untilSettled({ waits }: SetMasterPasswordDeps, io: StepIo, input: In): Promise<void> {
  await waits.untilInstanceAvailable(io, input.instance);
  await waits.untilClusterAvailable(io, input.cluster);
}
