import { XmlList } from '../../http/xml-list.js';
import type { AwsStruct, AwsValue } from '../../service.js';

/** A member of an answer by path; undefined when any part of the path is missing. */
export function valueAt(struct: AwsStruct, ...path: readonly string[]): AwsValue {
  let value: AwsValue = struct;
  for (const name of path) value = isStruct(value) ? value[name] : undefined;
  return value instanceof XmlList ? (value.items as readonly AwsValue[]) : value;
}

/** A scalar member as text; `''` when it is missing. */
export function textAt(struct: AwsStruct, ...path: readonly string[]): string {
  const value = valueAt(struct, ...path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** A list member whose items are structures; empty when it is missing. */
export function structsAt(struct: AwsStruct, ...path: readonly string[]): readonly AwsStruct[] {
  const value = valueAt(struct, ...path);
  return Array.isArray(value) ? value.filter(isStruct) : [];
}

/** A list member whose items are scalars; empty when it is missing. */
export function textsAt(struct: AwsStruct, ...path: readonly string[]): readonly string[] {
  const value = valueAt(struct, ...path);
  return Array.isArray(value) ? value.filter((item: AwsValue) => typeof item === 'string') : [];
}

export function isStruct(value: AwsValue): value is AwsStruct {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof XmlList)
  );
}

/** Scalar members of the given names, as text, where they are there. */
export function scalarsAt(struct: AwsStruct, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => (textAt(struct, name) === '' ? [] : [[name, textAt(struct, name)] as const])),
  );
}
