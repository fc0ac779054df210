import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalText, requiredText, texts } from '../read-input.js';
import { shortName, type EcsStore } from './ecs-store.js';
import type { Task } from './task.js';
import type { TaskRunner } from './task-runner.js';
import { pages } from './task-definition-actions.js';

export function taskActions(store: EcsStore, runner: TaskRunner): Record<string, Action> {
  return {
    ListTasks: (input) => listTasks(store, input),
    DescribeTasks: (input) => {
      const cluster = store.cluster(input);
      const ids = texts(input, 'tasks').map(shortName);
      const found = ids.map((id) => store.tasks.find((task) => task.cluster === cluster && task.id === id));
      return {
        tasks: found.filter((task) => task !== undefined).map(taskShape),
        failures: ids
          .filter((_, index) => found[index] === undefined)
          .map((id) => ({ arn: store.arn(`task/${cluster.name}/${id}`), reason: 'MISSING' })),
      };
    },
    StopTask: (input) => {
      const cluster = store.cluster(input);
      const id = shortName(requiredText(input, 'task', 'InvalidParameterException'));
      const task = store.tasks.find((candidate) => candidate.cluster === cluster && candidate.id === id);
      if (task === undefined) {
        throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
      }
      void runner.stop(task, 'UserInitiated', optionalText(input, 'reason') ?? 'Task stopped by user');
      return { task: taskShape(task) };
    },
  };
}

function listTasks(store: EcsStore, input: AwsStruct): AwsStruct {
  const cluster = store.cluster(input);
  const service = optionalText(input, 'serviceName');
  const family = optionalText(input, 'family');
  const desired = optionalText(input, 'desiredStatus') ?? 'RUNNING';
  if (service !== undefined && store.findService(cluster, service) === undefined) {
    throw new AwsError('ServiceNotFoundException', 'Service not found.');
  }
  const found = store.tasks.filter(
    (task) =>
      task.cluster === cluster &&
      task.desiredStatus === desired &&
      (service === undefined || task.group === `service:${shortName(service)}`) &&
      (family === undefined || task.definition.family === family),
  );
  const { items, next } = paginate(found, input, pages);
  return { taskArns: items.map(({ arn }) => arn), nextToken: next };
}

function taskShape(task: Task): AwsStruct {
  const { definition } = task;
  return {
    taskArn: task.arn,
    clusterArn: task.cluster.arn,
    taskDefinitionArn: definition.arn,
    group: task.group,
    startedBy: task.startedBy,
    launchType: 'FARGATE',
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: 'UNKNOWN',
    cpu: definition.input.cpu,
    memory: definition.input.memory,
    createdAt: task.created,
    startedAt: task.started,
    stoppingAt: task.stopping,
    stoppedAt: task.stopped,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containers: task.containers.map(({ name, image, status, exitCode, reason }) => ({
      name,
      image,
      taskArn: task.arn,
      lastStatus: status,
      exitCode,
      reason,
    })),
    attachments: [],
    tags: [],
  };
}
