import { setStackStatus } from '../stacks/record-event.js';
import type { PendingRollback, StackResource } from '../stacks/stack.js';
import { failed, requestFor } from './create-resource.js';
import { deleteResource, deletionPolicy, disposalAtRollback } from './delete-resource.js';
import { providerOf } from './desired-properties.js';
import { setResource, type Operation } from './operation.js';
import { runInOrder } from './run-in-order.js';

/**
 * Brings a stack in UPDATE_ROLLBACK_IN_PROGRESS back to `before`: changed resources get their old properties,
 * replaced ones their old physical resource, then what the update made is deleted. `skip` names resources that
 * ContinueUpdateRollback leaves as they are.
 */
export async function rollBackUpdate(
  operation: Operation,
  before: PendingRollback,
  skip: ReadonlySet<string>,
): Promise<void> {
  const { stack, env, token } = operation;
  operation.cancelled.clear();
  const after = new Map(stack.resources);
  stack.settings = before.settings;
  const graph = new Map([...before.resources].map(([name, { dependsOn }]) => [name, dependsOn]));
  const restore = async (name: string): Promise<void> => {
    const old = before.resources.get(name);
    if (old) await restoreResource(operation, old, after.get(name), skip.has(name));
  };
  const result = await runInOrder(graph, restore, { stopAtFailure: true });
  if (result.failed.size > 0) {
    const names = [...result.failed.keys()].join(', ');
    return setStackStatus(
      env.context,
      stack,
      'UPDATE_ROLLBACK_FAILED',
      `The following resource(s) failed to update: [${names}]. `,
      token,
    );
  }
  stack.outputs = before.outputs;
  stack.imports = before.imports;
  stack.pendingRollback = undefined;
  setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
  await removeNew(operation, before, after);
  setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_COMPLETE', undefined, token);
}

async function restoreResource(
  operation: Operation,
  old: StackResource,
  now: StackResource | undefined,
  skip: boolean,
): Promise<void> {
  if (!now || now === old) return;
  if (skip) return void setResource(operation, { ...old, status: 'UPDATE_COMPLETE', reason: undefined });
  const touched = now.status.startsWith('UPDATE') && now.updatedAt > old.updatedAt;
  if (now.physicalId !== old.physicalId || !touched || now.applied === old.applied) {
    const quiet = !touched;
    setResource(
      operation,
      { ...old, ...(touched && { status: 'UPDATE_COMPLETE', reason: undefined }) },
      quiet,
    );
    return;
  }
  setResource(operation, { ...now, status: 'UPDATE_IN_PROGRESS', reason: undefined });
  try {
    const live = await providerOf(operation, old.type).update({
      ...requestFor(operation, old),
      physicalId: old.physicalId ?? '',
      previous: now.applied,
      previousTags: now.tags,
      isRollback: true,
      attributes: now.attributes,
    });
    setResource(operation, { ...old, ...live, status: 'UPDATE_COMPLETE', reason: undefined });
  } catch (error) {
    throw failed(operation, now, 'UPDATE_FAILED', error);
  }
}

/** Deletes what the update made: added resources and replacements. */
async function removeNew(
  operation: Operation,
  before: PendingRollback,
  after: ReadonlyMap<string, StackResource>,
): Promise<void> {
  const made = [...after.values()].filter(
    ({ logicalId, physicalId }) =>
      before.resources.get(logicalId)?.physicalId !== physicalId || !before.resources.has(logicalId),
  );
  const graph = new Map(
    made.map(({ logicalId }) => [
      logicalId,
      made.filter(({ dependsOn }) => dependsOn.includes(logicalId)).map((other) => other.logicalId),
    ]),
  );
  const remove = async (name: string): Promise<void> => {
    const resource = after.get(name);
    if (!resource) return;
    const policy = deletionPolicy(resource, operation.env.providers.get(resource.type));
    const added = !before.resources.has(name);
    const complete = resource.status.endsWith('_COMPLETE');
    if (added) operation.stack.resources.delete(name);
    await deleteResource(operation, resource, disposalAtRollback(policy, complete), true);
  };
  await runInOrder(graph, remove, { stopAtFailure: false });
}
