import { applySchema } from '../providers/apply-schema.js';
import type { ResourceProvider, Tag } from '../providers/resource-provider.js';
import { evaluateObject } from '../template/evaluate.js';
import { resolveDynamicReferences } from '../template/dynamic-references.js';
import type { TemplateObject, TemplateValue } from '../template/template-value.js';
import { isTemplateList, isTemplateObject, scalarText } from '../template/template-value.js';
import { dynamicSources } from './dynamic-sources.js';
import { ResourceFailure } from './resource-failure.js';
import type { Operation } from './operation.js';

/** Computes the properties of a resource; dynamic references stay as they are written. Throws `ValidationError`. */
export function evaluateProperties(
  operation: Pick<Operation, 'scope'>,
  properties: TemplateObject,
): TemplateObject {
  return evaluateObject(properties, operation.scope);
}

/** The provider of a type. Throws `ResourceFailure` naming a type the sandbox does not have. */
export function providerOf(operation: Pick<Operation, 'env'>, type: string): ResourceProvider {
  const provider = operation.env.providers.get(type);
  if (!provider) throw new ResourceFailure(`The sandbox does not support the resource type ${type}`);
  return provider;
}

/** Checks computed properties against the type's schema, gives scalars their types and fills in dynamic references. */
export async function applicableProperties(
  operation: Operation,
  logicalId: string,
  provider: ResourceProvider,
  properties: TemplateObject,
): Promise<TemplateObject> {
  const resolved = await resolveDynamicReferences(properties, dynamicSources(operation.env.context));
  const { properties: typed, problems } = applySchema(provider.schema, resolved);
  if (problems.length > 0)
    throw new ResourceFailure(
      `Properties validation failed for resource ${logicalId} with message:\n${problems.join('\n')}`,
    );
  return typed;
}

/** The `Tags` property, written as a list of pairs or as a map (SSM). */
export function ownTags(properties: TemplateObject): readonly Tag[] {
  const value: TemplateValue | undefined = properties['Tags'];
  if (isTemplateObject(value))
    return Object.entries(value).map(([Key, inner]) => ({ Key, Value: scalarText(inner) ?? '' }));
  if (!isTemplateList(value)) return [];
  return value
    .filter(isTemplateObject)
    .map((tag) => ({ Key: scalarText(tag['Key']) ?? '', Value: scalarText(tag['Value']) ?? '' }));
}
