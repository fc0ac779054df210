import type { ResourceProvider } from '../providers/resource-provider.js';
import { referencesIn } from '../template/references.js';
import { templateError } from '../template/template-error.js';
import type { ResourceDeclaration, Template } from '../template/template.js';
import type { Environment } from './environment.js';

/** Checks of a template that need to know the resource types. Throws `ValidationError`. */
export function checkTemplate(env: Environment, template: Template): void {
  for (const declaration of template.resources.values()) checkSnapshotPolicy(env, declaration);
  const values = [
    ...[...template.resources.values()].map(({ properties }) => properties),
    ...[...template.outputs.values()].map(({ value }) => value),
  ];
  for (const { name, attribute } of referencesIn(values)) {
    const type = template.resources.get(name)?.type ?? '';
    const provider = env.providers.get(type);
    if (attribute === undefined || attribute === '*' || !provider) continue;
    if (!hasAttribute(provider, attribute))
      throw templateError(`resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
  }
}

function hasAttribute(provider: ResourceProvider, attribute: string): boolean {
  return provider.attributes.includes(attribute);
}

function checkSnapshotPolicy(
  env: Environment,
  { type, deletionPolicy, updateReplacePolicy }: ResourceDeclaration,
): void {
  const provider = env.providers.get(type);
  if (!provider || provider.snapshots) return;
  if (deletionPolicy === 'Snapshot')
    throw templateError(`resource type ${type} does not support deletion policy Snapshot`);
  if (updateReplacePolicy === 'Snapshot')
    throw templateError(`resource type ${type} does not support updateReplacePolicy Snapshot`);
}
