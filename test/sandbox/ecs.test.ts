import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  DeleteServiceCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
} from '@aws-sdk/client-ecs';
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from './connection.js';

/** Prints what it was given, then lives until SIGTERM; or dies at once when told to. */
const program = `console.log('password ' + process.env.DB_PASSWORD);
if (process.env.FATE === 'die') process.exit(3);
process.on('SIGTERM', () => { console.log('stopped in order'); process.exit(0); });
setInterval(() => undefined, 1000);`;

let sandbox: Sandbox;
let ecs: ECSClient;
let logs: CloudWatchLogsClient;
let secrets: SecretsManagerClient;
let secretArn: string;

beforeEach(async () => {
  const images = { 'test/app': { command: [process.execPath, '-e', program], environment: {} } };
  sandbox = await startSandbox({ images });
  ecs = new ECSClient(connection(sandbox));
  logs = new CloudWatchLogsClient(connection(sandbox));
  secrets = new SecretsManagerClient(connection(sandbox));
  const SecretString = JSON.stringify({ password: 'first' });
  secretArn = (await secrets.send(new CreateSecretCommand({ Name: 'db', SecretString }))).ARN ?? '';
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/ecs/test' }));
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }));
});
afterEach(() => sandbox.stop());

async function createService(more: Partial<ContainerDefinition> = {}, desiredCount = 1): Promise<void> {
  const container: ContainerDefinition = {
    name: 'app',
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/test/app:1.0',
    secrets: [{ name: 'DB_PASSWORD', valueFrom: `${secretArn}:password::` }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/ecs/test',
        'awslogs-stream-prefix': 'app',
        'awslogs-region': 'us-east-1',
      },
    },
    ...more,
  };
  const family = { family: 'app', containerDefinitions: [container] };
  await ecs.send(new RegisterTaskDefinitionCommand(family));
  const service = { cluster: 'c', serviceName: 's', taskDefinition: 'app', desiredCount };
  await ecs.send(new CreateServiceCommand(service));
}

const update = (more: object) => ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 's', ...more }));
async function service() {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['s'] }));
  return services?.[0];
}
async function lines(): Promise<(string | undefined)[]> {
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/ecs/test' }));
  return (events ?? []).map(({ message }) => message);
}
const steady = async (count: number) => {
  const found = await service();
  return (
    found?.runningCount === count &&
    found.deployments?.length === 1 &&
    found.deployments[0]?.rolloutState === 'COMPLETED'
  );
};
const eventually = { timeout: 30_000, interval: 50 };

test('a container reads its secret when it starts, and sees a new value only after a forced deployment', async () => {
  await createService();
  await expect.poll(() => steady(1), eventually).toBe(true);
  await expect.poll(lines, eventually).toEqual(['password first']);
  const SecretString = JSON.stringify({ password: 'second' });
  await secrets.send(new PutSecretValueCommand({ SecretId: 'db', SecretString }));
  expect((await update({ desiredCount: 1 })).service?.deployments).toHaveLength(1);
  await update({ forceNewDeployment: true });
  await expect
    .poll(lines, eventually)
    .toEqual(expect.arrayContaining(['password second', 'stopped in order']));
  await expect.poll(() => steady(1), eventually).toBe(true);
}, 60_000);

test('scaling to 0 sends SIGTERM and ends the task', async () => {
  await createService();
  await expect.poll(lines, eventually).toHaveLength(1);
  await update({ desiredCount: 0 });
  await expect.poll(async () => (await service())?.runningCount, eventually).toBe(0);
  expect(await lines()).toContain('stopped in order');
}, 60_000);

test('a task that dies is replaced and tells why it stopped', async () => {
  await createService({ environment: [{ name: 'FATE', value: 'die' }] });
  await expect.poll(async () => (await lines()).length, eventually).toBeGreaterThan(1);
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'c', desiredStatus: 'STOPPED' }));
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'c', tasks: taskArns }));
  expect(tasks?.[0]).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 3 }],
  });
}, 60_000);

test.each<[string, { secrets?: { name: string; valueFrom: string }[]; image?: string }, string]>([
  ['a missing JSON key', { secrets: [{ name: 'X', valueFrom: 'KEY' }] }, 'did not contain json key'],
  ['an unknown image', { image: 'nobody/knows:1' }, 'CannotPullContainerError'],
])(
  '%s keeps the task from starting and is told as its reason',
  async (_, container, reason) => {
    const given = container.secrets?.map(({ name }) => ({ name, valueFrom: `${secretArn}:nokey::` }));
    await createService({ ...container, ...(given === undefined ? {} : { secrets: given }) });
    const stopped = async () => {
      const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'c', desiredStatus: 'STOPPED' }));
      if (taskArns?.[0] === undefined) return '';
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'c', tasks: taskArns }));
      return tasks?.[0]?.stoppedReason;
    };
    await expect.poll(stopped, eventually).toContain(reason);
  },
  60_000,
);

test('Auto Scaling pushes a count of 0 back up, unless scaling out is suspended', async () => {
  const scaling = new ApplicationAutoScalingClient(connection(sandbox));
  const target = {
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/c/s',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
  };
  await createService();
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 2 }));
  await update({ desiredCount: 0 });
  await expect.poll(async () => (await service())?.desiredCount, eventually).toBe(1);
  const SuspendedState = { DynamicScalingOutSuspended: true };
  await scaling.send(new RegisterScalableTargetCommand({ ...target, SuspendedState }));
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  );
  expect(ScalableTargets).toMatchObject([{ MinCapacity: 1, SuspendedState }]);
  await update({ desiredCount: 0 });
  const looks = vi.fn(async () => (await service())?.desiredCount);
  await expect.poll(async () => (await looks(), looks.mock.calls.length), eventually).toBeGreaterThan(10);
  expect(await looks()).toBe(0);
}, 60_000);

test('a service that still wants tasks is deleted only by force', async () => {
  await createService({}, 1);
  const deletion = { cluster: 'c', service: 's' };
  await expect(ecs.send(new DeleteServiceCommand(deletion))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The service cannot be stopped while it is scaled above 0.',
  });
  await ecs.send(new DeleteServiceCommand({ ...deletion, force: true }));
  await expect.poll(async () => (await service())?.status, eventually).toBe('INACTIVE');
}, 60_000);
