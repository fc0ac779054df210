import type { UpdateRequest } from './resource-provider.js';
import { tagChanges } from './tag-changes.js';

/** Tags of RDS resources live behind calls of their own. Tags of CloudFormation itself are never taken off. */
export async function updateRdsTags(request: UpdateRequest, arn: string): Promise<void> {
  const { added, removed } = tagChanges(request);
  if (removed.length > 0)
    await request.context.call('rds', 'RemoveTagsFromResource', { ResourceName: arn, TagKeys: removed });
  if (added.length > 0)
    await request.context.call('rds', 'AddTagsToResource', {
      ResourceName: arn,
      Tags: added.map(({ Key, Value }) => ({ Key, Value })),
    });
}
