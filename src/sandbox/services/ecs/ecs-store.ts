import { randomText } from '../../seeded-random.js';
import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalText } from '../read-input.js';
import type { Tags } from '../tags.js';
import type { EcsService } from './ecs-model.js';
import type { Task } from './task.js';

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly tags: Tags;
  status: 'ACTIVE' | 'INACTIVE';
  /** Members of CreateCluster that are only shown again. */
  readonly settings: AwsStruct;
}

/** What RegisterTaskDefinition was given, and what ECS made of it. */
export interface TaskDefinition {
  readonly family: string;
  readonly revision: number;
  readonly arn: string;
  readonly input: AwsStruct;
  readonly registered: Date;
  readonly tags: Tags;
  status: 'ACTIVE' | 'INACTIVE';
}

/** Stopped tasks stay visible for an hour of AWS time (Amazon ECS Developer Guide, "Stopped tasks errors"). */
export const stoppedTaskMs = 3_600_000;

/** Clusters, task definitions, services and tasks of one Region. */
export class EcsStore {
  readonly clusters = new Map<string, Cluster>();
  readonly definitions: TaskDefinition[] = [];
  readonly services: EcsService[] = [];
  readonly tasks: Task[] = [];

  constructor(readonly context: SandboxContext) {}

  arn(resource: string): string {
    const { region, accountId } = this.context;
    return `arn:aws:ecs:${region}:${accountId}:${resource}`;
  }

  /** The 32 hex digits of a task id. */
  newId(): string {
    return randomText(this.context.random, 32);
  }

  /** The cluster a request names by name or ARN; `default` when it names none. */
  cluster(input: AwsStruct, member = 'cluster'): Cluster {
    const name = shortName(optionalText(input, member) ?? 'default');
    const cluster = this.clusters.get(name);
    if (cluster === undefined || cluster.status === 'INACTIVE') {
      throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    }
    return cluster;
  }

  findService(cluster: Cluster, id: string): EcsService | undefined {
    const name = shortName(id);
    const named = this.services.filter((service) => service.cluster === cluster && service.name === name);
    return named.find(({ status }) => status !== 'INACTIVE') ?? named.at(-1);
  }

  /** @throws AwsError `ServiceNotFoundException`, or `ServiceNotActiveException` when it is draining or gone. */
  activeService(cluster: Cluster, id: string): EcsService {
    const service = this.findService(cluster, id);
    if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
    if (service.status !== 'ACTIVE') {
      throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    }
    return service;
  }

  /** By ARN, `family:revision`, or family alone, which means its newest active revision. */
  definition(id: string): TaskDefinition {
    const name = shortName(id);
    const [family, revision] = name.split(':');
    const found = this.definitions.filter(
      (definition) =>
        definition.family === family &&
        (revision === undefined ? definition.status === 'ACTIVE' : definition.revision === Number(revision)),
    );
    const newest = found.at(-1);
    if (newest === undefined) throw new AwsError('ClientException', 'Unable to describe task definition.');
    return newest;
  }

  removeTaskLater(task: Task): void {
    void this.context.clock.after(stoppedTaskMs).then(() => {
      this.tasks.splice(this.tasks.indexOf(task), 1);
    });
  }
}

/** `rag` of `arn:aws:ecs:…:service/production-rag/rag`, and of `rag`. */
export function shortName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
