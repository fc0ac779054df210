import type { AwsStruct } from '../../service.js';
import type { Tags } from '../tags.js';
import type { Cluster, TaskDefinition } from './ecs-store.js';

export interface Deployment {
  readonly id: string;
  readonly definition: TaskDefinition;
  readonly created: Date;
  status: 'PRIMARY' | 'ACTIVE';
  updated: Date;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  failedTasks: number;
}

export interface ServiceEvent {
  readonly id: string;
  readonly createdAt: Date;
  readonly message: string;
}

/** A service; `deployments` begins with the primary one. */
export interface EcsService {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly created: Date;
  readonly tags: Tags;
  readonly deployments: Deployment[];
  readonly events: ServiceEvent[];
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** Members of the request that are only shown again. */
  settings: AwsStruct;
  networkConfiguration: AwsStruct | undefined;
}
