import { setStackStatus } from '../stacks/record-event.js';
import type { StackResource } from '../stacks/stack.js';
import type { ActiveResource } from './active-resources.js';
import { callOff, createResource } from './create-resource.js';
import { deleteResource, deletionPolicy, disposalAtRollback } from './delete-resource.js';
import { removeStack } from './delete-stack.js';
import type { Operation } from './operation.js';
import { reverseDependencies } from './reverse-dependencies.js';
import { runInOrder } from './run-in-order.js';
import { computeOutputs } from './stack-outputs.js';

export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';

/** Creates every resource of a stack that stands in CREATE_IN_PROGRESS; on failure does what `onFailure` says. */
export async function createStack(operation: Operation, onFailure: OnFailure): Promise<void> {
  const { stack, env, token } = operation;
  const reason = await createAll(operation);
  if (reason === undefined) return setStackStatus(env.context, stack, 'CREATE_COMPLETE', undefined, token);
  if (onFailure === 'DO_NOTHING') return setStackStatus(env.context, stack, 'CREATE_FAILED', reason, token);
  if (onFailure === 'DELETE') {
    setStackStatus(env.context, stack, 'DELETE_IN_PROGRESS', `${reason}Delete requested by user.`, token);
    return removeStack(operation, new Set(), false);
  }
  setStackStatus(env.context, stack, 'ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`, token);
  await rollBackCreation(operation);
}

/** Why it failed, as the stack's event says it; undefined when everything stands. */
async function createAll(operation: Operation): Promise<string | undefined> {
  const { stack, active } = operation;
  const graph = new Map([...active].map(([name, { dependsOn }]) => [name, dependsOn]));
  const create = async (name: string): Promise<void> => createResource(operation, wanted(active, name));
  const result = await runInOrder(graph, create, {
    stopAtFailure: true,
    onFirstFailure: (underWay) => callOff(operation, underWay),
  });
  const failures = new Set([...result.failed.keys(), ...operation.cancelled]);
  if (failures.size > 0) return `The following resource(s) failed to create: [${[...failures].join(', ')}]. `;
  try {
    stack.outputs = computeOutputs(operation);
    stack.imports = operation.imports;
    return undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} `;
  }
}

/** The declaration behind a logical id of the operation. */
export function wanted(active: ReadonlyMap<string, ActiveResource>, name: string): ActiveResource {
  const found = active.get(name);
  if (!found) throw new Error(`no such resource: ${name}`);
  return found;
}

async function rollBackCreation(operation: Operation): Promise<void> {
  const { stack, env, token } = operation;
  operation.cancelled.clear();
  const remove = async (name: string): Promise<void> => {
    const resource = stack.resources.get(name);
    if (resource) await deleteResource(operation, resource, atRollback(operation, resource));
  };
  const result = await runInOrder(reverseDependencies([...stack.resources.values()]), remove, {
    stopAtFailure: false,
  });
  stack.outputs = [];
  stack.imports = new Set();
  if (result.failed.size === 0)
    return setStackStatus(env.context, stack, 'ROLLBACK_COMPLETE', undefined, token);
  const names = [...result.failed.keys()].join(', ');
  setStackStatus(
    env.context,
    stack,
    'ROLLBACK_FAILED',
    `The following resource(s) failed to delete: [${names}]. `,
    token,
  );
}

function atRollback({ env }: Operation, resource: StackResource) {
  const policy = deletionPolicy(resource, env.providers.get(resource.type));
  return disposalAtRollback(policy, resource.status === 'CREATE_COMPLETE');
}
