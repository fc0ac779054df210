import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { randomUuid } from '../../seeded-random.js';
import { optionalText, texts } from '../read-input.js';
import type { Secret, SecretVersion } from './secret-store.js';

export const current = 'AWSCURRENT';
export const previous = 'AWSPREVIOUS';
const largestValue = 65_536;

/** True when the request brings a value. */
export function hasValue(input: AwsStruct): boolean {
  return input.SecretString !== undefined || input.SecretBinary !== undefined;
}

/**
 * Adds a version under the request's `ClientRequestToken`. The same token with the same value changes nothing.
 * @throws AwsError `ResourceExistsException` on the same token with another value.
 */
export function addVersion(secret: Secret, input: AwsStruct, context: SandboxContext): SecretVersion {
  const string = typeof input.SecretString === 'string' ? input.SecretString : undefined;
  const binary = optionalText(input, 'SecretBinary');
  checkValue(string, binary);
  const id = optionalText(input, 'ClientRequestToken') ?? randomUuid(context.random);
  if (id.length < 32 || id.length > 64) {
    throw new AwsError('InvalidParameterException', 'ClientRequestToken must be 32 to 64 characters long.');
  }
  const known = secret.versions.get(id);
  if (known !== undefined) return sameVersion(known, string, binary, secret);
  const version = { id, string, binary, created: context.clock.now(), stages: new Set<string>() };
  secret.versions.set(id, version);
  const stages = texts(input, 'VersionStages');
  for (const stage of stages.length > 0 ? stages : [current]) moveStage(secret, stage, version);
  secret.changed = context.clock.now();
  return version;
}

function checkValue(string: string | undefined, binary: string | undefined): void {
  if ((string === undefined) === (binary === undefined)) {
    throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
  }
  if (Buffer.byteLength(string ?? binary ?? '') > largestValue) {
    throw new AwsError('InvalidParameterException', 'The secret value must not be longer than 65536 bytes.');
  }
}

function sameVersion(
  known: SecretVersion,
  string: string | undefined,
  binary: string | undefined,
  secret: Secret,
): SecretVersion {
  if (known.string === string && known.binary === binary) return known;
  throw new AwsError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${known.id} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

/** Puts a staging label on a version; AWSCURRENT leaves AWSPREVIOUS behind where it was. */
export function moveStage(secret: Secret, stage: string, to: SecretVersion): void {
  const holder = holderOf(secret, stage);
  if (holder === to) return;
  holder?.stages.delete(stage);
  to.stages.add(stage);
  if (stage === current && holder !== undefined) moveStage(secret, previous, holder);
  if (stage === current) to.stages.delete(previous);
}

export function holderOf(secret: Secret, stage: string): SecretVersion | undefined {
  return [...secret.versions.values()].find(({ stages }) => stages.has(stage));
}

/** The version that a GetSecretValue asks for. @throws AwsError `ResourceNotFoundException`. */
export function findVersion(secret: Secret, input: AwsStruct): SecretVersion {
  const id = optionalText(input, 'VersionId');
  const stage = optionalText(input, 'VersionStage') ?? (id === undefined ? current : undefined);
  const version = id === undefined ? holderOf(secret, stage ?? current) : secret.versions.get(id);
  if (version === undefined) {
    const what = id === undefined ? `staging label: ${stage ?? current}` : `VersionId: ${id}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }
  if (stage !== undefined && !version.stages.has(stage)) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return version;
}
