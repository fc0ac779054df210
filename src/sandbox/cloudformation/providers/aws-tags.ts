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

/** Tags of a new RDS resource: RDS takes CloudFormation's own beside the caller's, not among them. */
export function rdsTags(tags: readonly Tag[]): AwsStruct {
  const isSystem = ({ Key }: Tag): boolean => Key.startsWith('aws:');
  return { Tags: awsTags(tags.filter((tag) => !isSystem(tag))), SystemTags: awsTags(tags.filter(isSystem)) };
}
