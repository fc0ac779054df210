import type { AwsStruct } from '../service.js';
import { optionalText, structs } from './read-input.js';

/** Tags of a resource, by key. */
export type Tags = Map<string, string>;

/** `[{Key, Value}]` of a request; ECS and others spell the members small. */
export function readTags(input: AwsStruct, member = 'Tags'): Tags {
  return new Map(
    structs(input, member).map((tag) => [
      optionalText(tag, 'Key') ?? optionalText(tag, 'key') ?? '',
      optionalText(tag, 'Value') ?? optionalText(tag, 'value') ?? '',
    ]),
  );
}

export function writeTags(tags: Tags): { Key: string; Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

export function mergeTags(into: Tags, from: Tags): void {
  for (const [key, value] of from) into.set(key, value);
}
