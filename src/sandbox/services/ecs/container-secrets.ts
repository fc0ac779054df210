import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalStruct, optionalText, structs } from '../read-input.js';

/** A container that could not be made ready; the message is the task's `stoppedReason`. */
export class ResourceInitializationError extends Error {
  constructor(message: string) {
    super(`ResourceInitializationError: ${message}`);
  }
}

/**
 * The environment of a container: `environment`, and `secrets` as they are at this moment. A later change of a secret
 * does not reach a running container (Amazon ECS Developer Guide, "Pass sensitive data to a container").
 * @throws ResourceInitializationError when a secret cannot be read.
 */
export async function containerEnvironment(
  definition: AwsStruct,
  context: SandboxContext,
): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const entry of structs(definition, 'environment')) {
    environment[optionalText(entry, 'name') ?? ''] = optionalText(entry, 'value') ?? '';
  }
  for (const secret of structs(definition, 'secrets')) {
    const valueFrom = optionalText(secret, 'valueFrom') ?? '';
    environment[optionalText(secret, 'name') ?? ''] = await readSecret(valueFrom, context);
  }
  return environment;
}

async function readSecret(valueFrom: string, context: SandboxContext): Promise<string> {
  try {
    return valueFrom.startsWith('arn:aws:secretsmanager:')
      ? await fromSecretsManager(valueFrom, context)
      : await fromParameterStore(valueFrom, context);
  } catch (error) {
    if (error instanceof AwsError) {
      throw new ResourceInitializationError(
        `unable to pull secrets or registry auth: unable to retrieve secret from asm: ${error.code}: ${error.message}`,
      );
    }
    throw error;
  }
}

/** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME` and then `:json-key:version-stage:version-id`, each may be empty. */
async function fromSecretsManager(valueFrom: string, context: SandboxContext): Promise<string> {
  const parts = valueFrom.split(':');
  const [jsonKey = '', versionStage = '', versionId = ''] = parts.slice(7);
  const { SecretString: text } = await context.call('secretsmanager', 'GetSecretValue', {
    SecretId: parts.slice(0, 7).join(':'),
    ...(versionStage === '' ? {} : { VersionStage: versionStage }),
    ...(versionId === '' ? {} : { VersionId: versionId }),
  });
  if (typeof text !== 'string') throw new ResourceInitializationError(`${valueFrom} holds no text`);
  return jsonKey === '' ? text : readKey(text, jsonKey, valueFrom);
}

function readKey(text: string, key: string, valueFrom: string): string {
  const value = parse(text)?.[key];
  if (value === undefined || value === null) {
    throw new ResourceInitializationError(
      `unable to pull secrets or registry auth: execution resource retrieval failed: retrieved secret from Secrets Manager did not contain json key ${key}: ${valueFrom}`,
    );
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parse(text: string): AwsStruct | undefined {
  try {
    return optionalStruct({ value: JSON.parse(text) as AwsStruct }, 'value');
  } catch {
    return undefined;
  }
}

async function fromParameterStore(valueFrom: string, context: SandboxContext): Promise<string> {
  const { Parameter: parameter } = await context.call('ssm', 'GetParameter', {
    Name: valueFrom,
    WithDecryption: true,
  });
  return optionalText(optionalStruct({ parameter }, 'parameter') ?? {}, 'Value') ?? '';
}
