import type { Tag } from '../providers/resource-provider.js';
import type { Stack, StackResource, StackSettings } from '../stacks/stack.js';
import { recordResourceEvent } from '../stacks/record-event.js';
import type { Scope } from '../template/scope.js';
import { activeResources, type ActiveResource } from './active-resources.js';
import { availabilityZones } from './availability-zones.js';
import type { Environment } from './environment.js';
import { liveValues, stackScope } from './stack-scope.js';

/** A resource that the clean-up phase deletes or keeps, by the policy that fits its cause. */
export interface RetiredResource {
  readonly resource: StackResource;
  readonly cause: 'removed' | 'replaced';
}

/** One create, update, rollback or delete under way. */
export interface Operation {
  readonly env: Environment;
  readonly stack: Stack;
  readonly settings: StackSettings;
  readonly token: string | undefined;
  readonly scope: Scope;
  readonly active: ReadonlyMap<string, ActiveResource>;
  readonly imports: Set<string>;
  /** Resources whose work was called off: their later events are not written. */
  readonly cancelled: Set<string>;
}

/** Prepares an operation towards `settings`. Throws `ValidationError` when the template cannot be evaluated. */
export async function startOperation(
  env: Environment,
  stack: Stack,
  settings: StackSettings,
  token: string | undefined,
): Promise<Operation> {
  const zones = await availabilityZones(env.context, settings.template);
  const imports = new Set<string>();
  const scope = stackScope(
    env,
    stack,
    settings,
    liveValues(() => stack.resources),
    zones,
    imports,
  );
  const active = activeResources(settings.template, scope);
  return { env, stack, settings, token, scope, active, imports, cancelled: new Set() };
}

/** Replaces the record of a resource and writes its event, unless the resource was called off. */
export function setResource(operation: Operation, resource: StackResource, quiet = false): StackResource {
  const stamped = { ...resource, updatedAt: operation.env.context.clock.now() };
  operation.stack.resources.set(resource.logicalId, stamped);
  if (!quiet && !operation.cancelled.has(resource.logicalId))
    recordResourceEvent(operation.stack, stamped, operation.token);
  return stamped;
}

/** The tags a resource gets: its own win over the stack's; CloudFormation adds three. */
export function resourceTags(
  operation: Pick<Operation, 'stack' | 'settings'>,
  logicalId: string,
  own: readonly Tag[],
): readonly Tag[] {
  const { stack, settings } = operation;
  const system = [
    { Key: 'aws:cloudformation:stack-name', Value: stack.name },
    { Key: 'aws:cloudformation:stack-id', Value: stack.id },
    { Key: 'aws:cloudformation:logical-id', Value: logicalId },
  ];
  const names = new Set(own.map(({ Key }) => Key));
  return [...own, ...settings.tags.filter(({ Key }) => !names.has(Key)), ...system];
}
