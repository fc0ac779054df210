import { pick, textOf } from './generated-name.js';
import type { LiveResource, ResourceProvider, ResourceRequest } from './resource-provider.js';
import { all, boolean, integer, object, text, words } from './schema.js';
import { unlessMissing } from './wait-until.js';

const required = words('ResourceId ServiceNamespace ScalableDimension MinCapacity MaxCapacity');
const keys = words('ResourceId ServiceNamespace ScalableDimension');

/** AWS::ApplicationAutoScaling::ScalableTarget. `Ref` is `resource|dimension|namespace`. */
export const scalableTarget: ResourceProvider = {
  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  schema: object(
    {
      ...all(text, words('ResourceId ServiceNamespace ScalableDimension RoleARN')),
      ...all(integer, ['MinCapacity', 'MaxCapacity']),
      SuspendedState: object(
        all(boolean, words('DynamicScalingInSuspended DynamicScalingOutSuspended ScheduledScalingSuspended')),
      ),
    },
    required,
  ),
  createOnly: keys,
  attributes: ['Id'],
  identifier: keys,
  writeOnly: ['RoleARN'],
  create: async (request) => {
    await register(request);
    const standing = live(request);
    request.started(standing.physicalId);
    return standing;
  },
  update: async (request) => {
    await register(request);
    return live(request);
  },
  delete: async ({ context, properties }) => {
    await unlessMissing(async () =>
      context.call('application-autoscaling', 'DeregisterScalableTarget', pick(properties, keys)),
    );
  },
};

async function register({ context, properties }: ResourceRequest): Promise<void> {
  await context.call(
    'application-autoscaling',
    'RegisterScalableTarget',
    pick(properties, [...required, 'RoleARN', 'SuspendedState']),
  );
}

function live({ properties }: ResourceRequest): LiveResource {
  const id = words('ResourceId ScalableDimension ServiceNamespace')
    .map((name) => textOf(properties, name) ?? '')
    .join('|');
  return { physicalId: id, attributes: { Id: id } };
}
