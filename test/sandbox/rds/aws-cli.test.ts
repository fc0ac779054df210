import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import { isAwsCliInstalled, startAwsCli, type AwsCli } from '../aws-cli.js';

describe.skipIf(!isAwsCliInstalled)('the AWS CLI', { timeout: 600_000 }, () => {
  let sandbox: Sandbox;
  let cli: AwsCli;
  let vpc: { subnets: string[]; group: string };

  beforeAll(async () => {
    sandbox = await startSandbox({ speed: 10_000 });
    cli = startAwsCli();
    vpc = await makeVpc();
  });

  afterAll(async () => {
    cli.stop();
    await sandbox.stop();
  });

  async function aws(service: string, command: string, ...flags: string[]): Promise<Record<string, unknown>> {
    // Version 1 of the CLI ignores AWS_ENDPOINT_URL for RDS in us-east-1.
    const general = ['--output', 'json', '--endpoint-url', sandbox.endpoint];
    const stdout = await cli.run([service, ...command.split(' '), ...general, ...flags], sandbox.env);
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  }

  const rds = (command: string, ...flags: string[]) => aws('rds', command, ...flags);

  /** Polls in process, because the CLI's waiters look every 30 seconds only; the waiter itself then looks once. */
  async function waitFor(waiter: string, ...flags: [string, string]): Promise<void> {
    const [kind = '', wanted = ''] = waiter.match(/^(.+)-(available|deleted)$/)?.slice(1) ?? [];
    const capital = kind
      .split('-')
      .map((word) => (word === 'db' ? 'DB' : word.charAt(0).toUpperCase() + word.slice(1)))
      .join('');
    const member = flags[0]
      .slice(2)
      .split('-')
      .map((word) => (word === 'db' ? 'DB' : word.charAt(0).toUpperCase() + word.slice(1)))
      .join('');
    const isThere = async (): Promise<boolean> => {
      const answer = await sandbox
        .call('rds', `Describe${capital}s`, { [member]: flags[1] })
        .catch(() => ({}));
      const [found] = Object.values(answer).find(Array.isArray) ?? [];
      const { DBInstanceStatus, Status } = (found ?? {}) as Record<string, unknown>;
      return wanted === 'deleted' ? found === undefined : (DBInstanceStatus ?? Status) === 'available';
    };
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
    await rds(`wait ${waiter}`, ...flags);
  }

  async function makeVpc(): Promise<typeof vpc> {
    const made = await sandbox.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { VpcId } = made['Vpc'] as { VpcId: string };
    const subnet = async (zone: string, cidr: string): Promise<string> => {
      const answer = await sandbox.call('ec2', 'CreateSubnet', {
        VpcId,
        CidrBlock: cidr,
        AvailabilityZone: zone,
      });
      return (answer['Subnet'] as { SubnetId: string }).SubnetId;
    };
    const subnets = [await subnet('us-east-1a', '10.0.1.0/24'), await subnet('us-east-1b', '10.0.2.0/24')];
    const group = await sandbox.call('ec2', 'CreateSecurityGroup', {
      VpcId,
      GroupName: 'db',
      Description: 'db',
    });
    return { subnets, group: String(group['GroupId']) };
  }

  it('makes, changes, restores and deletes an instance and what belongs to it', async () => {
    await rds(
      'create-db-subnet-group',
      '--db-subnet-group-name',
      'cli',
      '--db-subnet-group-description',
      'd',
      '--subnet-ids',
      ...vpc.subnets,
    );
    await rds('modify-db-subnet-group', '--db-subnet-group-name', 'cli', '--subnet-ids', ...vpc.subnets);
    expect(await rds('describe-db-subnet-groups', '--db-subnet-group-name', 'cli')).toMatchObject({
      DBSubnetGroups: [{ DBSubnetGroupName: 'cli', Subnets: [{}, {}] }],
    });
    const family = ['--db-parameter-group-family', 'postgres17', '--description', 'd'];
    await rds('create-db-parameter-group', '--db-parameter-group-name', 'cli-pg', ...family);
    const parameters = ['--parameters', 'ParameterName=work_mem,ParameterValue=8192,ApplyMethod=immediate'];
    await rds('modify-db-parameter-group', '--db-parameter-group-name', 'cli-pg', ...parameters);
    expect(
      await rds('describe-db-parameters', '--db-parameter-group-name', 'cli-pg', '--source', 'user'),
    ).toMatchObject({
      Parameters: [
        { ParameterName: 'work_mem', ParameterValue: '8192', ApplyType: 'dynamic', IsModifiable: true },
      ],
    });
    const network = ['--db-subnet-group-name', 'cli', '--vpc-security-group-ids', vpc.group];
    const created = await rds(
      'create-db-instance', '--db-instance-identifier', 'cli-db', '--db-instance-class', 'db.t4g.micro', '--engine', 'postgres',
      '--engine-version', '17.7', '--allocated-storage', '20', '--master-username', 'raguser', '--master-user-password', 'a-password',
      '--db-name', 'ragdb', '--db-parameter-group-name', 'cli-pg', '--tags', 'Key=a,Value=b', ...network,
    ); // prettier-ignore
    expect(created).toMatchObject({
      DBInstance: { DBInstanceStatus: 'creating', VpcSecurityGroups: [{ VpcSecurityGroupId: vpc.group }] },
    });
    await waitFor('db-instance-available', '--db-instance-identifier', 'cli-db');
    const { DBInstances } = await rds(
      'describe-db-instances',
      '--filters',
      'Name=db-instance-id,Values=cli-db',
    );
    const [view] = DBInstances as [{ DBInstanceArn: string; Endpoint: { Port: number }; TagList: unknown }];
    expect(view).toMatchObject({ Endpoint: { Port: 5432 }, TagList: [{ Key: 'a', Value: 'b' }] });
    const resource = ['--resource-name', view.DBInstanceArn];
    await rds('add-tags-to-resource', ...resource, '--tags', 'Key=c,Value=d');
    await rds('remove-tags-from-resource', ...resource, '--tag-keys', 'a');
    expect(await rds('list-tags-for-resource', ...resource)).toEqual({ TagList: [{ Key: 'c', Value: 'd' }] });
    const instance: [string, string] = ['--db-instance-identifier', 'cli-db'];
    await rds('modify-db-instance', ...instance, '--deletion-protection', '--apply-immediately');
    await expect(rds('delete-db-instance', ...instance, '--skip-final-snapshot')).rejects.toThrow(
      'InvalidParameterCombination',
    );
    await rds('modify-db-instance', ...instance, '--no-deletion-protection');
    await rds('reboot-db-instance', ...instance);
    await waitFor('db-instance-available', ...instance);
    await rds('stop-db-instance', ...instance);
    await settled(() => rds('start-db-instance', ...instance));
    await waitFor('db-instance-available', ...instance);
    await rds('create-db-snapshot', ...instance, '--db-snapshot-identifier', 'cli-snapshot');
    await waitFor('db-snapshot-available', '--db-snapshot-identifier', 'cli-snapshot');
    await rds(
      'copy-db-snapshot',
      '--source-db-snapshot-identifier',
      'cli-snapshot',
      '--target-db-snapshot-identifier',
      'cli-copy',
    );
    await waitFor('db-snapshot-available', '--db-snapshot-identifier', 'cli-copy');
    const { DBSnapshots } = await rds('describe-db-snapshots', ...instance);
    expect(DBSnapshots).toMatchObject([
      { PercentProgress: 100, Engine: 'postgres' },
      { Status: 'available' },
    ]);
    await rds('delete-db-snapshot', '--db-snapshot-identifier', 'cli-copy');
    const restored: [string, string] = ['--db-instance-identifier', 'cli-restored'];
    await rds(
      'restore-db-instance-from-db-snapshot',
      ...restored,
      '--db-snapshot-identifier',
      'cli-snapshot',
      ...network,
    );
    await waitFor('db-instance-available', ...restored);
    await rds('delete-db-instance', ...restored, '--skip-final-snapshot');
    await rds('delete-db-instance', ...instance, '--final-db-snapshot-identifier', 'cli-final');
    await waitFor('db-instance-deleted', ...instance);
    await waitFor('db-instance-deleted', ...restored);
    await rds('delete-db-subnet-group', '--db-subnet-group-name', 'cli');
    await rds('reset-db-parameter-group', '--db-parameter-group-name', 'cli-pg', '--reset-all-parameters');
    expect(await rds('describe-db-parameter-groups', '--db-parameter-group-name', 'cli-pg')).toMatchObject({
      DBParameterGroups: [{}],
    });
    await rds('delete-db-parameter-group', '--db-parameter-group-name', 'cli-pg');
    const events = await rds(
      'describe-events',
      '--source-type',
      'db-instance',
      '--source-identifier',
      'cli-db',
    );
    expect(JSON.stringify(events)).toContain('DB instance deleted');
  });

  it('makes, changes, restores and deletes a cluster and what belongs to it', async () => {
    const groupName = ['--db-cluster-parameter-group-name', 'cli-cpg'];
    await rds(
      'create-db-cluster-parameter-group',
      ...groupName,
      '--db-parameter-group-family',
      'aurora-postgresql17',
      '--description',
      'd',
    );
    const parameters = [
      '--parameters',
      'ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot',
    ];
    await rds('modify-db-cluster-parameter-group', ...groupName, ...parameters);
    const rows = await rds('describe-db-cluster-parameters', ...groupName, '--source', 'user');
    expect(rows).toMatchObject({
      Parameters: [{ ParameterName: 'rds.logical_replication', ApplyType: 'static' }],
    });
    const cluster: [string, string] = ['--db-cluster-identifier', 'cli-cluster'];
    const aurora = ['--engine', 'aurora-postgresql', '--engine-version', '17.7'];
    const scaling = ['--serverless-v2-scaling-configuration', 'MinCapacity=0.5,MaxCapacity=1'];
    const master = ['--master-username', 'raguser', '--master-user-password', 'a-password'];
    await rds('create-db-cluster', ...cluster, ...aurora, ...scaling, ...master, ...groupName);
    await waitFor('db-cluster-available', ...cluster);
    const writer: [string, string] = ['--db-instance-identifier', 'cli-writer'];
    await rds(
      'create-db-instance',
      ...writer,
      '--engine',
      'aurora-postgresql',
      '--db-instance-class',
      'db.serverless',
      ...cluster,
    );
    await waitFor('db-instance-available', ...writer);
    await rds(
      'modify-db-cluster',
      ...cluster,
      '--serverless-v2-scaling-configuration',
      'MinCapacity=1,MaxCapacity=4',
    );
    const { DBClusters } = await rds('describe-db-clusters', ...cluster);
    expect(DBClusters).toMatchObject([
      {
        Port: 5432,
        ServerlessV2ScalingConfiguration: { MaxCapacity: 4 },
        DBClusterMembers: [{ IsClusterWriter: true }],
      },
    ]);
    await rds('create-db-cluster-snapshot', ...cluster, '--db-cluster-snapshot-identifier', 'cli-cs');
    await waitFor('db-cluster-snapshot-available', '--db-cluster-snapshot-identifier', 'cli-cs');
    expect(await rds('describe-db-cluster-snapshots', ...cluster)).toMatchObject({
      DBClusterSnapshots: [{ Status: 'available' }],
    });
    const restored: [string, string] = ['--db-cluster-identifier', 'cli-restored-cluster'];
    await rds('restore-db-cluster-from-snapshot', ...restored, '--snapshot-identifier', 'cli-cs', ...aurora);
    await waitFor('db-cluster-available', ...restored);
    await rds('delete-db-cluster', ...restored, '--skip-final-snapshot');
    await rds('delete-db-instance', ...writer);
    await waitFor('db-instance-deleted', ...writer);
    await rds('delete-db-cluster', ...cluster, '--skip-final-snapshot');
    await waitFor('db-cluster-deleted', ...cluster);
    await rds('delete-db-cluster-snapshot', '--db-cluster-snapshot-identifier', 'cli-cs');
    await rds('reset-db-cluster-parameter-group', ...groupName, '--reset-all-parameters');
    await rds('describe-db-cluster-parameter-groups', ...groupName);
    await rds('delete-db-cluster-parameter-group', ...groupName);
  });

  it('reads versions, classes, quotas and certificates', async () => {
    const { DBEngineVersions } = await rds(
      'describe-db-engine-versions',
      '--engine',
      'aurora-postgresql',
      '--engine-version',
      '17.7',
    );
    expect(DBEngineVersions).toMatchObject([
      {
        Status: 'available',
        DBParameterGroupFamily: 'aurora-postgresql17',
        ServerlessV2FeaturesSupport: { MinCapacity: 0, MaxCapacity: 256 },
      },
    ]);
    const classes = [
      '--engine',
      'aurora-postgresql',
      '--engine-version',
      '17.7',
      '--db-instance-class',
      'db.serverless',
    ];
    expect(await rds('describe-orderable-db-instance-options', ...classes)).toMatchObject({
      OrderableDBInstanceOptions: [{ DBInstanceClass: 'db.serverless' }],
    });
    const { AccountQuotas } = await rds('describe-account-attributes');
    expect(AccountQuotas).toEqual(
      expect.arrayContaining([expect.objectContaining({ AccountQuotaName: 'DBClusters', Max: 40 })]),
    );
    expect(await rds('describe-certificates')).toMatchObject({
      Certificates: [{ CertificateType: 'CA' }, {}, {}],
    });
    expect(await rds('describe-db-instance-automated-backups')).toEqual({ DBInstanceAutomatedBackups: [] });
    expect(await rds('describe-pending-maintenance-actions')).toEqual({ PendingMaintenanceActions: [] });
  });

  /** Repeats a call for as long as the resource is in another state. */
  async function settled(call: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await call();
        return;
      } catch (error) {
        if (!String(error).includes('InvalidDBInstanceState')) throw error;
      }
    }
  }
});
