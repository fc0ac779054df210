import { lowerTags } from './aws-tags.js';
import type { UpdateRequest } from './resource-provider.js';
import { tagChanges } from './tag-changes.js';

/** Brings the tags of an ECS resource to what an update asks for. */
export async function updateEcsTags(request: UpdateRequest, resourceArn: string): Promise<void> {
  const { added, removed } = tagChanges(request);
  if (removed.length > 0)
    await request.context.call('ecs', 'UntagResource', { resourceArn, tagKeys: removed });
  if (added.length > 0)
    await request.context.call('ecs', 'TagResource', { resourceArn, tags: lowerTags(added) });
}
