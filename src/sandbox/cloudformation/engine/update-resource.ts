import type { ResourceProvider } from '../providers/resource-provider.js';
import type { StackResource } from '../stacks/stack.js';
import type { TemplateObject } from '../template/template-value.js';
import type { ActiveResource } from './active-resources.js';
import { changedProperties, sameValue } from './compare-properties.js';
import { createResource, failed, requestFor } from './create-resource.js';
import { applicableProperties, evaluateProperties, ownTags, providerOf } from './desired-properties.js';
import { resourceTags, setResource, type Operation, type RetiredResource } from './operation.js';
import { ResourceFailure } from './resource-failure.js';

/**
 * Brings one resource to its new declaration: creates it, leaves it, updates it in place, or makes a new one beside it
 * and returns the old for the clean-up phase. Throws `ResourceFailure`.
 */
export async function applyResource(
  operation: Operation,
  wanted: ActiveResource,
): Promise<RetiredResource | undefined> {
  const standing = operation.stack.resources.get(wanted.declaration.logicalId);
  if (standing?.physicalId === undefined) {
    await createResource(operation, wanted);
    return undefined;
  }
  let properties: TemplateObject;
  try {
    properties = evaluateProperties(operation, wanted.declaration.properties);
  } catch (error) {
    throw failed(operation, { ...standing, ...wanted }, 'UPDATE_FAILED', error);
  }
  return standing.status === 'CREATE_FAILED'
    ? replace(operation, standing, wanted, properties)
    : change(operation, standing, wanted, properties);
}

async function change(
  operation: Operation,
  standing: StackResource,
  wanted: ActiveResource,
  properties: TemplateObject,
): Promise<RetiredResource | undefined> {
  const changed = changedProperties(standing.properties, properties);
  const tags = resourceTags(operation, standing.logicalId, ownTags(properties));
  const sameMetadata = sameValue(standing.declaration.metadata, wanted.declaration.metadata);
  const next = { ...standing, declaration: wanted.declaration, dependsOn: wanted.dependsOn };
  const retry = standing.status === 'UPDATE_FAILED';
  if (changed.length === 0 && !retry && sameMetadata && sameTags(standing, tags)) {
    setResource(operation, next, true);
    return undefined;
  }
  const provider = providerOf(operation, standing.type);
  if (replacementCauses(provider, standing.properties, properties, changed).length === 0) {
    await updateInPlace(operation, next, provider, properties);
    return undefined;
  }
  requireNewName(operation, next, provider, properties, changed);
  return replace(operation, next, wanted, properties);
}

function sameTags(standing: StackResource, tags: StackResource['tags']): boolean {
  const asMap = (list: StackResource['tags']): TemplateObject =>
    Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
  return sameValue(asMap(standing.tags), asMap(tags));
}

/** The changed properties that cannot change on a standing resource. */
export function replacementCauses(
  provider: ResourceProvider,
  before: TemplateObject,
  after: TemplateObject,
  changed: readonly string[],
): readonly string[] {
  const conditional = provider.needsReplacement?.(before, after) ?? [];
  return changed.filter((name) => provider.createOnly.includes(name) || conditional.includes(name));
}

/** Two things cannot bear one name at once (troubleshooting: "cannot update a stack when a custom-named resource requires replacing"). */
function requireNewName(
  operation: Operation,
  standing: StackResource,
  provider: ResourceProvider,
  properties: TemplateObject,
  changed: readonly string[],
): void {
  const { nameProperty } = provider;
  const name = nameProperty === undefined ? undefined : properties[nameProperty];
  if (nameProperty === undefined || name === undefined || changed.includes(nameProperty)) return;
  const reason = `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(name)} and update the stack again.`;
  throw failed(operation, standing, 'UPDATE_FAILED', new ResourceFailure(reason));
}

async function updateInPlace(
  operation: Operation,
  standing: StackResource,
  provider: ResourceProvider,
  properties: TemplateObject,
): Promise<void> {
  let resource = setResource(operation, { ...standing, status: 'UPDATE_IN_PROGRESS', reason: undefined });
  try {
    const applied = await applicableProperties(operation, standing.logicalId, provider, properties);
    const tags = resourceTags(operation, standing.logicalId, ownTags(applied));
    resource = { ...resource, properties, applied, tags };
    const live = await provider.update({
      ...requestFor(operation, resource),
      physicalId: standing.physicalId ?? '',
      previous: standing.applied,
      previousTags: standing.tags,
      isRollback: false,
      attributes: standing.attributes,
    });
    setResource(operation, { ...resource, ...live, status: 'UPDATE_COMPLETE' });
  } catch (error) {
    throw failed(operation, resource, 'UPDATE_FAILED', error);
  }
}

async function replace(
  operation: Operation,
  standing: StackResource,
  wanted: ActiveResource,
  properties: TemplateObject,
): Promise<RetiredResource> {
  const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
  setResource(operation, { ...standing, status: 'UPDATE_IN_PROGRESS', reason });
  await createResource(operation, wanted, { properties, verb: 'UPDATE' });
  return { resource: standing, cause: 'replaced' };
}
