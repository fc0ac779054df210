import { textAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick, textOf } from './generated-name.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { all, map, object, text, words } from './schema.js';
import { tagChanges } from './tag-changes.js';
import { unlessMissing } from './wait-until.js';

const putNames = words('Type Value Description Tier AllowedPattern DataType Policies');

/** AWS::SSM::Parameter. */
export const ssmParameter: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  schema: object({ ...all(text, [...putNames, 'Name']), Tags: map }, ['Type', 'Value']),
  createOnly: ['Name'],
  nameProperty: 'Name',
  attributes: ['Type', 'Value'],
  identifier: ['Name'],
  writeOnly: words('Description Tier AllowedPattern Policies'),
  create: async (request) => {
    const Name = nameOf(request, 'Name', 1011);
    await request.context.call('ssm', 'PutParameter', {
      ...pick(request.properties, putNames),
      Name,
      Overwrite: false,
      Tags: awsTags(request.tags),
    });
    request.started(Name);
    return live(Name, request.properties);
  },
  update: async (request) => {
    const { context, physicalId, properties } = request;
    await context.call('ssm', 'PutParameter', {
      ...pick(properties, putNames),
      Name: physicalId,
      Overwrite: true,
    });
    const { added, removed } = tagChanges(request);
    const resource = { ResourceType: 'Parameter', ResourceId: physicalId };
    if (removed.length > 0)
      await context.call('ssm', 'RemoveTagsFromResource', { ...resource, TagKeys: removed });
    if (added.length > 0)
      await context.call('ssm', 'AddTagsToResource', { ...resource, Tags: awsTags(added) });
    return live(physicalId, properties);
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('ssm', 'DeleteParameter', { Name: physicalId }));
  },
  read: async ({ context, physicalId }) => {
    const answer = await unlessMissing(async () => context.call('ssm', 'GetParameter', { Name: physicalId }));
    if (!answer) return undefined;
    const properties = {
      Type: textAt(answer, 'Parameter', 'Type'),
      Value: textAt(answer, 'Parameter', 'Value'),
    };
    return { ...live(physicalId, properties), properties };
  },
};

function live(name: string, properties: Parameters<typeof textOf>[0]): LiveResource {
  return {
    physicalId: name,
    attributes: { Type: textOf(properties, 'Type') ?? '', Value: textOf(properties, 'Value') ?? '' },
  };
}
