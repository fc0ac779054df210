import type { AwsStruct, SandboxContext } from '../../service.js';
import { ResourceFailure } from '../engine/resource-failure.js';
import { isStruct, structsAt, textAt } from './answers.js';
import type { LiveResource } from './resource-provider.js';
import { unlessMissing, waitUntil } from './wait-until.js';

/** States an instance does not leave by itself (RUG, "Viewing Amazon RDS DB instance status"). */
const failedStates =
  /^(?:failed|incompatible-.*|inaccessible-encryption-credentials|restore-error|storage-full|insufficient-capacity)$/;

/** The instance as RDS describes it; undefined when there is none. */
export async function findInstance(
  context: SandboxContext,
  physicalId: string,
): Promise<AwsStruct | undefined> {
  const answer = await unlessMissing(async () =>
    context.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier: physicalId }),
  );
  return answer && structsAt(answer, 'DBInstances')[0];
}

/**
 * Waits until the instance is available, with nothing pending unless the change may wait for the maintenance window.
 * Throws `ResourceFailure` for a state that does not pass.
 */
export async function settledInstance(
  context: SandboxContext,
  physicalId: string,
  isImmediate = true,
): Promise<LiveResource> {
  let standing: AwsStruct | undefined;
  await waitUntil(context, `DBInstance ${physicalId}`, async () => {
    standing = await findInstance(context, physicalId);
    const state = standing ? textAt(standing, 'DBInstanceStatus') : 'missing';
    if (failedStates.test(state)) throw new ResourceFailure(`DBInstance ${physicalId} is in state ${state}`);
    return state === 'available' && !(isImmediate && hasPendingChange(standing));
  });
  return liveInstance(physicalId, standing ?? {});
}

function hasPendingChange(instance: AwsStruct | undefined): boolean {
  const pending = instance?.['PendingModifiedValues'];
  return isStruct(pending) && Object.values(pending).some((value) => value !== undefined && value !== null);
}

export function liveInstance(physicalId: string, instance: AwsStruct): LiveResource {
  const secret = textAt(instance, 'MasterUserSecret', 'SecretArn');
  return {
    physicalId,
    attributes: {
      'Endpoint.Address': textAt(instance, 'Endpoint', 'Address'),
      'Endpoint.Port': textAt(instance, 'Endpoint', 'Port'),
      DBInstanceArn: textAt(instance, 'DBInstanceArn'),
      DbiResourceId: textAt(instance, 'DbiResourceId'),
      'CertificateDetails.CAIdentifier': textAt(instance, 'CACertificateIdentifier'),
      ...(secret !== '' && { 'MasterUserSecret.SecretArn': secret }),
    },
  };
}
