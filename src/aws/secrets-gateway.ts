import { createHash } from 'node:crypto';
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import {
  auroraPasswordProblem,
  clientPasswordProblem,
  parseSecretDocument,
  pointElsewhere,
  readConnection,
  type SecretConnection,
  type SecretDestination,
} from './secret-document.js';

export interface SecretFacts {
  readonly arn: string;
  readonly name: string;
  readonly rotationEnabled: boolean;
  readonly deletedAt: Date | undefined;
  /** The version that carries AWSCURRENT. */
  readonly current: string | undefined;
  /** Stage labels by version id. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

/** Secrets Manager in our words. Passwords leave it by `readPassword` alone. */
export interface SecretsGateway {
  findSecret(id: string): Promise<SecretFacts | undefined>;
  /** Everything but the password, of the current or another version. */
  readConnection(id: string, versionId?: string): Promise<SecretConnection>;
  readPassword(id: string): Promise<string>;
  /** Why Aurora would refuse this secret's password as a master password; undefined when it would not. */
  findAuroraPasswordProblem(id: string): Promise<string | undefined>;
  /** Why the client programs could not log in with it; undefined when they could. */
  findClientPasswordProblem(id: string): Promise<string | undefined>;
  /** The version id that `pointAt` gives its new version: the same for the same run and destination. */
  versionFor(runId: string, destination: SecretDestination): string;
  /**
   * Writes a new version, made of the current one, that points at `destination`, and moves AWSCURRENT to it.
   * The version id is the request token, so that a repeated call changes nothing.
   */
  pointAt(id: string, destination: SecretDestination, versionId: string): Promise<void>;
  /** Moves AWSCURRENT from one version to another; Secrets Manager labels the former AWSPREVIOUS. */
  moveCurrent(id: string, fromVersionId: string, toVersionId: string): Promise<void>;
}

export function createSecretsGateway(clients: Pick<AwsClients, 'secretsManager'>): SecretsGateway {
  const readDocument = async (id: string, versionId?: string) => {
    const manager = await clients.secretsManager();
    const answer = await callAws('secretsmanager:GetSecretValue', id, () =>
      manager.getSecretValue({ SecretId: id, ...(versionId === undefined ? {} : { VersionId: versionId }) }),
    );
    return parseSecretDocument(answer.SecretString, id);
  };
  const findSecret = async (id: string): Promise<SecretFacts | undefined> => {
    try {
      const manager = await clients.secretsManager();
      return toSecretFacts(
        await callAws('secretsmanager:DescribeSecret', id, () => manager.describeSecret({ SecretId: id })),
      );
    } catch (error) {
      if (isAwsError(error, 'NotFound')) return undefined;
      throw error;
    }
  };
  return {
    findSecret,
    readConnection: async (id, versionId) => readConnection(await readDocument(id, versionId)),
    readPassword: async (id) => (await readDocument(id)).password,
    findAuroraPasswordProblem: async (id) => auroraPasswordProblem(await readDocument(id)),
    findClientPasswordProblem: async (id) => clientPasswordProblem(await readDocument(id)),
    versionFor: (runId, destination) =>
      createHash('sha256')
        .update(JSON.stringify([runId, destination]))
        .digest('hex'),
    pointAt: async (id, destination, versionId) => {
      const document = pointElsewhere(await readDocument(id), destination);
      const manager = await clients.secretsManager();
      await callAws('secretsmanager:PutSecretValue', id, () =>
        manager.putSecretValue({
          SecretId: id,
          ClientRequestToken: versionId,
          SecretString: JSON.stringify(document),
          VersionStages: ['AWSCURRENT'],
        }),
      );
    },
    moveCurrent: async (id, from, to) => {
      const manager = await clients.secretsManager();
      await callAws('secretsmanager:UpdateSecretVersionStage', id, () =>
        manager.updateSecretVersionStage({
          SecretId: id,
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: from,
          MoveToVersionId: to,
        }),
      );
    },
  };
}

function toSecretFacts(answer: DescribeSecretResponse): SecretFacts {
  const stages = answer.VersionIdsToStages ?? {};
  return {
    arn: answer.ARN ?? '',
    name: answer.Name ?? '',
    rotationEnabled: answer.RotationEnabled ?? false,
    deletedAt: answer.DeletedDate,
    current: Object.entries(stages).find(([, labels]) => labels.includes('AWSCURRENT'))?.[0],
    stages,
  };
}
