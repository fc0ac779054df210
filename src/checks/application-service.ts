import type { EcsGateway } from '../aws/ecs-gateway.js';
import type { ReadinessCheck } from './readiness-check.js';

/** What would keep the application from being stopped, or from seeing the new address afterwards. */
export function createApplicationServiceCheck(
  ecs: Pick<EcsGateway, 'findService' | 'listContainerSecrets'>,
): ReadinessCheck {
  return {
    id: 'application-service',
    title: 'The application exists and reads the current version of the secret',
    find: async ({ config: { app, source } }) => {
      if (app === undefined) return [];
      const service = await ecs.findService(app.ecsCluster, app.ecsService);
      if (service === undefined)
        return [
          {
            code: 'ServiceNotFound',
            what: `there is no ECS service ${app.ecsService} in the cluster ${app.ecsCluster}`,
            why: 'It would go on writing to the source during the move',
            fix: 'correct app.ecsCluster and app.ecsService, or leave app out and stop the writers yourself',
          },
        ];
      const secrets = await ecs.listContainerSecrets(service.taskDefinition);
      return secrets
        .filter(({ valueFrom }) => valueFrom.includes(source.secret) && pinnedVersion(valueFrom) !== '')
        .map(({ container, name, valueFrom }) => ({
          code: 'SecretVersionPinned',
          what: `the container ${container} takes ${name} from the version ${pinnedVersion(valueFrom)} of the secret`,
          why: 'It would not see the new address after the switch',
          fix: 'leave version stage and version id out of valueFrom and deploy the service',
        }));
    },
  };
}

/** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:json-key:version-stage:version-id`; AWSCURRENT is the default. */
function pinnedVersion(valueFrom: string): string {
  const [, , , , , , , , stage = '', id = ''] = valueFrom.split(':');
  return id !== '' ? id : stage === 'AWSCURRENT' ? '' : stage;
}
