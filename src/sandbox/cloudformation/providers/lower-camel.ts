import type { AwsStruct, AwsValue } from '../../service.js';
import {
  isTemplateList,
  isTemplateObject,
  type TemplateObject,
  type TemplateValue,
} from '../template/template-value.js';
import type { ObjectSchema, Schema } from './schema.js';

/** Properties in the lower camel case of the ECS API. Maps keep their keys: those are the user's. */
export function lowerCamel(schema: Schema, value: TemplateValue): AwsValue {
  if (schema.kind === 'list' && isTemplateList(value))
    return value.map((item) => lowerCamel(schema.items, item));
  if (schema.kind !== 'object' || !isTemplateObject(value)) return value;
  return lowerCamelObject(schema, value);
}

/** The same for the properties of a whole resource. */
export function lowerCamelObject(schema: ObjectSchema, value: TemplateObject): AwsStruct {
  const entries = Object.entries(value).map(([name, inner]) => {
    const inside = schema.properties[name];
    return [lowerFirst(name), inside ? lowerCamel(inside, inner) : inner] as const;
  });
  return Object.fromEntries(entries);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
