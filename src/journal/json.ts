import { createHash } from 'node:crypto';
import { z } from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

export const jsonValue: z.ZodType<JsonValue> = z.json();
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), jsonValue);

/** What a value looks like after a trip through JSON: `undefined` members are gone, dates are text. */
export function toJson(value: unknown): JsonValue {
  const text: string | undefined = JSON.stringify(value);
  return jsonValue.parse(text === undefined ? undefined : JSON.parse(text));
}

/** The same for an object. */
export function toJsonObject(value: object): JsonObject {
  return jsonObject.parse(JSON.parse(JSON.stringify(value)));
}

/** JSON with sorted keys and no blanks: equal values give equal text, whatever the order they were written in. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 in lower-case hex. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where two JSON values differ, one line a place: `target.cluster: "a" → "b"`. */
export function describeDifferences(before: JsonValue, after: JsonValue, place = ''): string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [`${place || '(whole)'}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => {
    const at = place === '' ? key : `${place}.${key}`;
    const [was, is] = [before[key], after[key]];
    if (was === undefined) return [`${at}: (absent) → ${JSON.stringify(is)}`];
    if (is === undefined) return [`${at}: ${JSON.stringify(was)} → (absent)`];
    return describeDifferences(was, is, at);
  });
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
