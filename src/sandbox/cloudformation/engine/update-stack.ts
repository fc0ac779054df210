import { setStackStatus } from '../stacks/record-event.js';
import type { PendingRollback } from '../stacks/stack.js';
import { cleanUp } from './clean-up.js';
import { callOff } from './create-resource.js';
import { wanted } from './create-stack.js';
import type { Operation, RetiredResource } from './operation.js';
import { ResourceFailure } from './resource-failure.js';
import { rollBackUpdate } from './roll-back-update.js';
import { runInOrder } from './run-in-order.js';
import { computeOutputs } from './stack-outputs.js';
import { applyResource } from './update-resource.js';

/**
 * Updates a stack that stands in UPDATE_IN_PROGRESS: all creations and changes first, then the clean-up phase that
 * deletes what was replaced or removed. `before` is what a failure goes back to.
 */
export async function updateStack(operation: Operation, before: PendingRollback): Promise<void> {
  const { stack, env, token } = operation;
  const retired: RetiredResource[] = [];
  stack.isCancelled = false;
  const problem = (await applyAll(operation, retired)) ?? finish(operation);
  if (problem !== undefined) {
    if (stack.disableRollback) return setStackStatus(env.context, stack, 'UPDATE_FAILED', problem, token);
    stack.pendingRollback = before;
    setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', problem, token);
    return rollBackUpdate(operation, before, new Set());
  }
  setStackStatus(env.context, stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
  for (const [name, resource] of stack.resources) {
    if (operation.active.has(name)) continue;
    stack.resources.delete(name);
    retired.push({ resource, cause: 'removed' });
  }
  await cleanUp(operation, retired);
  setStackStatus(env.context, stack, 'UPDATE_COMPLETE', undefined, token);
}

async function applyAll(operation: Operation, retired: RetiredResource[]): Promise<string | undefined> {
  const graph = new Map([...operation.active].map(([name, { dependsOn }]) => [name, dependsOn]));
  const apply = async (name: string): Promise<void> => {
    if (operation.stack.isCancelled) throw new ResourceFailure('Resource update cancelled');
    const replaced = await applyResource(operation, wanted(operation.active, name));
    if (replaced) retired.push(replaced);
  };
  const result = await runInOrder(graph, apply, {
    stopAtFailure: true,
    onFirstFailure: (underWay) => callOff(operation, underWay),
  });
  if (operation.stack.isCancelled) return 'User Initiated';
  const failures = new Set([...result.failed.keys(), ...operation.cancelled]);
  if (failures.size === 0) return undefined;
  const created = [...failures].filter(
    (name) => operation.stack.resources.get(name)?.status.startsWith('CREATE') ?? true,
  );
  const updated = [...failures].filter((name) => !created.includes(name));
  const sentence = (verb: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${names.join(', ')}]. `;
  return sentence('create', created) + sentence('update', updated);
}

/** Outputs come last; an export in use that would change fails the update like a resource does. */
function finish(operation: Operation): string | undefined {
  try {
    operation.stack.outputs = computeOutputs(operation);
    operation.stack.imports = operation.imports;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
