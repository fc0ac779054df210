import { AwsError, type AwsStruct, type Caller, type SandboxContext } from '../../service.js';
import { optionalFlag, optionalNumber, optionalText, requiredText } from '../read-input.js';
import type { Secret, SecretStore } from './secret-store.js';

const dayMs = 86_400_000;
/** How long a forced deletion keeps its name taken, in AWS time; AWS promises no figure. */
const purgeMs = 5_000;

/** DeleteSecret: a recovery window of 7 to 30 days, or at once and for ever. */
export function deleteSecret(
  store: SecretStore,
  context: SandboxContext,
  input: AwsStruct,
  caller: Caller,
): AwsStruct {
  const days = optionalNumber(input, 'RecoveryWindowInDays');
  const force = optionalFlag(input, 'ForceDeleteWithoutRecovery') ?? false;
  checkWindow(days, force);
  const secretId = requiredText(input, 'SecretId');
  const secret = force ? store.find(secretId) : store.findLive(secretId);
  checkOwner(secret, caller);
  const now = context.clock.now();
  if (force) {
    store.purge(secret, purgeMs);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: now };
  }
  const windowMs = (days ?? 30) * dayMs;
  secret.deleted = now;
  secret.purgeAt = new Date(now.getTime() + windowMs);
  store.purgeLater(secret, windowMs);
  return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.purgeAt };
}

function checkWindow(days: number | undefined, force: boolean): void {
  if (force && days !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw new AwsError(
      'InvalidParameterException',
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
  }
}

/** A secret that RDS manages (`rds!…`) can only be deleted by RDS, which calls in process. */
function checkOwner(secret: Secret, caller: Caller): void {
  if (!secret.name.startsWith('rds!') || caller.arn.endsWith(':root')) return;
  throw new AwsError(
    'InvalidRequestException',
    "You can't delete this secret because it is managed by another AWS service.",
  );
}

/** RestoreSecret: takes a deletion back within its recovery window. */
export function restoreSecret(store: SecretStore, input: AwsStruct): AwsStruct {
  const secret = store.find(optionalText(input, 'SecretId') ?? '');
  secret.deleted = undefined;
  secret.purgeAt = undefined;
  return { ARN: secret.arn, Name: secret.name };
}
