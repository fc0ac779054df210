import type { ResourceProvider } from '../providers/resource-provider.js';
import type { StackResource } from '../stacks/stack.js';
import { referencesIn } from '../template/references.js';
import { scalarText, type TemplateObject, type TemplateValue } from '../template/template-value.js';
import type { ActiveResource } from './active-resources.js';
import { sameValue } from './compare-properties.js';
import type { ChangeDetail, RequiresRecreation } from './planned-change.js';
import type { Planning } from './plan-changes.js';

/** Why a resource changes, property by property. Empty when it does not. */
export function detailsOf(
  planning: Planning,
  standing: StackResource,
  active: ActiveResource,
  provider: ResourceProvider | undefined,
  changed: readonly string[],
  properties: TemplateObject,
): readonly ChangeDetail[] {
  const { declaration } = active;
  const certain = changed.map((name) =>
    propertyDetail(planning, standing, declaration.properties[name], provider, name, properties),
  );
  const possible = Object.keys(declaration.properties)
    .filter((name) => !changed.includes(name))
    .flatMap((name) => dynamicDetail(planning, declaration.properties[name] ?? null, provider, name));
  const details = [...certain, ...possible, ...otherDetails(planning, standing, active, provider)];
  // A policy alone is not an update; it rides along with one ("DeletionPolicy attribute").
  return details.length === 0 ? [] : [...details, ...policyDetails(standing, active)];
}

function propertyDetail(
  planning: Planning,
  standing: StackResource,
  written: TemplateValue | undefined,
  provider: ResourceProvider | undefined,
  name: string,
  properties: TemplateObject,
): ChangeDetail {
  return {
    attribute: 'Properties',
    name,
    requiresRecreation: recreation(provider, name),
    ...causeOf(planning, written ?? null),
    beforeValue: shown(standing.properties[name]),
    afterValue: shown(properties[name]),
  };
}

function shown(value: TemplateValue | undefined): string {
  return value === undefined ? '' : (scalarText(value) ?? JSON.stringify(value));
}

function recreation(provider: ResourceProvider | undefined, name: string): RequiresRecreation {
  if (provider?.createOnly.includes(name) === true) return 'Always';
  return provider?.conditionalCreateOnly?.includes(name) === true ? 'Conditionally' : 'Never';
}

type Cause = Pick<ChangeDetail, 'evaluation' | 'changeSource' | 'causingEntity'>;

/** What moved a property: a parameter, another resource, or the text of the template itself. */
function causeOf({ stack, settings, planned }: Planning, written: TemplateValue): Cause {
  for (const { name, attribute } of referencesIn(written)) {
    const before = stack.settings?.parameters.get(name)?.value;
    const after = settings.parameters.get(name)?.value;
    if (after !== undefined && before !== undefined && !sameValue(before, after))
      return { evaluation: 'Static', changeSource: 'ParameterReference', causingEntity: name };
    const change = planned.get(name);
    if (change?.replacement === undefined || change.replacement === 'False') continue;
    const evaluation = change.replacement === 'True' ? 'Static' : 'Dynamic';
    if (attribute === undefined)
      return { evaluation, changeSource: 'ResourceReference', causingEntity: name };
    return { evaluation, changeSource: 'ResourceAttribute', causingEntity: `${name}.${attribute}` };
  }
  return { evaluation: 'Static', changeSource: 'DirectModification' };
}

/** A property that reads an attribute of a changing resource may change with it: CloudFormation calls that Dynamic. */
function dynamicDetail(
  { planned }: Planning,
  written: TemplateValue,
  provider: ResourceProvider | undefined,
  name: string,
): readonly ChangeDetail[] {
  return referencesIn(written).flatMap((reference) => {
    const change = planned.get(reference.name);
    const touched =
      change?.action === 'Modify' && change.details.some(({ attribute }) => attribute === 'Properties');
    const mayMove = reference.attribute !== undefined || change?.replacement === 'Conditional';
    if (!touched || !mayMove) return [];
    const isAttribute = reference.attribute !== undefined;
    return {
      attribute: 'Properties' as const,
      name,
      requiresRecreation: recreation(provider, name),
      evaluation: 'Dynamic' as const,
      changeSource: isAttribute ? ('ResourceAttribute' as const) : ('ResourceReference' as const),
      causingEntity: isAttribute ? `${reference.name}.${reference.attribute}` : reference.name,
    };
  });
}

function otherDetails(
  { stack, settings }: Planning,
  standing: StackResource,
  { declaration }: ActiveResource,
  provider: ResourceProvider | undefined,
): readonly ChangeDetail[] {
  const direct = {
    requiresRecreation: 'Never',
    evaluation: 'Static',
    changeSource: 'DirectModification',
  } as const;
  const metadata = sameValue(standing.declaration.metadata, declaration.metadata)
    ? []
    : [{ ...direct, attribute: 'Metadata' as const }];
  const taggable = provider !== undefined && Object.hasOwn(provider.schema.properties, 'Tags');
  const before = Object.fromEntries((stack.settings?.tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const after = Object.fromEntries(settings.tags.map(({ Key, Value }) => [Key, Value]));
  const tags = !taggable || sameValue(before, after) ? [] : [{ ...direct, attribute: 'Tags' as const }];
  return [...metadata, ...tags];
}

function policyDetails(standing: StackResource, { declaration }: ActiveResource): readonly ChangeDetail[] {
  const direct = {
    requiresRecreation: 'Never',
    evaluation: 'Static',
    changeSource: 'DirectModification',
  } as const;
  const onDelete =
    standing.declaration.deletionPolicy === declaration.deletionPolicy
      ? []
      : [{ ...direct, attribute: 'DeletionPolicy' as const }];
  const onReplace =
    standing.declaration.updateReplacePolicy === declaration.updateReplacePolicy
      ? []
      : [{ ...direct, attribute: 'UpdateReplacePolicy' as const }];
  return [...onDelete, ...onReplace];
}
