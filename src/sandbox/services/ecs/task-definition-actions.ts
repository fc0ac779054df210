import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalText, requiredText, structs } from '../read-input.js';
import { readTags } from '../tags.js';
import { ecsTags } from './ecs-tags.js';
import type { EcsStore, TaskDefinition } from './ecs-store.js';

export const pages = {
  size: 'maxResults',
  token: 'nextToken',
  defaultSize: 100,
  badToken: 'InvalidParameterException',
};

export function taskDefinitionActions(store: EcsStore): Record<string, Action> {
  const named = (input: AwsStruct): TaskDefinition =>
    store.definition(requiredText(input, 'taskDefinition', 'ClientException'));
  return {
    RegisterTaskDefinition: (input) => register(store, input),
    DescribeTaskDefinition: (input) => {
      const definition = named(input);
      return { taskDefinition: definitionShape(definition), tags: ecsTags(definition.tags) };
    },
    DeregisterTaskDefinition: (input) => {
      const definition = named(input);
      definition.status = 'INACTIVE';
      return { taskDefinition: definitionShape(definition) };
    },
    ListTaskDefinitions: (input) => {
      const family = optionalText(input, 'familyPrefix');
      const status = optionalText(input, 'status') ?? 'ACTIVE';
      const found = store.definitions.filter(
        (definition) => definition.status === status && (family ?? definition.family) === definition.family,
      );
      const { items, next } = paginate(found, input, pages);
      return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken: next };
    },
  };
}

function register(store: EcsStore, input: AwsStruct): AwsStruct {
  const family = requiredText(input, 'family', 'ClientException');
  const containers = structs(input, 'containerDefinitions');
  if (containers.length === 0) throw new AwsError('ClientException', 'Container list cannot be empty.');
  for (const container of containers) {
    requiredText(container, 'name', 'ClientException');
    requiredText(container, 'image', 'ClientException');
  }
  const revision = store.definitions.filter((definition) => definition.family === family).length + 1;
  const { tags: _tags, ...kept } = input;
  const definition: TaskDefinition = {
    family,
    revision,
    arn: store.arn(`task-definition/${family}:${String(revision)}`),
    input: kept,
    registered: store.context.clock.now(),
    tags: readTags(input, 'tags'),
    status: 'ACTIVE',
  };
  store.definitions.push(definition);
  return { taskDefinition: definitionShape(definition), tags: ecsTags(definition.tags) };
}

function definitionShape({ input, arn, revision, status, registered }: TaskDefinition): AwsStruct {
  return {
    networkMode: 'awsvpc',
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EC2', 'FARGATE'],
    ...input,
    taskDefinitionArn: arn,
    revision,
    status,
    registeredAt: registered,
  };
}
