import { randomUuid } from '../../seeded-random.js';
import type { TaskDefinition, EcsStore } from './ecs-store.js';
import type { Deployment, EcsService } from './ecs-model.js';
import { isAlive, type Task } from './task.js';
import type { TaskRunner } from './task-runner.js';

/** AWS milliseconds until a dead task is replaced; each failure to start doubles it. */
const replaceMs = 10_000;
const longestReplaceMs = 300_000;
/** AWS milliseconds until a deployment or a new count that needs no task is seen as steady. */
const steadyMs = 5_000;

/** Keeps the tasks of every service at what the service wants. */
export class ServiceScheduler {
  constructor(
    private readonly store: EcsStore,
    private readonly runner: TaskRunner,
  ) {}

  /** Makes a new primary deployment; the old ones give way when its tasks run. */
  deploy(service: EcsService, definition: TaskDefinition): void {
    const { clock, random } = this.store.context;
    const now = clock.now();
    for (const deployment of service.deployments) deployment.status = 'ACTIVE';
    const id = `ecs-svc/${String(Math.floor(random() * 1e15)).padStart(19, '1')}`;
    service.deployments.unshift({
      id,
      definition,
      created: now,
      updated: now,
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${id} in progress.`,
      failedTasks: 0,
    });
    this.reconcile(service);
  }

  /** Starts and stops what is missing and what is too much. */
  reconcile(service: EcsService): void {
    const [primary, ...older] = service.deployments;
    if (primary === undefined) return;
    const wanted = service.status === 'ACTIVE' ? service.desiredCount : 0;
    const alive = this.aliveTasks(service, primary);
    for (let count = alive.length; count < wanted; count += 1) this.runner.start(service, primary);
    for (const task of alive.slice(wanted)) this.stop(service, task);
    const running = alive.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
    if (running < wanted) return;
    for (const deployment of older) {
      for (const task of this.aliveTasks(service, deployment)) this.stop(service, task);
    }
    this.settleSoon(service);
  }

  /** A task came to run or stopped. */
  taskChanged(task: Task): void {
    const service = this.store.services.find(
      ({ name, cluster, status }) =>
        status !== 'INACTIVE' && cluster === task.cluster && `service:${name}` === task.group,
    );
    if (service === undefined) return;
    const deployment = service.deployments.find(({ id }) => id === task.startedBy);
    const died = task.lastStatus === 'STOPPED' && task.stopCode !== 'ServiceSchedulerInitiated';
    if (!died || deployment === undefined) {
      this.reconcile(service);
      return;
    }
    deployment.failedTasks += 1;
    this.note(service, `(service ${service.name}) (task ${task.id}) stopped: ${task.stoppedReason ?? ''}`);
    const waitMs = Math.min(longestReplaceMs, replaceMs * 2 ** (deployment.failedTasks - 1));
    void this.store.context.clock.after(waitMs).then(() => {
      this.reconcile(service);
    });
  }

  private stop(service: EcsService, task: Task): void {
    this.note(service, `(service ${service.name}) has stopped 1 running tasks: (task ${task.id}).`);
    const reason = `Scaling activity initiated by (deployment ${task.startedBy})`;
    void this.runner.stop(task, 'ServiceSchedulerInitiated', reason);
  }

  /** When nothing is left to be done the rollout is complete; a draining service is gone. */
  private settleSoon(service: EcsService): void {
    void this.store.context.clock.after(steadyMs).then(() => {
      const [primary] = service.deployments;
      if (primary === undefined || !this.isSteady(service, primary)) return;
      service.deployments.splice(1);
      if (service.status === 'DRAINING') service.status = 'INACTIVE';
      if (primary.rolloutState === 'COMPLETED') return;
      primary.rolloutState = 'COMPLETED';
      primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
      primary.updated = this.store.context.clock.now();
      this.note(service, `(service ${service.name}) has reached a steady state.`);
    });
  }

  private isSteady(service: EcsService, primary: Deployment): boolean {
    const wanted = service.status === 'ACTIVE' ? service.desiredCount : 0;
    const tasks = this.tasksOf(service).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    const running = tasks.filter((task) => task.lastStatus === 'RUNNING' && task.startedBy === primary.id);
    return tasks.length === wanted && running.length === wanted;
  }

  private aliveTasks(service: EcsService, deployment: Deployment): Task[] {
    return this.tasksOf(service).filter((task) => task.startedBy === deployment.id && isAlive(task));
  }

  private tasksOf(service: EcsService): Task[] {
    return this.store.tasks.filter(
      ({ cluster, group }) => cluster === service.cluster && group === `service:${service.name}`,
    );
  }

  private note(service: EcsService, message: string): void {
    const { random, clock } = this.store.context;
    service.events.unshift({ id: randomUuid(random), createdAt: clock.now(), message });
    service.events.splice(100);
  }
}
