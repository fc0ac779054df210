import type { ResourceProvider } from '../providers/resource-provider.js';
import type { Stack, StackResource, StackSettings } from '../stacks/stack.js';
import type { ResourceValues } from '../template/template-scope.js';
import type { TemplateObject } from '../template/template-value.js';
import { activeResources, type ActiveResource } from './active-resources.js';
import { availabilityZones } from './availability-zones.js';
import { changedProperties } from './compare-properties.js';
import { detailsOf } from './change-details.js';
import { deletionPolicy } from './delete-resource.js';
import { evaluateProperties } from './desired-properties.js';
import type { Environment } from './environment.js';
import type { PlannedChange, Replacement } from './planned-change.js';
import { liveValues, stackScope } from './stack-scope.js';

/** Stands for what only the operation itself will know, as DescribeChangeSet shows it. */
export const knownAfterApply = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** Computes what bringing `stack` to `settings` would do. Throws `ValidationError` when the template cannot be evaluated. */
export async function planChanges(
  env: Environment,
  stack: Stack,
  settings: StackSettings,
): Promise<readonly PlannedChange[]> {
  const zones = await availabilityZones(env.context, settings.template);
  const planned = new Map<string, PlannedChange>();
  const scope = stackScope(env, stack, settings, plannedValues(stack, planned), zones);
  for (const [name, active] of activeResources(settings.template, scope)) {
    const properties = evaluateProperties({ scope }, active.declaration.properties);
    const change = planResource({ env, stack, settings, planned }, active, properties);
    if (change) planned.set(name, change);
  }
  const active = activeResources(settings.template, scope);
  const removed = [...stack.resources.values()].filter(
    ({ logicalId, status }) => !active.has(logicalId) && status !== 'DELETE_COMPLETE',
  );
  return [...planned.values(), ...removed.map((resource) => removal(env, resource))];
}

/** A resource that will be new has no values yet; one that changes in place keeps its id. */
function plannedValues(stack: Stack, planned: ReadonlyMap<string, PlannedChange>): ResourceValues {
  const live = liveValues(() => stack.resources);
  const isNew = (logicalId: string): boolean => {
    const change = planned.get(logicalId);
    return (
      change?.action === 'Add' ||
      change?.replacement === 'True' ||
      stack.resources.get(logicalId)?.physicalId === undefined
    );
  };
  return {
    ref: (logicalId) => (isNew(logicalId) ? knownAfterApply : live.ref(logicalId)),
    attribute: (logicalId, name) => (isNew(logicalId) ? knownAfterApply : live.attribute(logicalId, name)),
  };
}

export interface Planning {
  readonly env: Environment;
  readonly stack: Stack;
  readonly settings: StackSettings;
  readonly planned: ReadonlyMap<string, PlannedChange>;
}

function planResource(
  planning: Planning,
  active: ActiveResource,
  properties: TemplateObject,
): PlannedChange | undefined {
  const { declaration } = active;
  const { logicalId, type } = declaration;
  const standing = planning.stack.resources.get(logicalId);
  const common = { logicalId, type, after: JSON.stringify({ Properties: properties }) };
  if (standing?.physicalId === undefined)
    return {
      ...common,
      action: 'Add',
      physicalId: undefined,
      replacement: undefined,
      policyAction: undefined,
      details: [],
      before: undefined,
    };
  const provider = planning.env.providers.get(type);
  const changed = changedProperties(standing.properties, properties);
  const details = detailsOf(planning, standing, active, provider, changed, properties);
  if (details.length === 0) return undefined;
  const replacement = replacementOf(details);
  return {
    ...common,
    action: 'Modify',
    physicalId: standing.physicalId,
    replacement,
    policyAction: replacement === 'True' ? replaceAction(declaration.updateReplacePolicy) : undefined,
    details,
    before: JSON.stringify({ Properties: standing.properties }),
  };
}

function replacementOf(details: PlannedChange['details']): Replacement {
  const certain = details.some(
    ({ requiresRecreation, evaluation }) => requiresRecreation === 'Always' && evaluation === 'Static',
  );
  if (certain) return 'True';
  return details.some(({ requiresRecreation }) => requiresRecreation !== 'Never') ? 'Conditional' : 'False';
}

function replaceAction(policy: unknown): string {
  if (policy === 'Retain') return 'ReplaceAndRetain';
  return policy === 'Snapshot' ? 'ReplaceAndSnapshot' : 'ReplaceAndDelete';
}

function removal(env: Environment, resource: StackResource): PlannedChange {
  const provider: ResourceProvider | undefined = env.providers.get(resource.type);
  const policy = deletionPolicy(resource, provider);
  return {
    action: 'Remove',
    logicalId: resource.logicalId,
    type: resource.type,
    physicalId: resource.physicalId,
    replacement: undefined,
    policyAction: policy === 'RetainExceptOnCreate' ? 'Retain' : policy,
    details: [],
    before: JSON.stringify({ Properties: resource.properties }),
    after: undefined,
  };
}
