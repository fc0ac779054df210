import { XmlList } from './http/xml-list.js';
import type { AwsStruct, AwsValue } from './service.js';

/** A struct with every `XmlList` unwrapped and every absent member left out; what a caller in process sees. */
export function plainStruct(struct: AwsStruct): AwsStruct {
  const members = Object.entries(struct).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(members.map(([key, value]) => [key, plainValue(value)]));
}

function plainValue(value: unknown): AwsValue {
  if (value instanceof XmlList) return value.items.map(plainValue);
  if (Array.isArray(value)) return value.map(plainValue);
  if (isScalar(value)) return value;
  return isStruct(value) ? plainStruct(value) : undefined;
}

function isScalar(value: unknown): value is string | number | boolean | Date {
  return value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value);
}

function isStruct(value: unknown): value is AwsStruct {
  return typeof value === 'object' && value !== null;
}
