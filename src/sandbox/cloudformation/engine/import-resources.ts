import { setStackStatus } from '../stacks/record-event.js';
import type { ImportTarget } from '../stacks/change-set.js';
import type { PendingRollback } from '../stacks/stack.js';
import { wanted } from './create-stack.js';
import { applicableProperties, evaluateProperties, ownTags, providerOf } from './desired-properties.js';
import { resourceTags, setResource, type Operation } from './operation.js';
import { ResourceFailure } from './resource-failure.js';
import { computeOutputs } from './stack-outputs.js';

/** Takes standing resources into a stack in IMPORT_IN_PROGRESS. Nothing in AWS is changed; a failure lets all go again. */
export async function importResources(
  operation: Operation,
  targets: readonly ImportTarget[],
  before: PendingRollback,
): Promise<void> {
  const { stack, env, token } = operation;
  try {
    for (const name of operation.active.keys()) {
      const target = targets.find(({ logicalId }) => logicalId === name);
      if (target) await importOne(operation, target);
    }
    stack.outputs = computeOutputs(operation);
    stack.imports = operation.imports;
    setStackStatus(env.context, stack, 'IMPORT_COMPLETE', undefined, token);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    setStackStatus(env.context, stack, 'IMPORT_ROLLBACK_IN_PROGRESS', reason, token);
    stack.settings = before.settings;
    stack.resources = new Map(before.resources);
    setStackStatus(env.context, stack, 'IMPORT_ROLLBACK_COMPLETE', undefined, token);
  }
}

async function importOne(operation: Operation, target: ImportTarget): Promise<void> {
  const { declaration, dependsOn } = wanted(operation.active, target.logicalId);
  const provider = providerOf(operation, target.type);
  const physicalId = target.identifier[provider.identifier?.[0] ?? ''] ?? '';
  const properties = evaluateProperties(operation, declaration.properties);
  const begun = {
    logicalId: target.logicalId,
    type: target.type,
    physicalId,
    status: 'IMPORT_IN_PROGRESS',
    reason: undefined,
    updatedAt: operation.env.context.clock.now(),
    declaration,
    properties,
    applied: properties,
    attributes: {},
    tags: [],
    dependsOn,
  };
  setResource(operation, begun);
  const live = await provider.read?.({ context: operation.env.context, physicalId });
  if (!live) {
    const reason = `${target.type} with identifier ${physicalId} was not found`;
    setResource(operation, { ...begun, status: 'IMPORT_FAILED', reason });
    throw new ResourceFailure(reason);
  }
  const applied = await applicableProperties(operation, target.logicalId, provider, properties);
  const tags = resourceTags(operation, target.logicalId, ownTags(applied));
  setResource(operation, { ...begun, applied, tags, attributes: live.attributes, status: 'IMPORT_COMPLETE' });
}
