import type { Tags } from '../tags.js';

/** Tags as ECS spells them. */
export function ecsTags(tags: Tags): { key: string; value: string }[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
