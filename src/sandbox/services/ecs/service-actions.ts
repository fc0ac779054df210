import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import {
  optionalFlag,
  optionalNumber,
  optionalStruct,
  optionalText,
  requiredText,
  texts,
} from '../read-input.js';
import { readTags } from '../tags.js';
import type { EcsService } from './ecs-model.js';
import { shortName, type EcsStore } from './ecs-store.js';
import type { ServiceScheduler } from './service-scheduler.js';
import { serviceShape } from './service-shape.js';
import { pages } from './task-definition-actions.js';

/** Members of CreateService and UpdateService that the sandbox only keeps and shows. */
const shownMembers = [
  'launchType',
  'platformVersion',
  'deploymentConfiguration',
  'enableExecuteCommand',
  'healthCheckGracePeriodSeconds',
  'loadBalancers',
  'serviceRegistries',
  'capacityProviderStrategy',
  'availabilityZoneRebalancing',
];

export function serviceActions(store: EcsStore, scheduler: ServiceScheduler): Record<string, Action> {
  return {
    CreateService: (input) => createService(store, scheduler, input),
    UpdateService: (input) => updateService(store, scheduler, input),
    DeleteService: (input) => deleteService(store, scheduler, input),
    DescribeServices: (input) => {
      const cluster = store.cluster(input);
      const ids = texts(input, 'services');
      const found = ids.map((id) => store.findService(cluster, id));
      return {
        services: found
          .filter((service) => service !== undefined)
          .map((service) => serviceShape(store, service)),
        failures: ids
          .filter((_, index) => found[index] === undefined)
          .map((id) => ({ arn: store.arn(`service/${cluster.name}/${shortName(id)}`), reason: 'MISSING' })),
      };
    },
    ListServices: (input) => {
      const cluster = store.cluster(input);
      const live = store.services.filter(
        (service) => service.cluster === cluster && service.status !== 'INACTIVE',
      );
      const { items, next } = paginate(live, input, { ...pages, defaultSize: 10 });
      return { serviceArns: items.map(({ arn }) => arn), nextToken: next };
    },
  };
}

function createService(store: EcsStore, scheduler: ServiceScheduler, input: AwsStruct): AwsStruct {
  const cluster = store.cluster(input);
  const name = requiredText(input, 'serviceName', 'InvalidParameterException');
  const standing = store.findService(cluster, name);
  if (standing !== undefined && standing.status !== 'INACTIVE') {
    const message =
      standing.status === 'ACTIVE'
        ? 'Creation of service was not idempotent.'
        : 'Unable to Start a service that is still Draining.';
    throw new AwsError('InvalidParameterException', message);
  }
  const definition = store.definition(requiredText(input, 'taskDefinition', 'InvalidParameterException'));
  const service: EcsService = {
    name,
    arn: store.arn(`service/${cluster.name}/${name}`),
    cluster,
    created: store.context.clock.now(),
    tags: readTags(input, 'tags'),
    deployments: [],
    events: [],
    status: 'ACTIVE',
    desiredCount: optionalNumber(input, 'desiredCount') ?? 1,
    settings: shown(input),
    networkConfiguration: optionalStruct(input, 'networkConfiguration'),
  };
  store.services.push(service);
  scheduler.deploy(service, definition);
  return { service: serviceShape(store, service) };
}

/** A new deployment starts when the task definition or the network changes, or when it is forced. */
function updateService(store: EcsStore, scheduler: ServiceScheduler, input: AwsStruct): AwsStruct {
  const cluster = store.cluster(input);
  const service = store.activeService(cluster, requiredText(input, 'service', 'InvalidParameterException'));
  const current = service.deployments[0]?.definition;
  const asked = optionalText(input, 'taskDefinition');
  const definition = asked === undefined ? current : store.definition(asked);
  const network = optionalStruct(input, 'networkConfiguration');
  service.desiredCount = optionalNumber(input, 'desiredCount') ?? service.desiredCount;
  service.settings = { ...service.settings, ...shown(input) };
  service.networkConfiguration = network ?? service.networkConfiguration;
  const isNew = definition !== current || network !== undefined;
  if (definition !== undefined && (isNew || optionalFlag(input, 'forceNewDeployment') === true)) {
    scheduler.deploy(service, definition);
  } else {
    scheduler.reconcile(service);
  }
  return { service: serviceShape(store, service) };
}

function deleteService(store: EcsStore, scheduler: ServiceScheduler, input: AwsStruct): AwsStruct {
  const cluster = store.cluster(input);
  const service = store.activeService(cluster, requiredText(input, 'service', 'InvalidParameterException'));
  if (service.desiredCount > 0 && optionalFlag(input, 'force') !== true) {
    throw new AwsError(
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    );
  }
  service.desiredCount = 0;
  service.status = 'DRAINING';
  scheduler.reconcile(service);
  return { service: serviceShape(store, service) };
}

function shown(input: AwsStruct): AwsStruct {
  const present = shownMembers.filter((member) => input[member] !== undefined);
  return Object.fromEntries(present.map((member) => [member, input[member]]));
}
