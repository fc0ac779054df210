import type { AwsStruct, SandboxContext } from '../../service.js';
import { awsTags } from './aws-tags.js';
import type { ResourceRequest, UpdateRequest } from './resource-provider.js';
import { tagChanges } from './tag-changes.js';

/** Tags of a thing EC2 is about to make. */
export function tagSpecification(type: string, { tags }: ResourceRequest): AwsStruct {
  return { TagSpecification: [{ ResourceType: type, Tag: awsTags(tags) }] };
}

/** Brings the tags of an EC2 resource to what an update asks for. */
export async function updateEc2Tags(
  context: SandboxContext,
  physicalId: string,
  request: UpdateRequest,
): Promise<void> {
  const { added, removed } = tagChanges(request);
  if (removed.length > 0)
    await context.call('ec2', 'DeleteTags', {
      ResourceId: [physicalId],
      Tag: removed.map((Key) => ({ Key })),
    });
  if (added.length > 0)
    await context.call('ec2', 'CreateTags', { ResourceId: [physicalId], Tag: awsTags(added) });
}
