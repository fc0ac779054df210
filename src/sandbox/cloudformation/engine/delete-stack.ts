import { setStackStatus } from '../stacks/record-event.js';
import type { StackResource } from '../stacks/stack.js';
import { deleteResource, deletionPolicy, disposalFor, type Disposal } from './delete-resource.js';
import type { Operation } from './operation.js';
import { reverseDependencies } from './reverse-dependencies.js';
import { runInOrder } from './run-in-order.js';

/** Deletes the resources of a stack that stands in DELETE_IN_PROGRESS, then the stack itself. */
export async function removeStack(
  operation: Operation,
  retain: ReadonlySet<string>,
  force: boolean,
): Promise<void> {
  const { stack, env, token } = operation;
  operation.cancelled.clear();
  const standing = [...stack.resources.values()].filter(
    ({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED',
  );
  const remove = async (name: string): Promise<void> => {
    const resource = stack.resources.get(name);
    if (!resource) return;
    try {
      await deleteResource(operation, resource, retain.has(name) ? 'retain' : disposal(operation, resource));
    } catch (error) {
      if (!force) throw error;
      await deleteResource(operation, resource, 'retain');
    }
  };
  const { failed } = await runInOrder(reverseDependencies(standing), remove, { stopAtFailure: false });
  if (failed.size > 0) {
    const names = [...failed.keys()].join(', ');
    return setStackStatus(
      env.context,
      stack,
      'DELETE_FAILED',
      `The following resource(s) failed to delete: [${names}]. `,
      token,
    );
  }
  stack.deletedAt = env.context.clock.now();
  stack.outputs = [];
  stack.imports = new Set();
  setStackStatus(env.context, stack, 'DELETE_COMPLETE', undefined, token);
}

function disposal({ env }: Operation, resource: StackResource): Disposal {
  // What never stood completely has nothing worth a snapshot.
  const policy = deletionPolicy(resource, env.providers.get(resource.type));
  if (policy === 'Snapshot' && resource.status === 'CREATE_FAILED') return 'delete';
  return disposalFor(policy);
}
