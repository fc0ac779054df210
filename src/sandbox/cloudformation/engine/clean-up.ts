import type { StackResource } from '../stacks/stack.js';
import { deleteResource, deletionPolicy, disposalFor, type Disposal } from './delete-resource.js';
import type { Operation, RetiredResource } from './operation.js';
import { runInOrder } from './run-in-order.js';

/** CloudFormation tries three times to delete what an update leaves behind, then lets it be ("UPDATE_COMPLETE"). */
const attempts = 3;
const pauseMs = 30_000;

/** Deletes (or keeps, by policy) what an update replaced or removed, dependants first. Never fails the stack. */
export async function cleanUp(operation: Operation, retired: readonly RetiredResource[]): Promise<void> {
  const remove = async (key: string): Promise<void> => {
    const entry = retired[Number(key)];
    if (entry) await removeOne(operation, entry);
  };
  await runInOrder(graph(retired.map(({ resource }) => resource)), remove, { stopAtFailure: false });
}

/** Keys are positions: an old resource and its replacement share a logical id. */
function graph(resources: readonly StackResource[]): ReadonlyMap<string, readonly string[]> {
  const dependants = (logicalId: string): readonly string[] =>
    resources.flatMap(({ dependsOn }, index) => (dependsOn.includes(logicalId) ? [String(index)] : []));
  return new Map(resources.map(({ logicalId }, index) => [String(index), dependants(logicalId)]));
}

async function removeOne(operation: Operation, { resource, cause }: RetiredResource): Promise<void> {
  const disposal =
    cause === 'replaced' ? replaceDisposal(operation, resource) : removalDisposal(operation, resource);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deleteResource(operation, resource, disposal, true);
    } catch (error) {
      if (attempt === attempts) throw error;
      await operation.env.context.clock.after(pauseMs);
    }
  }
}

function removalDisposal({ env }: Operation, resource: StackResource): Disposal {
  return disposalFor(deletionPolicy(resource, env.providers.get(resource.type)));
}

/** The policy of the new template; Delete when it gives none, whatever the type ("UpdateReplacePolicy attribute"). */
function replaceDisposal({ settings }: Operation, resource: StackResource): Disposal {
  const policy = settings.template.resources.get(resource.logicalId)?.updateReplacePolicy;
  if (policy === 'Retain') return 'retain';
  return policy === 'Snapshot' ? 'snapshot' : 'delete';
}
