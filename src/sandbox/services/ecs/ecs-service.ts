import { AwsError, type Action, type AwsStruct, type SandboxContext, type Service } from '../../service.js';
import { requiredText, texts } from '../read-input.js';
import { mergeTags, readTags, type Tags } from '../tags.js';
import { clusterActions } from './cluster-actions.js';
import type { ContainerImages } from './container-images.js';
import { EcsStore } from './ecs-store.js';
import { ecsTags } from './ecs-tags.js';
import { serviceActions } from './service-actions.js';
import { ServiceScheduler } from './service-scheduler.js';
import { taskActions } from './task-actions.js';
import { taskDefinitionActions } from './task-definition-actions.js';
import { TaskRunner } from './task-runner.js';

/** Amazon ECS with real processes for containers. */
export function createEcsService(context: SandboxContext, images: ContainerImages): Service {
  const store = new EcsStore(context);
  const runner = new TaskRunner(store, images, (task) => {
    scheduler.taskChanged(task);
  });
  const scheduler = new ServiceScheduler(store, runner);
  return {
    name: 'ecs',
    protocol: 'json',
    namespace: 'AmazonEC2ContainerServiceV20141113',
    actions: {
      ...clusterActions(store),
      ...taskDefinitionActions(store),
      ...serviceActions(store, scheduler),
      ...taskActions(store, runner),
      ...tagActions(store),
    },
    stop: async () => {
      for (const service of store.services) service.status = 'INACTIVE';
      const live = store.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
      await Promise.all(
        live.map((task) => runner.stop(task, 'ServiceSchedulerInitiated', 'The sandbox went down')),
      );
    },
  };
}

function tagActions(store: EcsStore): Record<string, Action> {
  return {
    TagResource: (input) => {
      mergeTags(tagsOf(store, input), readTags(input, 'tags'));
      return {};
    },
    UntagResource: (input) => {
      const tags = tagsOf(store, input);
      for (const key of texts(input, 'tagKeys')) tags.delete(key);
      return {};
    },
    ListTagsForResource: (input) => ({ tags: ecsTags(tagsOf(store, input)) }),
  };
}

function tagsOf(store: EcsStore, input: AwsStruct): Tags {
  const arn = requiredText(input, 'resourceArn', 'InvalidParameterException');
  const resources = [...store.clusters.values(), ...store.services, ...store.definitions];
  const found = resources.find((resource) => resource.arn === arn);
  if (found === undefined) {
    throw new AwsError('InvalidParameterException', 'The specified resource was not found.');
  }
  return found.tags;
}
