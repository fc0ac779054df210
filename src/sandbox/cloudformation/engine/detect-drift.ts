import { scalarText, type TemplateObject } from '../template/template-value.js';
import type { Stack, StackResource } from '../stacks/stack.js';
import { sameValue } from './compare-properties.js';
import type { Environment } from './environment.js';

/** How a resource differs from what its stack last asked for. */
export interface ResourceDrift {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED';
  readonly at: Date;
  readonly expected: TemplateObject;
  readonly actual: TemplateObject;
  readonly differences: readonly {
    readonly name: string;
    readonly expected: string;
    readonly actual: string;
  }[];
}

/**
 * Compares the live resources with the template, property by property, for the types that can be read. Properties that
 * no read shows (write-only) and those the template leaves out are not compared.
 */
export async function detectDrift(env: Environment, stack: Stack): Promise<readonly ResourceDrift[]> {
  const drifts: ResourceDrift[] = [];
  for (const resource of stack.resources.values()) {
    const drift = await driftOf(env, resource);
    if (!drift) continue;
    drifts.push(drift);
    stack.resources.set(resource.logicalId, { ...resource, drift: drift.status });
  }
  const isDrifted = drifts.some(({ status }) => status !== 'IN_SYNC');
  stack.drift = { status: isDrifted ? 'DRIFTED' : 'IN_SYNC', at: env.context.clock.now() };
  return drifts;
}

async function driftOf(env: Environment, resource: StackResource): Promise<ResourceDrift | undefined> {
  const provider = env.providers.get(resource.type);
  const { physicalId, logicalId, type } = resource;
  if (!provider?.read || physicalId === undefined) return undefined;
  const found = await provider.read({ context: env.context, physicalId });
  const compared = Object.keys(found?.properties ?? {}).filter(
    (name) => resource.applied[name] !== undefined && provider.writeOnly?.includes(name) !== true,
  );
  const expected = only(resource.applied, compared);
  const actual = only(found?.properties ?? {}, compared);
  const differences = compared
    .filter((name) => !sameValue(expected[name], actual[name]))
    .map((name) => ({ name, expected: shown(expected[name]), actual: shown(actual[name]) }));
  const status = !found ? 'DELETED' : differences.length > 0 ? 'MODIFIED' : 'IN_SYNC';
  return { logicalId, physicalId, type, status, at: env.context.clock.now(), expected, actual, differences };
}

function only(properties: TemplateObject, names: readonly string[]): TemplateObject {
  return Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]] as const])),
  );
}

function shown(value: TemplateObject[string] | undefined): string {
  return scalarText(value) ?? JSON.stringify(value ?? null);
}
