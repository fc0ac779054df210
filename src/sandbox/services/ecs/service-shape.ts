import type { AwsStruct } from '../../service.js';
import type { Deployment, EcsService } from './ecs-model.js';
import type { EcsStore } from './ecs-store.js';
import { ecsTags } from './ecs-tags.js';
import type { Task } from './task.js';

/** A service as DescribeServices shows it. */
export function serviceShape(store: EcsStore, service: EcsService): AwsStruct {
  const tasks = store.tasks.filter(
    ({ cluster, group }) => cluster === service.cluster && group === `service:${service.name}`,
  );
  const [primary] = service.deployments;
  return {
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...service.settings,
    networkConfiguration: service.networkConfiguration,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running(tasks).length,
    pendingCount: pending(tasks).length,
    taskDefinition: primary?.definition.arn,
    deployments: service.deployments.map((deployment) => deploymentShape(service, deployment, tasks)),
    events: service.events.map((event) => ({ ...event })),
    createdAt: service.created,
    tags: ecsTags(service.tags),
  };
}

function deploymentShape(service: EcsService, deployment: Deployment, tasks: readonly Task[]): AwsStruct {
  const own = tasks.filter(({ startedBy }) => startedBy === deployment.id);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    runningCount: running(own).length,
    pendingCount: pending(own).length,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.created,
    updatedAt: deployment.updated,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    networkConfiguration: service.networkConfiguration,
  };
}

/** A task that is on its way down still counts as running until its processes are gone. */
function running(tasks: readonly Task[]): Task[] {
  return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'DEPROVISIONING');
}

function pending(tasks: readonly Task[]): Task[] {
  return tasks.filter(({ lastStatus }) => lastStatus === 'PROVISIONING' || lastStatus === 'PENDING');
}
