import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { AwsCliError, isAwsCliInstalled, startAwsCli, type AwsCli } from './aws-cli.js';

type Answer = Record<string, unknown>;

describe.skipIf(!isAwsCliInstalled)('the AWS CLI', { timeout: 600_000 }, () => {
  let sandbox: Sandbox;
  let cli: AwsCli;
  const image = { command: [process.execPath, '-e', 'setInterval(() => undefined, 1000)'], environment: {} };
  beforeAll(async () => {
    sandbox = await startSandbox({ images: { app: image } });
    cli = startAwsCli();
  });
  afterAll(async () => {
    cli.stop();
    await sandbox.stop();
  });

  /** `command` is split at spaces; what holds spaces comes in `more`. */
  async function aws(command: string, ...more: string[]): Promise<Answer> {
    const args = [...command.split(' '), ...more, '--output', 'json', '--endpoint-url', sandbox.endpoint];
    const stdout = await cli.run(args, sandbox.env);
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Answer);
  }

  const refusal = (command: string, ...more: string[]): Promise<string> =>
    aws(command, ...more).then(
      () => 'not refused',
      (error: unknown) => (error instanceof AwsCliError ? error.stderr : String(error)),
    );

  /** Every action of these services that no call of this file has made. */
  const untried = (...services: string[]): string[] => {
    const tried = new Set(sandbox.calls().map(({ service, action }) => `${service}:${action}`));
    return services.flatMap((service) =>
      sandbox.actions(service).filter((action) => !tried.has(`${service}:${action}`)),
    );
  };

  test('makes every call of STS and IAM', async () => {
    expect(await aws('sts get-caller-identity')).toMatchObject({ Account: '123456789012' });
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const { Role } = await aws('iam create-role --role-name r --assume-role-policy-document', policy);
    expect(Role).toMatchObject({
      RoleName: 'r',
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
    });
    await aws('iam put-role-policy --role-name r --policy-name p --policy-document', policy);
    await aws('iam attach-role-policy --role-name r --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess');
    await aws('iam tag-role --role-name r --tags Key=a,Value=b Key=c,Value=d');
    await aws('iam untag-role --role-name r --tag-keys c');
    await aws('iam update-role --role-name r --description changed');
    await aws('iam update-assume-role-policy --role-name r --policy-document', policy);
    expect(await aws('iam get-role --role-name r')).toMatchObject({ Role: { Description: 'changed' } });
    expect(await aws('iam list-roles')).toMatchObject({ Roles: [{ RoleName: 'r' }] });
    expect(await aws('iam list-role-tags --role-name r')).toMatchObject({ Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await aws('iam list-role-policies --role-name r')).toMatchObject({ PolicyNames: ['p'] });
    expect(await aws('iam get-role-policy --role-name r --policy-name p')).toMatchObject({ PolicyName: 'p' });
    expect(await aws('iam list-attached-role-policies --role-name r')).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'ReadOnlyAccess' }],
    });
    expect(await refusal('iam delete-role --role-name r')).toContain('DeleteConflict');
    await aws('iam detach-role-policy --role-name r --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess');
    await aws('iam delete-role-policy --role-name r --policy-name p');
    await aws('iam delete-role --role-name r');
    expect(await refusal('iam get-role --role-name r')).toContain('NoSuchEntity');
    expect(untried('sts', 'iam')).toEqual([]);
  });

  test('makes every call of Secrets Manager', async () => {
    const sm = (command: string, ...more: string[]) => aws(`secretsmanager ${command}`, ...more);
    await sm('create-secret --name s --secret-string one --tags Key=a,Value=b');
    const { VersionId } = await sm('put-secret-value --secret-id s --secret-string two');
    await sm('update-secret --secret-id s --description text');
    expect(await sm('get-secret-value --secret-id s')).toMatchObject({ SecretString: 'two', VersionId });
    expect(await sm('describe-secret --secret-id s')).toMatchObject({ Description: 'text' });
    const { Versions } = (await sm('list-secret-version-ids --secret-id s')) as { Versions: Answer[] };
    expect(Versions).toHaveLength(2);
    const stage = '--secret-id s --version-stage MINE --move-to-version-id';
    await sm(`update-secret-version-stage ${stage} ${String(VersionId)}`);
    expect(await sm('list-secrets')).toMatchObject({ SecretList: [{ Name: 's' }] });
    expect(await sm('get-random-password --password-length 20')).toHaveProperty('RandomPassword');
    await sm('tag-resource --secret-id s --tags Key=c,Value=d');
    await sm('untag-resource --secret-id s --tag-keys c');
    await sm('delete-secret --secret-id s');
    expect(await refusal('secretsmanager get-secret-value --secret-id s')).toContain(
      'InvalidRequestException',
    );
    await sm('restore-secret --secret-id s');
    await sm('delete-secret --secret-id s --force-delete-without-recovery');
    expect(untried('secretsmanager')).toEqual([]);
  });

  test('makes every call of S3', async () => {
    const s3api = (command: string) => aws(`s3api ${command}`);
    await s3api('create-bucket --bucket state');
    expect(await s3api('head-bucket --bucket state')).toMatchObject({ BucketRegion: 'us-east-1' });
    const folder = await mkdtemp(join(tmpdir(), 'rds2aurora-s3-'));
    const file = join(folder, 'body');
    await writeFile(file, 'text');
    const object = '--bucket state --key a/b.json';
    const { ETag } = await s3api(`put-object ${object} --if-none-match * --body ${file}`);
    expect(await refusal(`s3api put-object ${object} --if-none-match * --body ${file}`)).toContain(
      'PreconditionFailed',
    );
    expect(await s3api(`head-object ${object}`)).toMatchObject({ ContentLength: 4, ETag });
    expect(await s3api(`get-object ${object} ${join(folder, 'got')}`)).toMatchObject({ ETag });
    expect(await readFile(join(folder, 'got'), 'utf8')).toBe('text');
    expect(await s3api('list-objects-v2 --bucket state --prefix a/')).toMatchObject({
      Contents: [{ Key: 'a/b.json', Size: 4 }],
    });
    await s3api(`delete-object ${object}`);
    expect(await refusal(`s3api get-object ${object} ${join(folder, 'got')}`)).toContain('NoSuchKey');
    await rm(folder, { recursive: true });
    expect(untried('s3')).toEqual([]);
    expect(await refusal('s3api get-bucket-acl --bucket state')).toContain('NotImplemented');
  });

  test('makes every call of Parameter Store', async () => {
    const ssm = (command: string) => aws(`ssm ${command}`);
    await ssm('put-parameter --name /a/b --value v --type String');
    expect(await refusal('ssm put-parameter --name /a/b --value v --type String')).toContain(
      'ParameterAlreadyExists',
    );
    await ssm('put-parameter --name /a/c --value hidden --type SecureString');
    expect(await ssm('get-parameter --name /a/b')).toMatchObject({ Parameter: { Value: 'v', Version: 1 } });
    const sealed = (await ssm('get-parameter --name /a/c')) as { Parameter: { Value: string } };
    expect(sealed.Parameter.Value).not.toBe('hidden');
    expect(await ssm('get-parameters --names /a/c /a/x --with-decryption')).toMatchObject({
      Parameters: [{ Value: 'hidden' }],
      InvalidParameters: ['/a/x'],
    });
    expect(await ssm('get-parameters-by-path --path /a')).toMatchObject({ Parameters: [{}, {}] });
    expect(await ssm('describe-parameters')).toMatchObject({
      Parameters: [{ Name: '/a/b' }, { Name: '/a/c' }],
    });
    await ssm('add-tags-to-resource --resource-type Parameter --resource-id /a/b --tags Key=k,Value=v');
    expect(await ssm('list-tags-for-resource --resource-type Parameter --resource-id /a/b')).toMatchObject({
      TagList: [{ Key: 'k', Value: 'v' }],
    });
    await ssm('remove-tags-from-resource --resource-type Parameter --resource-id /a/b --tag-keys k');
    await ssm('delete-parameter --name /a/b');
    expect(await ssm('delete-parameters --names /a/c')).toMatchObject({ DeletedParameters: ['/a/c'] });
    expect(untried('ssm')).toEqual([]);
  });

  test('makes every call of CloudWatch Logs', async () => {
    const logs = (command: string, ...more: string[]) => aws(`logs ${command}`, ...more);
    const group = '--log-group-name /g';
    await logs(`create-log-group ${group}`);
    await logs(`put-retention-policy ${group} --retention-in-days 7`);
    const { logGroups } = (await logs('describe-log-groups')) as { logGroups: { logGroupArn: string }[] };
    expect(logGroups).toMatchObject([{ logGroupName: '/g', retentionInDays: 7 }]);
    const arn = logGroups[0]?.logGroupArn ?? '';
    await logs(`tag-resource --resource-arn ${arn} --tags a=b,c=d`);
    await logs(`untag-resource --resource-arn ${arn} --tag-keys c`);
    expect(await logs(`list-tags-for-resource --resource-arn ${arn}`)).toEqual({ tags: { a: 'b' } });
    await logs(`delete-retention-policy ${group}`);
    await logs(`create-log-stream ${group} --log-stream-name s`);
    const event = JSON.stringify([{ timestamp: Date.now(), message: 'ConversationStore initialized' }]);
    await logs(`put-log-events ${group} --log-stream-name s --log-events`, event);
    expect(await logs(`describe-log-streams ${group}`)).toMatchObject({
      logStreams: [{ logStreamName: 's' }],
    });
    expect(await logs(`get-log-events ${group} --log-stream-name s`)).toMatchObject({
      events: [{ message: 'ConversationStore initialized' }],
    });
    expect(await logs(`filter-log-events ${group} --filter-pattern`, '"initialized" -Error')).toMatchObject({
      events: [{ logStreamName: 's' }],
    });
    await logs(`delete-log-stream ${group} --log-stream-name s`);
    await logs(`delete-log-group ${group}`);
    expect(untried('logs')).toEqual([]);
  });

  test('makes every call of EC2', async () => {
    const ec2 = (command: string, ...more: string[]) => aws(`ec2 ${command}`, ...more);
    const vpcTags = 'ResourceType=vpc,Tags=[{Key=Name,Value=net}]';
    const { Vpc } = (await ec2('create-vpc --cidr-block 10.0.0.0/16 --tag-specifications', vpcTags)) as {
      Vpc: { VpcId: string };
    };
    const { VpcId } = Vpc;
    await ec2(`modify-vpc-attribute --vpc-id ${VpcId} --enable-dns-hostnames`);
    expect(
      await ec2(`describe-vpc-attribute --vpc-id ${VpcId} --attribute enableDnsHostnames`),
    ).toMatchObject({
      EnableDnsHostnames: { Value: true },
    });
    expect(await ec2('describe-vpcs --filters Name=tag:Name,Values=n*')).toMatchObject({ Vpcs: [{ VpcId }] });
    const { AvailabilityZones } = await ec2('describe-availability-zones');
    expect(AvailabilityZones).toHaveLength(6);
    const subnetOptions = `--vpc-id ${VpcId} --cidr-block 10.0.1.0/24 --availability-zone us-east-1b`;
    const { Subnet } = (await ec2(`create-subnet ${subnetOptions}`)) as { Subnet: { SubnetId: string } };
    const { SubnetId } = Subnet;
    expect(await refusal(`ec2 create-subnet ${subnetOptions}`)).toContain('InvalidSubnet.Conflict');
    await ec2(`modify-subnet-attribute --subnet-id ${SubnetId} --map-public-ip-on-launch`);
    expect(await ec2(`describe-subnets --subnet-ids ${SubnetId}`)).toMatchObject({
      Subnets: [{ AvailabilityZone: 'us-east-1b', MapPublicIpOnLaunch: true, AvailableIpAddressCount: 251 }],
    });
    await securityGroups(VpcId);
    expect(await refusal(`ec2 delete-vpc --vpc-id ${VpcId}`)).toContain('DependencyViolation');
    await ec2(`delete-subnet --subnet-id ${SubnetId}`);
    await ec2(`delete-vpc --vpc-id ${VpcId}`);
    expect(untried('ec2')).toEqual([]);
  });

  async function securityGroups(vpcId: string): Promise<void> {
    const ec2 = (command: string, ...more: string[]) => aws(`ec2 ${command}`, ...more);
    const create = `create-security-group --vpc-id ${vpcId} --description d --group-name`;
    const { GroupId: app } = await ec2(`${create} app`);
    const { GroupId: db } = await ec2(`${create} db`);
    const rule = `--group-id ${String(db)} --protocol tcp --port 5432 --source-group ${String(app)}`;
    await ec2(`authorize-security-group-ingress ${rule}`);
    expect(await refusal(`ec2 authorize-security-group-ingress ${rule}`)).toContain(
      'InvalidPermission.Duplicate',
    );
    expect(await ec2(`describe-security-groups --group-ids ${String(db)}`)).toMatchObject({
      SecurityGroups: [
        {
          Description: 'd',
          IpPermissions: [{ FromPort: 5432, UserIdGroupPairs: [{ GroupId: app }] }],
          IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        },
      ],
    });
    expect(
      await ec2(`describe-security-group-rules --filters Name=group-id,Values=${String(db)}`),
    ).toMatchObject({
      SecurityGroupRules: [{ IsEgress: true }, { IsEgress: false, ReferencedGroupInfo: { GroupId: app } }],
    });
    await ec2(`create-tags --resources ${String(db)} --tags Key=Name,Value=db`);
    await ec2(`delete-tags --resources ${String(db)} --tags Key=Name`);
    const everywhere = `--group-id ${String(db)} --protocol all --cidr 10.0.0.0/8`;
    await ec2(`authorize-security-group-egress ${everywhere}`);
    await ec2(`revoke-security-group-egress ${everywhere}`);
    expect(await refusal(`ec2 delete-security-group --group-id ${String(app)}`)).toContain(
      'DependencyViolation',
    );
    await ec2(`revoke-security-group-ingress ${rule}`);
    await ec2(`delete-security-group --group-id ${String(app)}`);
    await ec2(`delete-security-group --group-id ${String(db)}`);
  }

  test('makes every call of ECS and Application Auto Scaling', async () => {
    const ecs = (command: string, ...more: string[]) => aws(`ecs ${command}`, ...more);
    const { cluster } = (await ecs('create-cluster --cluster-name c')) as { cluster: { clusterArn: string } };
    await ecs(
      'register-task-definition --family f --container-definitions',
      '[{"name":"app","image":"app:1"}]',
    );
    await ecs('create-service --cluster c --service-name s --task-definition f --desired-count 1');
    await serviceIs('ACTIVE', 1);
    await ecs('wait services-stable --cluster c --services s');
    expect(await ecs('list-clusters')).toEqual({ clusterArns: [cluster.clusterArn] });
    expect(await ecs('describe-clusters --clusters c')).toMatchObject({
      clusters: [{ runningTasksCount: 1 }],
    });
    expect(await ecs('list-services --cluster c')).toMatchObject({ serviceArns: [expect.any(String)] });
    expect(await ecs('list-task-definitions')).toMatchObject({ taskDefinitionArns: [expect.any(String)] });
    expect(await ecs('describe-task-definition --task-definition f')).toMatchObject({
      taskDefinition: { revision: 1 },
    });
    const { taskArns } = (await ecs('list-tasks --cluster c')) as { taskArns: string[] };
    const task = taskArns[0] ?? '';
    expect(await ecs(`describe-tasks --cluster c --tasks ${task}`)).toMatchObject({
      tasks: [{ lastStatus: 'RUNNING' }],
    });
    await ecs(`stop-task --cluster c --task ${task}`);
    await ecs(`tag-resource --resource-arn ${cluster.clusterArn} --tags key=a,value=b`);
    expect(await ecs(`list-tags-for-resource --resource-arn ${cluster.clusterArn}`)).toMatchObject({
      tags: [{ key: 'a', value: 'b' }],
    });
    await ecs(`untag-resource --resource-arn ${cluster.clusterArn} --tag-keys a`);
    await autoScaling();
    await ecs('update-service --cluster c --service s --desired-count 0');
    await ecs('delete-service --cluster c --service s');
    await serviceIs('INACTIVE', 0);
    await ecs('wait services-inactive --cluster c --services s');
    await ecs('deregister-task-definition --task-definition f:1');
    await ecs('delete-cluster --cluster c');
    expect(untried('ecs', 'application-autoscaling')).toEqual([]);
  });

  /** Looks in process, because the CLI's waiters look every 15 seconds only; the waiter itself then looks once. */
  async function serviceIs(status: string, runningCount: number): Promise<void> {
    const look = async (): Promise<unknown> =>
      (await sandbox.call('ecs', 'DescribeServices', { cluster: 'c', services: ['s'] }))['services'];
    await expect.poll(look, { timeout: 60_000 }).toMatchObject([{ status, runningCount }]);
  }

  async function autoScaling(): Promise<void> {
    const scaling = (command: string) => aws(`application-autoscaling ${command}`);
    const target =
      '--service-namespace ecs --resource-id service/c/s --scalable-dimension ecs:service:DesiredCount';
    const { ScalableTargetARN } = await scaling(
      `register-scalable-target ${target} --min-capacity 1 --max-capacity 2`,
    );
    expect(await scaling('describe-scalable-targets --service-namespace ecs')).toMatchObject({
      ScalableTargets: [{ MinCapacity: 1, MaxCapacity: 2, ScalableTargetARN }],
    });
    expect(await scaling('describe-scaling-policies --service-namespace ecs')).toEqual({
      ScalingPolicies: [],
    });
    expect(await scaling(`list-tags-for-resource --resource-arn ${String(ScalableTargetARN)}`)).toEqual({
      Tags: {},
    });
    await scaling(`deregister-scalable-target ${target}`);
  }

  test('makes every call of CloudWatch', async () => {
    const cw = (command: string, ...more: string[]) => aws(`cloudwatch ${command}`, ...more);
    await cw('put-metric-data --namespace N --metric-name M --value 3 --dimensions A=b --unit Count');
    expect(await cw('list-metrics --namespace N')).toMatchObject({ Metrics: [{ MetricName: 'M' }] });
    const range = `--start-time ${new Date(Date.now() - 600_000).toISOString()} --end-time ${new Date(Date.now() + 60_000).toISOString()}`;
    const metric = '--namespace N --metric-name M --dimensions Name=A,Value=b';
    expect(
      await cw(`get-metric-statistics ${metric} ${range} --period 60 --statistics Average`),
    ).toMatchObject({
      Datapoints: [{ Average: 3, Unit: 'Count' }],
    });
    const query = {
      Id: 'q',
      MetricStat: {
        Metric: { Namespace: 'N', MetricName: 'M', Dimensions: [{ Name: 'A', Value: 'b' }] },
        Period: 60,
        Stat: 'Maximum',
      },
    };
    expect(await cw(`get-metric-data ${range} --metric-data-queries`, JSON.stringify([query]))).toMatchObject(
      {
        MetricDataResults: [{ Id: 'q', Values: [3], StatusCode: 'Complete' }],
      },
    );
    const rule =
      '--period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold';
    await cw(`put-metric-alarm --alarm-name a ${metric} --statistic Average ${rule}`);
    const { MetricAlarms } = (await cw('describe-alarms')) as { MetricAlarms: { AlarmArn: string }[] };
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'a', Threshold: 1 }]);
    const arn = MetricAlarms[0]?.AlarmArn ?? '';
    await cw(`tag-resource --resource-arn ${arn} --tags Key=k,Value=v`);
    expect(await cw(`list-tags-for-resource --resource-arn ${arn}`)).toMatchObject({ Tags: [{ Key: 'k' }] });
    await cw(`untag-resource --resource-arn ${arn} --tag-keys k`);
    await cw('delete-alarms --alarm-names a');
    expect(await refusal('cloudwatch delete-alarms --alarm-names a')).toContain('ResourceNotFound');
    expect(untried('monitoring')).toEqual([]);
  });

  test('makes every call of SNS', async () => {
    const topic = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`;
    const arn = topic('migrations');
    expect(await aws('sns create-topic --name migrations --attributes DisplayName=Moves')).toEqual({
      TopicArn: arn,
    });
    // The same once more is the same topic; with other attributes it is refused.
    expect(await aws('sns create-topic --name migrations --attributes DisplayName=Moves')).toEqual({
      TopicArn: arn,
    });
    expect(await refusal('sns create-topic --name migrations')).toContain(
      'already exists with different attributes',
    );
    expect(await refusal('sns create-topic --name no/name')).toContain('(InvalidParameter)');
    await aws('sns create-topic --name another');
    expect(await aws('sns list-topics')).toEqual({
      Topics: [{ TopicArn: arn }, { TopicArn: topic('another') }],
    });
    expect(await aws(`sns get-topic-attributes --topic-arn ${arn}`)).toMatchObject({
      Attributes: { TopicArn: arn, Owner: '123456789012', DisplayName: 'Moves', SubscriptionsConfirmed: '0' },
    });

    const publish = (...more: string[]) => aws(`sns publish --topic-arn ${arn} --message`, ...more);
    const attributes = JSON.stringify({ event: { DataType: 'String', StringValue: 'failed' } });
    const { MessageId } = await publish(
      '<it> & "all"',
      '--subject',
      'a subject',
      '--message-attributes',
      attributes,
    );
    expect(sandbox.published()).toEqual([
      {
        ...{ messageId: MessageId, topicArn: arn, at: expect.any(String) as unknown },
        ...{ subject: 'a subject', message: '<it> & "all"', attributes: { event: 'failed' } },
      },
    ]);
    const refused = (...more: string[]) => refusal(`sns publish --topic-arn ${arn} --message`, ...more);
    expect(await refused('text', '--subject', 'two\nlines')).toContain('Invalid parameter: Subject');
    expect(await refused('text', '--subject', 'x'.repeat(100))).toContain('Invalid parameter: Subject');
    expect(await refused('{"default": "text"}', '--message-structure', 'json')).toContain('does not support');
    const binary = JSON.stringify({ event: { DataType: 'Binary', BinaryValue: 'eA==' } });
    expect(await refused('text', '--message-attributes', binary)).toContain('type String only');
    expect(await refusal(`sns publish --topic-arn ${topic('nowhere')} --message text`)).toContain(
      '(NotFound)',
    );
    expect(await refusal('sns publish --topic-arn fake --message text')).toContain(
      'fake does not start with arn',
    );
    const theirs = 'arn:aws:sns:us-east-1:210987654321:theirs';
    expect(await refusal(`sns publish --topic-arn ${theirs} --message text`)).toContain(
      '(AuthorizationError)',
    );
    const inEurope = 'arn:aws:sns:eu-west-1:123456789012:migrations';
    expect(await refusal(`sns publish --topic-arn ${inEurope} --message text`)).toContain(
      '(InvalidParameter)',
    );

    await aws(`sns delete-topic --topic-arn ${arn}`);
    await aws(`sns delete-topic --topic-arn ${arn}`);
    expect(await refusal(`sns get-topic-attributes --topic-arn ${arn}`)).toContain('(NotFound)');
    expect(await refusal(`sns subscribe --topic-arn ${arn} --protocol email`)).toContain('sns:Subscribe');
    expect(untried('sns')).toEqual([]);
  });

  test('is told in its own words what is not supported', async () => {
    expect(await refusal('ec2 describe-instances')).toContain('(InvalidAction)');
    expect(await refusal('ecs list-attributes --target-type container-instance')).toContain(
      'UnknownOperation',
    );
    expect(await refusal('cloudwatch list-dashboards')).toContain('monitoring:ListDashboards');
    expect(await refusal('sqs list-queues')).toContain('no service sqs');
  });
});
