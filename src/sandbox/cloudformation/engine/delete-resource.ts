import type { ResourceProvider } from '../providers/resource-provider.js';
import type { StackResource } from '../stacks/stack.js';
import { recordResourceEvent } from '../stacks/record-event.js';
import type { DeletionPolicy } from '../template/template.js';
import { requestFor, wordFailure } from './create-resource.js';
import { providerOf } from './desired-properties.js';
import { setResource, type Operation } from './operation.js';

/** What a deletion does with the thing itself. */
export type Disposal = 'delete' | 'retain' | 'snapshot';

/**
 * Deletes, snapshots or lets go of a resource and writes its events. `detached` is for a resource whose logical id is
 * gone or belongs to its replacement: its record is not kept in the stack. Throws `ResourceFailure`.
 */
export async function deleteResource(
  operation: Operation,
  resource: StackResource,
  disposal: Disposal,
  detached = false,
): Promise<void> {
  const note = (status: string, reason?: string): void => {
    const next = { ...resource, status, reason, updatedAt: operation.env.context.clock.now() };
    if (detached) recordResourceEvent(operation.stack, next, operation.token);
    else setResource(operation, next);
  };
  if (disposal === 'retain') return note('DELETE_SKIPPED');
  if (resource.physicalId === undefined) return note('DELETE_COMPLETE');
  note('DELETE_IN_PROGRESS');
  try {
    const request = {
      ...requestFor(operation, resource),
      physicalId: resource.physicalId,
      attributes: resource.attributes,
    };
    const snapshot = snapshotName(request.stackName, request.logicalId, request.suffix);
    await providerOf(operation, resource.type).delete(
      disposal === 'snapshot' ? { ...request, snapshot } : request,
    );
  } catch (error) {
    const failure = wordFailure(operation, resource, error);
    note('DELETE_FAILED', failure.message);
    throw failure;
  }
  note('DELETE_COMPLETE');
}

/** `stack-snapshot-logicalid-random`, as the RDS handlers name final snapshots. */
function snapshotName(stackName: string, logicalId: string, suffix: string): string {
  return `${stackName}-snapshot-${logicalId}-${suffix}`.toLowerCase();
}

/** The deletion policy in force: written, or the default of the type. */
export function deletionPolicy(
  resource: StackResource,
  provider: ResourceProvider | undefined,
): DeletionPolicy {
  const written = resource.declaration.deletionPolicy;
  if (
    written === 'Retain' ||
    written === 'RetainExceptOnCreate' ||
    written === 'Snapshot' ||
    written === 'Delete'
  )
    return written;
  return provider?.snapshots?.defaultFor(resource.properties) === true ? 'Snapshot' : 'Delete';
}

/** What a policy means for a resource that is removed by a delete, an update or a rollback of an update. */
export function disposalFor(policy: DeletionPolicy): Disposal {
  if (policy === 'Retain' || policy === 'RetainExceptOnCreate') return 'retain';
  return policy === 'Snapshot' ? 'snapshot' : 'delete';
}

/** The same for the rollback of the operation that made the resource: `RetainExceptOnCreate` deletes then. */
export function disposalAtRollback(policy: DeletionPolicy, created: boolean): Disposal {
  if (policy === 'Retain') return 'retain';
  return policy === 'Snapshot' && created ? 'snapshot' : 'delete';
}
