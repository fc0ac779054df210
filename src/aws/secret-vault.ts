import { createHash } from 'node:crypto';
import { z } from 'zod';
import { VerifyError } from '../errors.js';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, writeTags, type Tags } from './tags.js';

/** One secret as it was, its value included: this is what lies sealed in the run's folder. */
const sealedSchema = z.strictObject({
  name: z.string(),
  arn: z.string(),
  description: z.string().nullable(),
  kmsKeyId: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  text: z.string().nullable(),
  /** Base64. */
  binary: z.string().nullable(),
});
const vaultSchema = z.strictObject({ format: z.literal(1), secrets: z.array(sealedSchema) });
type Sealed = z.output<typeof sealedSchema>;

/** How a secret stands against its sealed copy. */
export type SecretStanding =
  | 'same'
  /** The address differs or is missing, the password is the same. */
  | 'same-password'
  | 'differs'
  /** In its recovery window: its name is taken, and it can be restored. */
  | 'deleted'
  | 'missing';

/** Files of the run's folder, written 0600. */
export interface SealedFiles {
  write(name: string, text: string): Promise<string>;
  read(name: string): Promise<{ readonly text: string; readonly sha256: string } | undefined>;
}

/**
 * Copies of secrets on disk, for the time in which their stack is not there. Values go from Secrets Manager to the
 * file and back; none passes through a step.
 */
export interface SecretVault {
  /** Writes these secrets into one file; its SHA-256, and their names and ARNs. */
  seal(
    file: string,
    ids: readonly string[],
  ): Promise<{ readonly sha256: string; readonly secrets: readonly { name: string; arn: string }[] }>;
  /** @throws VerifyError when the file is not the one that was written */
  assertReadable(file: string, sha256: string): Promise<void>;
  compare(file: string, name: string): Promise<SecretStanding>;
  /** Takes back a deletion within its recovery window. */
  restore(name: string): Promise<void>;
  /**
   * Makes the secret again with its value. `purging` while a forced deletion still holds its name: try again later.
   * Source: CreateSecret, InvalidRequestException.
   */
  create(file: string, name: string, tags: Tags): Promise<'created' | 'purging'>;
  /** Gives a standing secret the sealed value. `salt` makes the request token, so that a repeated call changes nothing. */
  putBack(file: string, name: string, salt: string): Promise<void>;
}

export function createSecretVault(
  clients: Pick<AwsClients, 'secretsManager'>,
  files: SealedFiles,
): SecretVault {
  const open = async (file: string, name: string): Promise<Sealed> => {
    const found = await files.read(file);
    const sealed =
      found && vaultSchema.parse(JSON.parse(found.text)).secrets.find((one) => one.name === name);
    if (sealed !== undefined) return sealed;
    throw new VerifyError('SecretNotSealed', `${file} holds no secret ${name}`, { resource: file });
  };
  return {
    seal: async (file, ids) => {
      const secrets: Sealed[] = [];
      for (const id of ids) secrets.push(await readSecret(clients, id));
      const sha256 = await files.write(file, `${JSON.stringify({ format: 1, secrets })}\n`);
      return { sha256, secrets: secrets.map(({ name, arn }) => ({ name, arn })) };
    },
    assertReadable: async (file, sha256) => {
      const found = await files.read(file);
      if (found?.sha256 === sha256 && vaultSchema.safeParse(JSON.parse(found.text)).success) return;
      throw new VerifyError('SealedSecretsDamaged', `${file} is not what this run has written`, {
        resource: file,
      });
    },
    compare: async (file, name) => {
      const sealed = await open(file, name);
      const manager = await clients.secretsManager();
      try {
        const { DeletedDate } = await callAws('secretsmanager:DescribeSecret', name, () =>
          manager.describeSecret({ SecretId: name }),
        );
        if (DeletedDate !== undefined) return 'deleted';
        return standing(sealed, await readSecret(clients, name));
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return 'missing';
        throw error;
      }
    },
    restore: async (name) => {
      const manager = await clients.secretsManager();
      await callAws('secretsmanager:RestoreSecret', name, () => manager.restoreSecret({ SecretId: name }));
    },
    create: async (file, name, tags) => create(clients, await open(file, name), tags),
    putBack: async (file, name, salt) => {
      const sealed = await open(file, name);
      const manager = await clients.secretsManager();
      await callAws('secretsmanager:PutSecretValue', name, () =>
        manager.putSecretValue({
          SecretId: name,
          ClientRequestToken: tokenOf(sealed, salt),
          ...valueOf(sealed),
        }),
      );
    },
  };
}

async function create(
  clients: Pick<AwsClients, 'secretsManager'>,
  sealed: Sealed,
  tags: Tags,
): Promise<'created' | 'purging'> {
  const { name, description, kmsKeyId } = sealed;
  const kept = Object.entries(sealed.tags).filter(([key]) => !key.startsWith('aws:'));
  const manager = await clients.secretsManager();
  try {
    await callAws('secretsmanager:CreateSecret', name, () =>
      manager.createSecret({
        Name: name,
        ...(description === null ? {} : { Description: description }),
        ...(kmsKeyId === null ? {} : { KmsKeyId: kmsKeyId }),
        ...valueOf(sealed),
        ClientRequestToken: tokenOf(sealed, 'create'),
        Tags: writeTags({ ...Object.fromEntries(kept), ...tags }),
      }),
    );
    return 'created';
  } catch (error) {
    if (isAwsError(error, 'AlreadyExists')) return 'created';
    if (isAwsError(error, 'Other') && error.awsMessage.includes('scheduled for deletion')) return 'purging';
    throw error;
  }
}

async function readSecret(clients: Pick<AwsClients, 'secretsManager'>, id: string): Promise<Sealed> {
  const manager = await clients.secretsManager();
  const facts = await callAws('secretsmanager:DescribeSecret', id, () =>
    manager.describeSecret({ SecretId: id }),
  );
  const value = await callAws('secretsmanager:GetSecretValue', id, () =>
    manager.getSecretValue({ SecretId: id }),
  );
  return {
    name: facts.Name ?? id,
    arn: facts.ARN ?? '',
    description: facts.Description ?? null,
    kmsKeyId: facts.KmsKeyId ?? null,
    tags: readTags(facts.Tags),
    text: value.SecretString ?? null,
    binary: value.SecretBinary === undefined ? null : Buffer.from(value.SecretBinary).toString('base64'),
  };
}

function standing(sealed: Sealed, live: Sealed): SecretStanding {
  if (sealed.text === live.text && sealed.binary === live.binary) return 'same';
  const [was, is] = [passwordIn(sealed), passwordIn(live)];
  return was !== undefined && was === is ? 'same-password' : 'differs';
}

function passwordIn({ text }: Sealed): string | undefined {
  const password = z.object({ password: z.string() });
  try {
    return password.parse(JSON.parse(text ?? '')).password;
  } catch {
    return undefined;
  }
}

function valueOf({ text, binary }: Sealed) {
  return text === null ? { SecretBinary: Buffer.from(binary ?? '', 'base64') } : { SecretString: text };
}

/** 64 characters, as many as ClientRequestToken may have; the value is part of it, for a token holds one value. */
function tokenOf(sealed: Sealed, salt: string): string {
  return createHash('sha256')
    .update(JSON.stringify([sealed.arn, sealed.text, sealed.binary, salt]))
    .digest('hex');
}
