import type { AwsStruct } from '../../service.js';
import { structsAt, textAt } from './answers.js';
import { lowerTags } from './aws-tags.js';
import { updateEcsTags } from './ecs-tags.js';
import { nameOf } from './generated-name.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { object, tags, text } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** AWS::ECS::Cluster. */
export const ecsCluster: ResourceProvider = {
  type: 'AWS::ECS::Cluster',
  schema: object({ ClusterName: text, Tags: tags }),
  createOnly: ['ClusterName'],
  nameProperty: 'ClusterName',
  attributes: ['Arn'],
  identifier: ['ClusterName'],
  create: async (request) => {
    const clusterName = nameOf(request, 'ClusterName', 255);
    const answer = await request.context.call('ecs', 'CreateCluster', {
      clusterName,
      tags: lowerTags(request.tags),
    });
    request.started(clusterName);
    return live(clusterName, answer['cluster']);
  },
  update: async (request) => {
    const arn = String(request.attributes['Arn']);
    await updateEcsTags(request, arn);
    return { physicalId: request.physicalId, attributes: { Arn: arn } };
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('ecs', 'DeleteCluster', { cluster: physicalId }));
  },
  read: async ({ context, physicalId }) => {
    const answer = await context.call('ecs', 'DescribeClusters', { clusters: [physicalId] });
    const cluster = structsAt(answer, 'clusters').find((one) => textAt(one, 'status') === 'ACTIVE');
    return (
      cluster && { ...live(physicalId, cluster), properties: { ClusterName: textAt(cluster, 'clusterName') } }
    );
  },
};

function live(physicalId: string, cluster: AwsStruct[string]): LiveResource {
  return { physicalId, attributes: { Arn: textAt({ cluster }, 'cluster', 'clusterArn') } };
}
