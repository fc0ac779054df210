import { optionalFlag, optionalStruct, optionalText, structs, texts } from '../read-input.js';
import { AwsError, type AwsStruct } from '../../service.js';
import { findImage, type ContainerImages } from './container-images.js';
import { runContainer } from './container-process.js';
import { containerEnvironment, ResourceInitializationError } from './container-secrets.js';
import type { EcsStore, TaskDefinition } from './ecs-store.js';
import type { Deployment, EcsService } from './ecs-model.js';
import { isAlive, type Task, type TaskContainer } from './task.js';

/** AWS milliseconds from RunTask to a running container: network interface, image, start. */
const provisioningMs = 20_000;
const stopTimeoutMs = 30_000;
/** A real process needs real time to end, however fast the sandbox is. */
const shortestGraceMs = 5_000;

/** Starts and stops tasks. `onChange` is called whenever a task came to run or stopped. */
export class TaskRunner {
  private readonly endings = new Map<Task, Promise<void>>();

  constructor(
    private readonly store: EcsStore,
    private readonly images: ContainerImages,
    private readonly onChange: (task: Task) => void,
  ) {}

  start(service: EcsService, deployment: Deployment): Task {
    const { store } = this;
    const id = store.newId();
    const task: Task = {
      id,
      arn: store.arn(`task/${service.cluster.name}/${id}`),
      cluster: service.cluster,
      definition: deployment.definition,
      group: `service:${service.name}`,
      startedBy: deployment.id,
      created: store.context.clock.now(),
      containers: containersOf(deployment.definition),
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      started: undefined,
      stopping: undefined,
      stopped: undefined,
      stopCode: undefined,
      stoppedReason: undefined,
    };
    store.tasks.push(task);
    void this.bringUp(task);
    return task;
  }

  /** Ends a task; resolves when its processes are gone. */
  async stop(task: Task, stopCode: string, reason: string): Promise<void> {
    let ending = this.endings.get(task);
    if (ending === undefined) {
      task.desiredStatus = 'STOPPED';
      task.stopCode = stopCode;
      task.stoppedReason = reason;
      ending = this.finish(task);
      this.endings.set(task, ending);
    }
    await ending;
  }

  private async bringUp(task: Task): Promise<void> {
    await this.store.context.clock.after(provisioningMs);
    if (!isAlive(task)) return;
    task.lastStatus = 'PENDING';
    try {
      for (const container of task.containers) await this.startContainer(task, container);
    } catch (error) {
      await this.stop(task, 'TaskFailedToStart', error instanceof Error ? error.message : String(error));
      return;
    }
    if (!isAlive(task)) return;
    task.lastStatus = 'RUNNING';
    task.started = this.store.context.clock.now();
    this.onChange(task);
  }

  private async startContainer(task: Task, container: TaskContainer): Promise<void> {
    const { context } = this.store;
    const definition = containerDefinition(task.definition, container.name);
    const image = findImage(this.images, container.image);
    if (image === undefined) {
      throw new Error(
        `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${container.image}: not found`,
      );
    }
    const onLine = await this.openLog(task, definition);
    const own = await containerEnvironment(definition, context);
    // The task may have been told to stop while its secrets were being read.
    if (!isAlive(task)) return;
    const command = texts(definition, 'command');
    container.process = runContainer({
      command: command.length > 0 ? command : image.command,
      environment: { ...image.environment, AWS_REGION: context.region, ...own },
      onLine,
    });
    container.status = 'RUNNING';
    void container.process.exited.then((exitCode) => this.containerExited(task, container, exitCode));
  }

  private async containerExited(task: Task, container: TaskContainer, exitCode: number): Promise<void> {
    container.status = 'STOPPED';
    container.exitCode = exitCode;
    if (container.essential)
      await this.stop(task, 'EssentialContainerExited', 'Essential container in task exited');
  }

  private async finish(task: Task): Promise<void> {
    const { clock } = this.store.context;
    task.lastStatus = 'DEPROVISIONING';
    task.stopping = clock.now();
    const graceMs = Math.max(shortestGraceMs, stopTimeoutMs / clock.speed);
    await Promise.all(task.containers.map(async ({ process }) => process?.stop(graceMs)));
    task.lastStatus = 'STOPPED';
    task.stopped = clock.now();
    this.store.removeTaskLater(task);
    this.onChange(task);
  }

  /** The `awslogs` driver: `PREFIX/CONTAINER/TASK` in the group; the group must be there. */
  private async openLog(task: Task, definition: AwsStruct): Promise<(line: string) => void> {
    const { context } = this.store;
    const configuration = optionalStruct(definition, 'logConfiguration') ?? {};
    if (optionalText(configuration, 'logDriver') !== 'awslogs')
      return (line) => context.log(`${task.group}: ${line}`);
    const options = optionalStruct(configuration, 'options') ?? {};
    const logGroupName = optionalText(options, 'awslogs-group') ?? '';
    const prefix = optionalText(options, 'awslogs-stream-prefix') ?? 'ecs';
    const logStreamName = `${prefix}/${optionalText(definition, 'name') ?? ''}/${task.id}`;
    await this.createStream(logGroupName, logStreamName, options);
    return (message) => {
      const logEvents = [{ timestamp: context.clock.now().getTime(), message }];
      context
        .call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents })
        .catch((error: unknown) => {
          context.log(`${logStreamName}: ${message} (not logged: ${String(error)})`);
        });
    };
  }

  private async createStream(logGroupName: string, logStreamName: string, options: AwsStruct): Promise<void> {
    const { call } = this.store.context;
    if (optionalFlag(options, 'awslogs-create-group') === true) {
      await call('logs', 'CreateLogGroup', { logGroupName }).catch(ignoreExisting);
    }
    try {
      await call('logs', 'CreateLogStream', { logGroupName, logStreamName });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ResourceInitializationError(
        `failed to validate logger args: create stream has been retried 1 times: ${reason}`,
      );
    }
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error;
}

function containersOf({ input }: TaskDefinition): TaskContainer[] {
  return structs(input, 'containerDefinitions').map((definition) => ({
    name: optionalText(definition, 'name') ?? '',
    image: optionalText(definition, 'image') ?? '',
    essential: optionalFlag(definition, 'essential') ?? true,
    status: 'PENDING',
    exitCode: undefined,
    reason: undefined,
    process: undefined,
  }));
}

function containerDefinition({ input }: TaskDefinition, name: string): AwsStruct {
  return structs(input, 'containerDefinitions').find((definition) => definition.name === name) ?? {};
}
