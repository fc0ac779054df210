import type { StackResource } from '../stacks/stack.js';
import type { TemplateObject } from '../template/template-value.js';
import type { ActiveResource } from './active-resources.js';
import { applicableProperties, evaluateProperties, ownTags, providerOf } from './desired-properties.js';
import { resourceTags, setResource, type Operation } from './operation.js';
import { randomSuffix } from './random-text.js';
import { handlerMessage, ResourceFailure } from './resource-failure.js';

/** How a creation is told: a replacement belongs to an update, and its properties are computed already. */
export interface CreationOptions {
  readonly properties?: TemplateObject;
  readonly verb?: 'CREATE' | 'UPDATE';
}

/** Creates the resource a declaration asks for. Throws `ResourceFailure`; its event is then written. */
export async function createResource(
  operation: Operation,
  wanted: ActiveResource,
  options: CreationOptions = {},
): Promise<void> {
  const { declaration, dependsOn } = wanted;
  const { verb = 'CREATE' } = options;
  let resource = { ...blank(operation, wanted), status: `${verb}_IN_PROGRESS` };
  resource = setResource(operation, resource, verb === 'UPDATE');
  try {
    const properties = options.properties ?? evaluateProperties(operation, declaration.properties);
    const provider = providerOf(operation, declaration.type);
    const applied = await applicableProperties(operation, declaration.logicalId, provider, properties);
    const tags = resourceTags(operation, declaration.logicalId, ownTags(applied));
    resource = { ...resource, properties, applied, tags, dependsOn };
    const started = (physicalId: string): void => {
      resource = setResource(operation, { ...resource, physicalId, reason: 'Resource creation Initiated' });
    };
    const live = await provider.create({ ...requestFor(operation, resource), started });
    setResource(operation, { ...resource, ...live, status: `${verb}_COMPLETE`, reason: undefined });
  } catch (error) {
    throw failed(operation, resource, `${verb}_FAILED`, error);
  }
}

function blank(operation: Operation, { declaration, dependsOn }: ActiveResource): StackResource {
  return {
    logicalId: declaration.logicalId,
    type: declaration.type,
    physicalId: undefined,
    status: 'CREATE_IN_PROGRESS',
    reason: undefined,
    updatedAt: operation.env.context.clock.now(),
    declaration,
    properties: {},
    applied: {},
    attributes: {},
    tags: [],
    dependsOn,
  };
}

/** The part of a provider request that is the same for every call. */
export function requestFor(operation: Operation, resource: StackResource) {
  return {
    context: operation.env.context,
    stackId: operation.stack.id,
    stackName: operation.stack.name,
    logicalId: resource.logicalId,
    properties: resource.applied,
    tags: resource.tags,
    suffix: randomSuffix(operation.env.context.random),
  };
}

/** Writes the failure of a resource and makes the error that stops the operation. */
export function failed(
  operation: Operation,
  resource: StackResource,
  status: string,
  error: unknown,
): ResourceFailure {
  const failure = wordFailure(operation, resource, error);
  setResource(operation, { ...resource, status, reason: failure.message });
  return failure;
}

/** An error as the event of the resource words it. */
export function wordFailure(
  { env, stack }: Operation,
  { logicalId, type }: StackResource,
  error: unknown,
): ResourceFailure {
  if (error instanceof ResourceFailure) return error;
  const reason = handlerMessage(error, type, env.context.random);
  env.context.log(`cloudformation: ${stack.name}/${logicalId}: ${reason}`);
  return new ResourceFailure(reason);
}

/** Marks work that is still under way as called off: "Resource creation cancelled". */
export function callOff(operation: Operation, logicalIds: readonly string[]): void {
  for (const logicalId of logicalIds) {
    const resource = operation.stack.resources.get(logicalId);
    // One may have finished in the same moment.
    if (!resource?.status.endsWith('_IN_PROGRESS')) continue;
    const verb = resource.status.startsWith('UPDATE') ? 'update' : 'creation';
    setResource(operation, {
      ...resource,
      status: verb === 'update' ? 'UPDATE_FAILED' : 'CREATE_FAILED',
      reason: `Resource ${verb} cancelled`,
    });
    operation.cancelled.add(logicalId);
  }
}
