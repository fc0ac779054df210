import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { callAws } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { toDbInstance, type DbInstance } from './rds-instances.js';

export interface ListedSecret {
  readonly arn: string;
  readonly name: string;
}

/** A service of ECS with what its containers are given and where they log. */
export interface ListedService {
  readonly cluster: string;
  readonly service: string;
  /** `valueFrom` of the secrets of all containers. */
  readonly secrets: readonly string[];
  readonly logGroup: string | undefined;
}

/** What an account has in a Region, for somebody who has yet to say what is to be moved. Reads only. */
export interface AccountSurvey {
  /** RDS for PostgreSQL instances; members of clusters are left out. */
  listPostgresInstances(): Promise<readonly DbInstance[]>;
  /** Names only: nothing is decrypted. */
  listSecrets(): Promise<readonly ListedSecret[]>;
  /** At most `limit` services, of all clusters. */
  listServices(limit: number): Promise<readonly ListedService[]>;
}

export function createAccountSurvey(
  clients: Pick<AwsClients, 'rds' | 'secretsManager' | 'ecs'>,
): AccountSurvey {
  return {
    listPostgresInstances: async () => {
      const rds = await clients.rds();
      const found = await allPages(async (token) => {
        const page = await callAws('rds:DescribeDBInstances', undefined, () =>
          rds.describeDBInstances(token === undefined ? {} : { Marker: token }),
        );
        return { items: page.DBInstances ?? [], next: page.Marker };
      });
      return found
        .map(toDbInstance)
        .filter(({ engine, clusterIdentifier }) => engine === 'postgres' && clusterIdentifier === undefined);
    },

    listSecrets: async () => {
      const manager = await clients.secretsManager();
      const found = await allPages(async (token) => {
        const page = await callAws('secretsmanager:ListSecrets', undefined, () =>
          manager.listSecrets(token === undefined ? {} : { NextToken: token }),
        );
        return { items: page.SecretList ?? [], next: page.NextToken };
      });
      return found.map(({ ARN = '', Name = '' }) => ({ arn: ARN, name: Name }));
    },

    listServices: async (limit) => {
      const services: ListedService[] = [];
      for (const cluster of await listClusters(clients))
        for (const arn of await listServiceArns(clients, cluster))
          if (services.length < limit) services.push(await readService(clients, cluster, arn));
      return services;
    },
  };
}

async function listClusters(clients: Pick<AwsClients, 'ecs'>): Promise<readonly string[]> {
  const ecs = await clients.ecs();
  return allPages(async (token) => {
    const page = await callAws('ecs:ListClusters', undefined, () =>
      ecs.listClusters(token === undefined ? {} : { nextToken: token }),
    );
    return { items: page.clusterArns ?? [], next: page.nextToken };
  });
}

async function listServiceArns(
  clients: Pick<AwsClients, 'ecs'>,
  cluster: string,
): Promise<readonly string[]> {
  const ecs = await clients.ecs();
  return allPages(async (token) => {
    const page = await callAws('ecs:ListServices', cluster, () =>
      ecs.listServices({ cluster, ...(token === undefined ? {} : { nextToken: token }) }),
    );
    return { items: page.serviceArns ?? [], next: page.nextToken };
  });
}

async function readService(
  clients: Pick<AwsClients, 'ecs'>,
  cluster: string,
  arn: string,
): Promise<ListedService> {
  const ecs = await clients.ecs();
  const { services } = await callAws('ecs:DescribeServices', arn, () =>
    ecs.describeServices({ cluster, services: [arn] }),
  );
  const taskDefinition = services?.[0]?.taskDefinition;
  const containers = taskDefinition === undefined ? [] : await readContainers(clients, taskDefinition);
  const groups = containers.map(({ logConfiguration }) => logConfiguration?.options?.['awslogs-group']);
  return {
    cluster: lastWord(cluster),
    service: services?.[0]?.serviceName ?? lastWord(arn),
    secrets: containers.flatMap(({ secrets = [] }) => secrets.flatMap(({ valueFrom }) => valueFrom ?? [])),
    logGroup: groups.find((group) => group !== undefined),
  };
}

async function readContainers(
  clients: Pick<AwsClients, 'ecs'>,
  taskDefinition: string,
): Promise<readonly ContainerDefinition[]> {
  const ecs = await clients.ecs();
  const answer = await callAws('ecs:DescribeTaskDefinition', taskDefinition, () =>
    ecs.describeTaskDefinition({ taskDefinition }),
  );
  return answer.taskDefinition?.containerDefinitions ?? [];
}

/** `arn:…:cluster/NAME` and `arn:…:service/CLUSTER/NAME`. */
function lastWord(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

async function allPages<Item>(read: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    all.push(...page.items);
    token = page.next;
  } while (token !== undefined && token !== '');
  return all;
}
