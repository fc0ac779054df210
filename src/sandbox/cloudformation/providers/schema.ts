/** The shape of a property of a resource type, as the CloudFormation registry's schemas state it. */
export type Schema =
  | { readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'json' | 'map' }
  | { readonly kind: 'list'; readonly items: Schema }
  | ObjectSchema;

export interface ObjectSchema {
  readonly kind: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

export const text: Schema = { kind: 'text' };
export const integer: Schema = { kind: 'integer' };
export const number: Schema = { kind: 'number' };
export const boolean: Schema = { kind: 'boolean' };
/** A JSON document: an object, or its text. */
export const json: Schema = { kind: 'json' };
/** Names of the user's choice to strings; never renamed on the way to a service. */
export const map: Schema = { kind: 'map' };

export function list(items: Schema): Schema {
  return { kind: 'list', items };
}

export function object(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): ObjectSchema {
  return { kind: 'object', properties, required };
}

export const tags = list(object({ Key: text, Value: text }, ['Key', 'Value']));

/** Several properties of one kind. */
export function all(kind: Schema, names: readonly string[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.map((name) => [name, kind]));
}

/** Names written one after the other; some types have eighty. */
export function words(names: string): readonly string[] {
  return names.trim().split(/\s+/);
}
