import { AwsError, type AwsStruct, type SandboxContext, type Service } from '../../service.js';
import { optionalText, requiredText, texts } from '../read-input.js';
import { mergeTags, readTags } from '../tags.js';
import { deleteSecret, restoreSecret } from './delete-secret.js';
import { describeSecret, listSecrets, listVersionIds } from './describe-secret.js';
import { randomPassword } from './random-password.js';
import { SecretStore, type Secret } from './secret-store.js';
import { addVersion, findVersion, hasValue, moveStage } from './secret-versions.js';

/** AWS Secrets Manager: secrets, versions and staging labels, deletion with and without a recovery window. */
export function createSecretsManagerService(context: SandboxContext): Service {
  const store = new SecretStore(context);
  const find = (input: AwsStruct): Secret => store.findLive(requiredText(input, 'SecretId'));
  return {
    name: 'secretsmanager',
    protocol: 'json',
    namespace: 'secretsmanager',
    actions: {
      CreateSecret: (input) => createSecret(store, context, input),
      PutSecretValue: (input) => putSecretValue(find(input), input, context),
      UpdateSecret: (input) => updateSecret(find(input), input, context),
      GetSecretValue: (input) => getSecretValue(find(input), input, context),
      DescribeSecret: (input) => describeSecret(store.find(requiredText(input, 'SecretId'))),
      DeleteSecret: (input, caller) => deleteSecret(store, context, input, caller),
      RestoreSecret: (input) => restoreSecret(store, input),
      ListSecrets: (input) => listSecrets(store, input),
      ListSecretVersionIds: (input) => listVersionIds(find(input), input),
      UpdateSecretVersionStage: (input) => updateVersionStage(find(input), input),
      GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input, context.random) }),
      TagResource: (input) => {
        mergeTags(find(input).tags, readTags(input));
        return {};
      },
      UntagResource: (input) => {
        const { tags } = find(input);
        for (const key of texts(input, 'TagKeys')) tags.delete(key);
        return {};
      },
    },
  };
}

function createSecret(store: SecretStore, context: SandboxContext, input: AwsStruct): AwsStruct {
  const name = requiredText(input, 'Name');
  if (!/^[\w/+=.@!-]{1,512}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  const taken = store.byName(name);
  if (store.isPurging(name) || taken?.deleted !== undefined) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (taken !== undefined) return sameSecret(taken, input);
  const secret = store.add(name);
  secret.description = optionalText(input, 'Description');
  secret.kmsKeyId = optionalText(input, 'KmsKeyId');
  mergeTags(secret.tags, readTags(input));
  const version = hasValue(input) ? addVersion(secret, input, context) : undefined;
  return { ARN: secret.arn, Name: name, VersionId: version?.id };
}

/** A repeated CreateSecret with the token and value of the first one is answered as the first one was. */
function sameSecret(secret: Secret, input: AwsStruct): AwsStruct {
  const version = secret.versions.get(optionalText(input, 'ClientRequestToken') ?? '');
  if (version?.string !== undefined && version.string === input.SecretString) {
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id };
  }
  throw new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

function putSecretValue(secret: Secret, input: AwsStruct, context: SandboxContext): AwsStruct {
  const version = addVersion(secret, input, context);
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: [...version.stages] };
}

function updateSecret(secret: Secret, input: AwsStruct, context: SandboxContext): AwsStruct {
  const version = hasValue(input) ? addVersion(secret, input, context) : undefined;
  secret.description = optionalText(input, 'Description') ?? secret.description;
  secret.kmsKeyId = optionalText(input, 'KmsKeyId') ?? secret.kmsKeyId;
  secret.changed = context.clock.now();
  return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
}

function getSecretValue(secret: Secret, input: AwsStruct, context: SandboxContext): AwsStruct {
  const version = findVersion(secret, input);
  secret.accessed = context.clock.now();
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.string,
    SecretBinary: version.binary,
    VersionStages: [...version.stages],
    CreatedDate: version.created,
  };
}

function updateVersionStage(secret: Secret, input: AwsStruct): AwsStruct {
  const stage = requiredText(input, 'VersionStage');
  const from = optionalText(input, 'RemoveFromVersionId');
  const to = optionalText(input, 'MoveToVersionId');
  const holder = [...secret.versions.values()].find(({ stages }) => stages.has(stage));
  if (holder !== undefined && holder.id !== (from ?? (to === holder.id ? to : undefined))) {
    throw new AwsError(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId must be the version that staging label ${stage} is attached to.`,
    );
  }
  if (to === undefined) holder?.stages.delete(stage);
  else moveStage(secret, stage, findVersion(secret, { VersionId: to }));
  return { ARN: secret.arn, Name: secret.name };
}
