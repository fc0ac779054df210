import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, ListMetricsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  ListClustersCommand,
  CreateClusterCommand,
  DescribeClustersCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import {
  GetSecretValueCommand,
  CreateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from './connection.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.stop());

const sts = (key?: string) => new STSClient(connection(sandbox, key));
const identity = new GetCallerIdentityCommand({});

describe('credentials', () => {
  test.each([
    ['EXPIRED', 'ExpiredToken', 'RequestExpired', 'ExpiredTokenException'],
    ['INVALID', 'InvalidClientTokenId', 'AuthFailure', 'UnrecognizedClientException'],
    ['DENIED', 'AccessDenied', 'UnauthorizedOperation', 'AccessDeniedException'],
  ])('%s keys are refused in the words of each protocol', async (key, query, ec2, json) => {
    const stacks = new CloudFormationClient(connection(sandbox, key)).send(new ListStacksCommand({}));
    await expect(stacks).rejects.toMatchObject({ name: query });
    const vpcs = new EC2Client(connection(sandbox, key)).send(new DescribeVpcsCommand({}));
    await expect(vpcs).rejects.toMatchObject({ name: ec2 });
    const clusters = new ECSClient(connection(sandbox, key)).send(new ListClustersCommand({}));
    await expect(clusters).rejects.toMatchObject({ name: json });
  });

  test('a key without any permission may still ask who it is', async () => {
    expect(await sts('DENIED1').send(identity)).toMatchObject({
      Arn: expect.stringContaining('DENIED1') as string,
    });
  });

  test('an unsigned request is refused', async () => {
    const response = await fetch(sandbox.endpoint, { method: 'POST', body: 'Action=GetCallerIdentity' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('MissingAuthenticationToken');
  });
});

describe('what is not there', () => {
  test('an unsupported action is named in an error of its protocol', async () => {
    const instances = new EC2Client(connection(sandbox)).send(new DescribeInstancesCommand({}));
    await expect(instances).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringContaining('ec2:DescribeInstances') as string,
    });
    const dashboards = new CloudWatchClient(connection(sandbox)).send(new ListDashboardsCommand({}));
    await expect(dashboards).rejects.toMatchObject({
      message: expect.stringContaining('monitoring:ListDashboards') as string,
    });
  });

  test('a wrong Region is another world, empty and apart', async () => {
    const home = new ECSClient(connection(sandbox));
    const abroad = new ECSClient(connection(sandbox, 'AKIASANDBOX1', 'eu-west-1'));
    await home.send(new CreateClusterCommand({ clusterName: 'here' }));
    expect((await home.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    expect((await abroad.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });
});

describe('faults', () => {
  test('strike the nth matching call and no other', async () => {
    sandbox.addFault({ service: 'sts', action: 'GetCallerIdentity', kind: 'throttle', nth: 2 });
    await sts().send(identity);
    await expect(sts().send(identity)).rejects.toMatchObject({ name: 'Throttling' });
    await sts().send(identity);
    expect(sandbox.calls().map(({ code, fault }) => ({ code, fault }))).toEqual([
      {},
      { code: 'Throttling', fault: 'throttle' },
      {},
    ]);
  });

  test('an error has the code and status that were asked for', async () => {
    const fault = {
      service: 'sts',
      action: '*',
      kind: 'error',
      code: 'ServiceUnavailable',
      status: 503,
    } as const;
    sandbox.addFault(fault);
    await expect(sts().send(identity)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
  });

  test('a call dropped before is not applied, a call dropped after is', async () => {
    const ecs = new ECSClient(connection(sandbox));
    const exists = async (clusterName: string) =>
      (await ecs.send(new DescribeClustersCommand({ clusters: [clusterName] }))).clusters?.length;
    sandbox.addFault({ service: 'ecs', action: 'CreateCluster', kind: 'drop-before' });
    await expect(ecs.send(new CreateClusterCommand({ clusterName: 'before' }))).rejects.toThrow();
    expect(await exists('before')).toBe(0);
    sandbox.clearFaults();
    sandbox.addFault({ service: 'ecs', action: 'CreateCluster', kind: 'drop-after' });
    await expect(ecs.send(new CreateClusterCommand({ clusterName: 'after' }))).rejects.toThrow();
    expect(await exists('after')).toBe(1);
  });

  test('a retry of the SDK after a dropped answer is a second call', async () => {
    sandbox.addFault({ service: 'sts', action: '*', kind: 'drop-after' });
    const client = new STSClient({ ...connection(sandbox), maxAttempts: 2 });
    const { $metadata } = await client.send(identity);
    expect($metadata.attempts).toBe(2);
    expect(sandbox.calls()).toHaveLength(2);
  });
});

describe('the call log', () => {
  test('keeps no secret', async () => {
    const client = new SecretsManagerClient(connection(sandbox));
    await client.send(new CreateSecretCommand({ Name: 'logged', SecretString: 'do-not-log' }));
    await client.send(new GetSecretValueCommand({ SecretId: 'logged' }));
    const [created, read] = sandbox.calls();
    expect(created).toMatchObject({ action: 'CreateSecret', mutating: true, status: 200 });
    expect(created?.input).toMatchObject({ Name: 'logged', SecretString: '****' });
    expect(read).toMatchObject({ action: 'GetSecretValue', mutating: false, principal: 'AKIASANDBOX1' });
    expect(JSON.stringify(sandbox.calls())).not.toContain('do-not-log');
  });
});

describe('the control API', () => {
  const control = (path: string, init?: RequestInit) => fetch(`${sandbox.endpoint}/_sandbox/${path}`, init);
  const post = (path: string, body: object) => control(path, { method: 'POST', body: JSON.stringify(body) });

  test('shows calls and takes faults', async () => {
    expect((await post('faults', { service: 'sts', action: '*', kind: 'access-denied' })).status).toBe(200);
    await expect(sts().send(identity)).rejects.toMatchObject({ name: 'AccessDenied' });
    const { calls } = (await (await control('calls')).json()) as { calls: { code: string }[] };
    expect(calls).toMatchObject([{ code: 'AccessDenied' }]);
    expect((await control('faults', { method: 'DELETE' })).status).toBe(200);
  });

  test('says what is wrong with a fault', async () => {
    const response = await post('faults', { service: 'sts', action: '*', kind: 'earthquake' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('kind');
  });

  test('is not for browser pages', async () => {
    expect((await control('calls', { headers: { origin: 'http://example.com' } })).status).toBe(403);
  });
});

describe('options', () => {
  test('a share of calls can be throttled', async () => {
    const busy = await startSandbox({ throttleRate: 1 });
    const call = new CloudWatchClient(connection(busy)).send(new ListMetricsCommand({}));
    await expect(call).rejects.toMatchObject({ message: 'Rate exceeded' });
    await busy.stop();
  });

  test('a read right after a change may still be answered as before it, once', async () => {
    const slow = await startSandbox({ staleReadMs: 60_000 });
    const ecs = new ECSClient(connection(slow));
    const count = async () => (await ecs.send(new ListClustersCommand({}))).clusterArns?.length;
    expect(await count()).toBe(0);
    await ecs.send(new CreateClusterCommand({ clusterName: 'late' }));
    expect([await count(), await count()]).toEqual([0, 1]);
    await slow.stop();
  });
});
