import {
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from '../template/template-value.js';
import type { ObjectSchema, Schema } from './schema.js';

/** Properties after the schema gave scalars their types; `problems` in the words of CloudFormation's early validation. */
export interface Checked {
  readonly properties: TemplateObject;
  readonly problems: readonly string[];
}

/** Checks and types the properties of a resource. */
export function applySchema(schema: ObjectSchema, properties: TemplateObject): Checked {
  const problems: string[] = [];
  const value = applyObject(schema, properties, '#', problems);
  return { properties: value, problems };
}

function apply(schema: Schema, value: TemplateValue, path: string, problems: string[]): TemplateValue {
  switch (schema.kind) {
    case 'object':
      if (isTemplateObject(value)) return applyObject(schema, value, path, problems);
      return wrong(value, 'JSONObject', path, problems);
    case 'list':
      if (isTemplateList(value))
        return value.map((item, index) => apply(schema.items, item, `${path}/${index}`, problems));
      return wrong(value, 'JSONArray', path, problems);
    case 'map':
      return isTemplateObject(value) ? value : wrong(value, 'JSONObject', path, problems);
    case 'json':
      return isTemplateObject(value) || typeof value === 'string'
        ? value
        : wrong(value, 'JSONObject', path, problems);
    default:
      return applyScalar(schema.kind, value, path, problems);
  }
}

function applyObject(
  schema: ObjectSchema,
  value: TemplateObject,
  path: string,
  problems: string[],
): TemplateObject {
  for (const name of schema.required)
    if (value[name] === undefined) problems.push(`${path}: required key [${name}] not found`);
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const known = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (known) return [[name, apply(known, inner, `${path}/${name}`, problems)] as const];
    problems.push(`${path}: extraneous key [${name}] is not permitted`);
    return [];
  });
  return Object.fromEntries(entries);
}

/** CloudFormation takes `"7"` for 7 and `7` for "7": templates are full of both. */
function applyScalar(
  kind: 'text' | 'integer' | 'number' | 'boolean',
  value: TemplateValue,
  path: string,
  problems: string[],
): TemplateValue {
  const found = scalarText(value);
  if (found === undefined) return wrong(value, wanted[kind], path, problems);
  if (kind === 'text') return found;
  if (kind === 'boolean')
    return /^(?:true|false)$/i.test(found)
      ? found.toLowerCase() === 'true'
      : wrong(value, wanted[kind], path, problems);
  const numeric = found.trim() === '' ? Number.NaN : Number(found);
  const fits = kind === 'integer' ? Number.isInteger(numeric) : Number.isFinite(numeric);
  return fits ? numeric : wrong(value, wanted[kind], path, problems);
}

const wanted = { text: 'String', integer: 'Integer', number: 'Number', boolean: 'Boolean' } as const;

function wrong(value: TemplateValue, type: string, path: string, problems: string[]): TemplateValue {
  const found = isTemplateList(value)
    ? 'JSONArray'
    : isTemplateObject(value)
      ? 'JSONObject'
      : typeof value === 'string'
        ? 'String'
        : typeof value;
  problems.push(`${path}: expected type: ${type}, found: ${found}`);
  return value;
}
