import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

export interface EcsDeployment {
  readonly id: string;
  readonly primary: boolean;
  /** COMPLETED, FAILED or IN_PROGRESS. */
  readonly rolloutState: string;
  readonly rolloutReason: string | undefined;
  readonly createdAt: Date;
  readonly running: number;
  readonly failedTasks: number;
}

export interface EcsService {
  readonly arn: string;
  readonly status: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly taskDefinition: string;
  readonly securityGroups: readonly string[];
  readonly deployments: readonly EcsDeployment[];
}

/** Which secrets the containers of a task definition are given, by their `valueFrom`. */
export interface ContainerSecret {
  readonly container: string;
  readonly name: string;
  readonly valueFrom: string;
}

export interface EcsGateway {
  findService(cluster: string, service: string): Promise<EcsService | undefined>;
  setDesiredCount(
    cluster: string,
    service: string,
    count: number,
    options?: { forceNewDeployment: boolean },
  ): Promise<void>;
  /** Tasks of the service that have not ended: those told to stop run on until their last status is STOPPED. */
  countLiveTasks(cluster: string, service: string): Promise<number>;
  listContainerSecrets(taskDefinition: string): Promise<readonly ContainerSecret[]>;
}

export function createEcsGateway(clients: Pick<AwsClients, 'ecs'>): EcsGateway {
  const listTasks = async (cluster: string, service: string, desiredStatus: 'RUNNING' | 'STOPPED') => {
    const ecs = await clients.ecs();
    const arns: string[] = [];
    let token: string | undefined;
    do {
      const page = await callAws('ecs:ListTasks', service, () =>
        ecs.listTasks({
          cluster,
          serviceName: service,
          desiredStatus,
          ...(token === undefined ? {} : { nextToken: token }),
        }),
      );
      arns.push(...(page.taskArns ?? []));
      token = page.nextToken;
    } while (token !== undefined);
    return arns;
  };
  return {
    findService: async (cluster, service) => {
      try {
        const ecs = await clients.ecs();
        const answer = await callAws('ecs:DescribeServices', service, () =>
          ecs.describeServices({ cluster, services: [service] }),
        );
        const found = answer.services?.[0];
        return found === undefined || found.status === 'INACTIVE' ? undefined : toEcsService(found);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    setDesiredCount: async (cluster, service, count, options) => {
      const ecs = await clients.ecs();
      await callAws('ecs:UpdateService', service, () =>
        ecs.updateService({ cluster, service, desiredCount: count, ...options }),
      );
    },
    countLiveTasks: async (cluster, service) => {
      const running = await listTasks(cluster, service, 'RUNNING');
      const stopping = await listTasks(cluster, service, 'STOPPED');
      if (stopping.length === 0) return running.length;
      const ecs = await clients.ecs();
      const answer = await callAws('ecs:DescribeTasks', service, () =>
        ecs.describeTasks({ cluster, tasks: stopping.slice(0, 100) }),
      );
      const alive = (answer.tasks ?? []).filter((task) => task.lastStatus !== 'STOPPED');
      return running.length + alive.length;
    },
    listContainerSecrets: async (taskDefinition) => {
      const ecs = await clients.ecs();
      const answer = await callAws('ecs:DescribeTaskDefinition', taskDefinition, () =>
        ecs.describeTaskDefinition({ taskDefinition }),
      );
      return (answer.taskDefinition?.containerDefinitions ?? []).flatMap((container) =>
        (container.secrets ?? []).map((secret) => ({
          container: container.name ?? '',
          name: secret.name ?? '',
          valueFrom: secret.valueFrom ?? '',
        })),
      );
    },
  };
}

function toEcsService(service: Service): EcsService {
  return {
    arn: service.serviceArn ?? '',
    status: service.status ?? '',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    taskDefinition: service.taskDefinition ?? '',
    securityGroups: service.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
    deployments: (service.deployments ?? []).map(toEcsDeployment),
  };
}

function toEcsDeployment(deployment: Deployment): EcsDeployment {
  return {
    id: deployment.id ?? '',
    primary: deployment.status === 'PRIMARY',
    rolloutState: deployment.rolloutState ?? 'IN_PROGRESS',
    rolloutReason: deployment.rolloutStateReason,
    createdAt: deployment.createdAt ?? new Date(0),
    running: deployment.runningCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
  };
}
