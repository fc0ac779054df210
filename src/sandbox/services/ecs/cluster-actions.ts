import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalText, texts } from '../read-input.js';
import { readTags } from '../tags.js';
import { shortName, type Cluster, type EcsStore } from './ecs-store.js';
import { ecsTags } from './ecs-tags.js';
import { pages } from './task-definition-actions.js';

export function clusterActions(store: EcsStore): Record<string, Action> {
  return {
    CreateCluster: (input) => createCluster(store, input),
    DescribeClusters: (input) => {
      const asked = texts(input, 'clusters').map(shortName);
      const names = asked.length > 0 ? asked : ['default'];
      const clusters = names.map((name) => store.clusters.get(name));
      return {
        clusters: clusters.filter((cluster) => cluster !== undefined).map((cluster) => shape(store, cluster)),
        failures: names
          .filter((_, index) => clusters[index] === undefined)
          .map((name) => ({ arn: store.arn(`cluster/${name}`), reason: 'MISSING' })),
      };
    },
    ListClusters: (input) => {
      const active = [...store.clusters.values()].filter(({ status }) => status === 'ACTIVE');
      const { items, next } = paginate(active, input, pages);
      return { clusterArns: items.map(({ arn }) => arn), nextToken: next };
    },
    DeleteCluster: (input) => {
      const cluster = store.cluster(input);
      const live = (candidate: { cluster: Cluster }): boolean => candidate.cluster === cluster;
      if (store.services.some((service) => live(service) && service.status === 'ACTIVE')) {
        throw new AwsError(
          'ClusterContainsServicesException',
          'The Cluster cannot be deleted while Services are active.',
        );
      }
      if (store.tasks.some((task) => live(task) && task.lastStatus !== 'STOPPED')) {
        throw new AwsError(
          'ClusterContainsTasksException',
          'The Cluster cannot be deleted while Tasks are active.',
        );
      }
      cluster.status = 'INACTIVE';
      return { cluster: shape(store, cluster) };
    },
  };
}

/** Creating a cluster that is there already answers with it, as ECS does. */
function createCluster(store: EcsStore, input: AwsStruct): AwsStruct {
  const name = optionalText(input, 'clusterName') ?? 'default';
  const known = store.clusters.get(name);
  if (known?.status === 'ACTIVE') return { cluster: shape(store, known) };
  const cluster: Cluster = {
    name,
    arn: store.arn(`cluster/${name}`),
    tags: readTags(input, 'tags'),
    status: 'ACTIVE',
    settings: { settings: input.settings, capacityProviders: input.capacityProviders },
  };
  store.clusters.set(name, cluster);
  return { cluster: shape(store, cluster) };
}

function shape(store: EcsStore, cluster: Cluster): AwsStruct {
  const services = store.services.filter((service) => service.cluster === cluster);
  const tasks = store.tasks.filter((task) => task.cluster === cluster);
  return {
    ...cluster.settings,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ lastStatus }) => /^P/.test(lastStatus)).length,
    activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
    tags: ecsTags(cluster.tags),
  };
}
