import type { Tag, UpdateRequest } from './resource-provider.js';

/** What an update adds to and takes from the tags of a resource. */
export function tagChanges({ tags, previousTags }: UpdateRequest): {
  added: readonly Tag[];
  removed: readonly string[];
} {
  const before = new Map(previousTags.map(({ Key, Value }) => [Key, Value]));
  const after = new Map(tags.map(({ Key, Value }) => [Key, Value]));
  return {
    added: tags.filter(({ Key, Value }) => before.get(Key) !== Value),
    removed: [...before.keys()].filter((key) => !after.has(key)),
  };
}
