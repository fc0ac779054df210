import type { Cluster, TaskDefinition } from './ecs-store.js';
import type { RunningContainer } from './container-process.js';

/** One container of a task, as DescribeTasks shows it. */
export interface TaskContainer {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  exitCode: number | undefined;
  reason: string | undefined;
  process: RunningContainer | undefined;
}

export interface Task {
  readonly id: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  /** `service:rag`. */
  readonly group: string;
  /** Id of the deployment that started it. */
  readonly startedBy: string;
  readonly created: Date;
  readonly containers: TaskContainer[];
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';
  desiredStatus: 'RUNNING' | 'STOPPED';
  started: Date | undefined;
  stopping: Date | undefined;
  stopped: Date | undefined;
  stopCode: string | undefined;
  stoppedReason: string | undefined;
}

/** True while the task counts as one that a service has. */
export function isAlive(task: Task): boolean {
  return task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED';
}
