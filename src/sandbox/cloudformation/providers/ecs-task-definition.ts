import { structsAt, textAt } from './answers.js';
import { lowerTags } from './aws-tags.js';
import { containerSchema } from './ecs-container-schema.js';
import { generatedName, textOf } from './generated-name.js';
import { lowerCamelObject } from './lower-camel.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { all, integer, list, object, tags, text, words } from './schema.js';
import { updateEcsTags } from './ecs-tags.js';

const schema = object({
  ...all(text, words('Cpu Memory ExecutionRoleArn TaskRoleArn Family NetworkMode IpcMode PidMode')),
  ContainerDefinitions: list(containerSchema),
  RequiresCompatibilities: list(text),
  EphemeralStorage: object({ SizeInGiB: integer }),
  RuntimePlatform: object({ CpuArchitecture: text, OperatingSystemFamily: text }),
  Volumes: list(object({ Name: text, Host: object({ SourcePath: text }) })),
  Tags: tags,
});

/** AWS::ECS::TaskDefinition. Any change registers a new revision. `Ref` is the ARN. */
export const ecsTaskDefinition: ResourceProvider = {
  type: 'AWS::ECS::TaskDefinition',
  schema,
  createOnly: Object.keys(schema.properties).filter((name) => name !== 'Tags'),
  attributes: ['TaskDefinitionArn'],
  identifier: ['TaskDefinitionArn'],
  create: async (request) => {
    const { Tags: _own, ...properties } = request.properties;
    const family = textOf(properties, 'Family') ?? generatedName(request, 255).replaceAll(/[^\w-]/g, '');
    const input = lowerCamelObject(schema, { ...properties, Family: family });
    const answer = await request.context.call('ecs', 'RegisterTaskDefinition', {
      ...input,
      tags: lowerTags(request.tags),
    });
    const arn = textAt(answer, 'taskDefinition', 'taskDefinitionArn');
    request.started(arn);
    return live(arn);
  },
  update: async (request) => {
    await updateEcsTags(request, request.physicalId);
    return live(request.physicalId);
  },
  delete: async ({ context, physicalId }) => {
    const answer = await context.call('ecs', 'DescribeTaskDefinition', { taskDefinition: physicalId });
    if (textAt(answer, 'taskDefinition', 'status') !== 'INACTIVE')
      await context.call('ecs', 'DeregisterTaskDefinition', { taskDefinition: physicalId });
  },
  read: async ({ context, physicalId }) => {
    const answer = await context.call('ecs', 'DescribeTaskDefinition', { taskDefinition: physicalId });
    const containers = structsAt(answer, 'taskDefinition', 'containerDefinitions');
    return containers.length === 0
      ? undefined
      : { ...live(physicalId), properties: { Family: textAt(answer, 'taskDefinition', 'family') } };
  },
};

function live(arn: string): LiveResource {
  return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
}
