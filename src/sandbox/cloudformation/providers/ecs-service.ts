import type { AwsStruct, SandboxContext } from '../../service.js';
import type { TemplateObject } from '../template/template-value.js';
import { isStruct, structsAt, textAt } from './answers.js';
import { lowerTags } from './aws-tags.js';
import { updateEcsTags } from './ecs-tags.js';
import { generatedName, pick, pickChanged, textOf } from './generated-name.js';
import { lowerCamel } from './lower-camel.js';
import type {
  CreateRequest,
  DeleteRequest,
  LiveResource,
  ResourceProvider,
  UpdateRequest,
} from './resource-provider.js';
import { all, boolean, integer, list, number, object, tags, text, words } from './schema.js';
import { unlessMissing, waitUntil } from './wait-until.js';

const schema = object({
  ...all(
    text,
    words(
      'Cluster LaunchType PlatformVersion PropagateTags Role SchedulingStrategy ServiceName TaskDefinition',
    ),
  ),
  ...all(integer, words('DesiredCount HealthCheckGracePeriodSeconds')),
  ...all(boolean, words('EnableECSManagedTags EnableExecuteCommand')),
  DeploymentConfiguration: object({
    MaximumPercent: integer,
    MinimumHealthyPercent: integer,
    DeploymentCircuitBreaker: object({ Enable: boolean, Rollback: boolean }, ['Enable', 'Rollback']),
  }),
  NetworkConfiguration: object({
    AwsvpcConfiguration: object({ AssignPublicIp: text, SecurityGroups: list(text), Subnets: list(text) }),
  }),
  CapacityProviderStrategy: list(object({ Base: integer, CapacityProvider: text, Weight: number })),
  Tags: tags,
});

const updatable = words(`CapacityProviderStrategy DeploymentConfiguration DesiredCount EnableECSManagedTags
  EnableExecuteCommand HealthCheckGracePeriodSeconds NetworkConfiguration PlatformVersion PropagateTags TaskDefinition`);

/** AWS::ECS::Service. `Ref` is the ARN; the stack waits until the service is stable. */
export const ecsService: ResourceProvider = {
  type: 'AWS::ECS::Service',
  schema,
  createOnly: ['Cluster', 'Role', 'SchedulingStrategy', 'ServiceName'],
  conditionalCreateOnly: ['LaunchType'],
  needsReplacement: (previous, desired) =>
    textOf(previous, 'LaunchType') === textOf(desired, 'LaunchType') ? [] : ['LaunchType'],
  nameProperty: 'ServiceName',
  attributes: ['ServiceArn', 'Name'],
  identifier: ['ServiceArn', 'Cluster'],
  create,
  update,
  delete: remove,
  read: async ({ context, physicalId }) => {
    const service = await find(context, clusterOf(physicalId), physicalId);
    return (
      service && {
        ...live(service),
        properties: {
          DesiredCount: textAt(service, 'desiredCount'),
          TaskDefinition: textAt(service, 'taskDefinition'),
        },
      }
    );
  },
};

async function create(request: CreateRequest): Promise<LiveResource> {
  const { context, properties } = request;
  const answer = await context.call('ecs', 'CreateService', {
    ...inApiCase(
      pick(
        properties,
        Object.keys(schema.properties).filter((name) => name !== 'Tags' && name !== 'ServiceName'),
      ),
    ),
    ...(properties['DesiredCount'] === undefined && { desiredCount: 1 }),
    serviceName: textOf(properties, 'ServiceName') ?? generatedName(request, 255),
    tags: lowerTags(request.tags),
  });
  const arn = textAt(answer, 'service', 'serviceArn');
  request.started(arn);
  return stable(context, textOf(properties, 'Cluster'), arn);
}

async function update(request: UpdateRequest): Promise<LiveResource> {
  const { context, physicalId, previous, properties } = request;
  const cluster = textOf(properties, 'Cluster');
  const changed = inApiCase(pickChanged(previous, properties, updatable));
  if (Object.keys(changed).length > 0)
    await context.call('ecs', 'UpdateService', { ...changed, cluster, service: physicalId });
  await updateEcsTags(request, physicalId);
  return stable(context, cluster, physicalId);
}

/** The service is drained to nothing before it goes. */
async function remove({ context, physicalId, properties }: DeleteRequest): Promise<void> {
  const cluster = textOf(properties, 'Cluster');
  await unlessMissing(async () =>
    context.call('ecs', 'DeleteService', { cluster, service: physicalId, force: true }),
  );
  await waitUntil(context, `Service ${physicalId}`, async () => {
    const service = await unlessMissing(async () => find(context, cluster, physicalId));
    return service === undefined || textAt(service, 'status') === 'INACTIVE';
  });
}

function inApiCase(properties: TemplateObject): AwsStruct {
  const cased = lowerCamel(schema, properties);
  return isStruct(cased) ? cased : {};
}

/** `arn:aws:ecs:region:account:service/cluster/name` names its cluster. */
function clusterOf(arn: string): string | undefined {
  return arn.split('/').at(-2);
}

async function find(
  context: SandboxContext,
  cluster: string | undefined,
  service: string,
): Promise<AwsStruct | undefined> {
  const answer = await context.call('ecs', 'DescribeServices', {
    ...(cluster !== undefined && { cluster }),
    services: [service],
  });
  return structsAt(answer, 'services')[0];
}

/** One deployment left, with as many tasks running as wanted: what the ServicesStable waiter asks for. */
async function stable(
  context: SandboxContext,
  cluster: string | undefined,
  arn: string,
): Promise<LiveResource> {
  let service: AwsStruct | undefined;
  await waitUntil(context, `Service ${arn}`, async () => {
    service = await find(context, cluster, arn);
    if (!service) return false;
    const isWhole = textAt(service, 'runningCount') === textAt(service, 'desiredCount');
    return isWhole && structsAt(service, 'deployments').length === 1;
  });
  return live(service ?? {});
}

function live(service: AwsStruct): LiveResource {
  const arn = textAt(service, 'serviceArn');
  return { physicalId: arn, attributes: { ServiceArn: arn, Name: textAt(service, 'serviceName') } };
}
