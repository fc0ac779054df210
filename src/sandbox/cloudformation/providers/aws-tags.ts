import type { AwsStruct } from '../../service.js';
import type { Tag } from './resource-provider.js';

/** Tags as most services take them: `[{Key, Value}]`. */
export function awsTags(tags: readonly Tag[]): readonly AwsStruct[] {
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

/** Tags as a map, for services that take `{name: value}` (Logs). */
export function tagMap(tags: readonly Tag[]): AwsStruct {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

/** Tags in the lower case of ECS: `[{key, value}]`. */
export function lowerTags(tags: readonly Tag[]): readonly AwsStruct[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}
