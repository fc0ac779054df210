import { scalarText, type TemplateObject } from '../template/template-value.js';
import type { ResourceRequest } from './resource-provider.js';

/** `stack-LogicalId-RANDOM12`, with stack and logical id cut so that the whole fits `maxLength`. */
export function generatedName({ stackName, logicalId, suffix }: ResourceRequest, maxLength: number): string {
  const room = maxLength - suffix.length - 2;
  const logical = logicalId.slice(0, Math.max(1, room - Math.min(stackName.length, Math.floor(room / 2))));
  const stack = stackName.slice(0, Math.max(1, room - logical.length));
  return `${stack}-${logical}-${suffix}`;
}

/** The name the template gives, or a made-up one. */
export function nameOf(request: ResourceRequest, property: string, maxLength: number): string {
  return textOf(request.properties, property) ?? generatedName(request, maxLength);
}

/** A scalar property as text. */
export function textOf(properties: TemplateObject, name: string): string | undefined {
  return scalarText(properties[name]);
}

/** The properties of the given names that are there, for a request to a service that calls them the same. */
export function pick(properties: TemplateObject, names: readonly string[]): TemplateObject {
  return Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]] as const])),
  );
}

/** Of the given names, those whose value changed: what a handler sends on update. */
export function pickChanged(
  previous: TemplateObject,
  desired: TemplateObject,
  names: readonly string[],
): TemplateObject {
  return pick(
    desired,
    names.filter((name) => JSON.stringify(previous[name]) !== JSON.stringify(desired[name])),
  );
}
