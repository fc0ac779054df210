import { expect, test } from 'vitest';
import { FakeCloud } from './fake-cloud.js';

const secret = (properties: object) => ({
  Type: 'AWS::SecretsManager::Secret',
  Properties: { Name: 'pw', ...properties },
});
const generated = secret({
  GenerateSecretString: {
    SecretStringTemplate: '{"username":"raguser"}',
    GenerateStringKey: 'password',
    PasswordLength: '20',
    ExcludePunctuation: 'true',
  },
});
const instance = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBInstanceIdentifier: 'db', Engine: 'postgres', DBName: 'rag' },
};
const cluster = {
  Type: 'AWS::RDS::DBCluster',
  Properties: { DBClusterIdentifier: 'cl', Engine: 'aurora-postgresql', DatabaseName: 'rag', Port: 5432 },
};
const attachment = (kind: string, target: string) => ({
  Type: 'AWS::SecretsManager::SecretTargetAttachment',
  Properties: { SecretId: { Ref: 'S' }, TargetType: `AWS::RDS::${kind}`, TargetId: { Ref: target } },
});

function valueOf(cloud: FakeCloud): unknown {
  const [text = ''] = [...cloud.secrets.values()];
  return JSON.parse(text);
}

test('a generated secret puts the password into its template, by the rules given', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { S: generated } });
  expect(valueOf(cloud)).toEqual({ username: 'raguser', password: 'x'.repeat(20) });
  const call = cloud.calls.find(({ action }) => action === 'GetRandomPassword');
  expect(call?.input).toEqual({ PasswordLength: 20, ExcludePunctuation: true });
});

test('an attachment writes the connection into the secret and keeps the rest', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { S: generated, D: instance, T: attachment('DBInstance', 'D') } });
  expect(valueOf(cloud)).toEqual({
    username: 'raguser',
    password: 'x'.repeat(20),
    engine: 'postgres',
    host: 'db.local',
    port: 5432,
    dbname: 'rag',
    dbInstanceIdentifier: 'db',
  });
});

test('an attachment that moves to a cluster leaves nothing of the instance behind', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { S: generated, D: instance, T: attachment('DBInstance', 'D') } });
  expect(
    await cloud.update('s', { Resources: { S: generated, C: cluster, T: attachment('DBCluster', 'C') } }),
  ).toBe('UPDATE_COMPLETE');
  expect(valueOf(cloud)).toMatchObject({ host: 'cl.cluster.local', dbClusterIdentifier: 'cl' });
  expect(valueOf(cloud)).not.toHaveProperty('dbInstanceIdentifier');
});

test('an attachment that is removed strips the connection from the secret', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { S: generated, D: instance, T: attachment('DBInstance', 'D') } });
  await cloud.update('s', { Resources: { S: generated, D: instance } });
  expect(valueOf(cloud)).toEqual({ username: 'raguser', password: 'x'.repeat(20) });
});

test('a cluster restored from a snapshot takes the password of the template afterwards', async () => {
  const cloud = new FakeCloud();
  const Properties = {
    ...cluster.Properties,
    SnapshotIdentifier: 'arn:snap',
    MasterUserPassword: 'from-the-template',
    MasterUsername: 'x',
  };
  await cloud.create('s', { Resources: { C: { ...cluster, Properties } } });
  const calls = cloud.calls.filter(({ action }) => !action.startsWith('Describe'));
  expect(calls.map(({ action }) => action)).toEqual(['RestoreDBClusterFromSnapshot', 'ModifyDBCluster']);
  expect(calls[0]?.input).not.toHaveProperty('MasterUserPassword');
  expect(calls[1]?.input).toMatchObject({ MasterUserPassword: 'from-the-template', ApplyImmediately: true });
});

test('a cluster without a port gets the default of the handler, 3306', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', {
    Resources: { C: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } } },
  });
  expect(cloud.calls.find(({ action }) => action === 'CreateDBCluster')?.input).toMatchObject({ Port: 3306 });
});

test('drift is what somebody changed behind the back of the stack, never a write-only property', async () => {
  const cloud = new FakeCloud();
  const Properties = {
    ...instance.Properties,
    DBInstanceClass: 'db.t4g.micro',
    MasterUserPassword: 'secret',
  };
  await cloud.create('s', { Resources: { D: { ...instance, Properties } } });
  cloud.databases.set('db', {
    ...cloud.databases.get('db'),
    DBInstanceClass: 'db.r6g.large',
    MasterUserPassword: 'other',
  });
  const { StackDriftDetectionId } = await cloud.cfn('DetectStackDrift', { StackName: 's' });
  const ask = async () => cloud.cfn('DescribeStackDriftDetectionStatus', { StackDriftDetectionId });
  while ((await ask())['DetectionStatus'] === 'DETECTION_IN_PROGRESS')
    await new Promise((resolve) => setImmediate(resolve));
  expect(await ask()).toMatchObject({ StackDriftStatus: 'DRIFTED', DriftedStackResourceCount: 1 });
  const drifts = await cloud.cfn('DescribeStackResourceDrifts', { StackName: 's' });
  expect(drifts['StackResourceDrifts']).toMatchObject([
    {
      LogicalResourceId: 'D',
      StackResourceDriftStatus: 'MODIFIED',
      PropertyDifferences: [
        { PropertyPath: '/DBInstanceClass', ExpectedValue: 'db.t4g.micro', ActualValue: 'db.r6g.large' },
      ],
    },
  ]);
});
