import { expect, test } from 'vitest';
import { AwsError } from '../../../src/sandbox/service.js';
import { FakeCloud, parameter } from './fake-cloud.js';

const instance = (more: object = {}, attributes: object = {}) => ({
  Type: 'AWS::RDS::DBInstance',
  ...attributes,
  Properties: { DBInstanceIdentifier: 'old', Engine: 'postgres', DBInstanceClass: 'db.t4g.micro', ...more },
});
const cluster = {
  Type: 'AWS::RDS::DBCluster',
  Properties: { DBClusterIdentifier: 'new', Engine: 'aurora-postgresql', Port: 5432 },
};

test('replacing RDSInstance by AuroraCluster in one update deletes the instance in the clean-up phase', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { RDSInstance: instance({}, { DeletionPolicy: 'Delete' }) } });
  expect(await cloud.update('s', { Resources: { AuroraCluster: cluster } })).toBe('UPDATE_COMPLETE');
  expect([...cloud.databases.keys()]).toEqual(['new']);
  const events = await cloud.events('s');
  expect(events.indexOf('AuroraCluster CREATE_COMPLETE')).toBeLessThan(
    events.indexOf('s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
  );
  expect(events.indexOf('s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')).toBeLessThan(
    events.indexOf('RDSInstance DELETE_IN_PROGRESS'),
  );
});

test('an instance without a policy of its own leaves a final snapshot when it is removed', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { RDSInstance: instance() } });
  await cloud.update('s', { Resources: { AuroraCluster: cluster } });
  const call = cloud.calls.find(({ action }) => action === 'DeleteDBInstance');
  expect(call?.input).toMatchObject({
    SkipFinalSnapshot: false,
    FinalDBSnapshotIdentifier: expect.stringMatching(/^s-snapshot-rdsinstance-[a-z0-9]{12}$/),
  });
});

test('Retain keeps what an update removes', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { RDSInstance: instance({}, { DeletionPolicy: 'Retain' }) } });
  await cloud.update('s', { Resources: { AuroraCluster: cluster } });
  expect([...cloud.databases.keys()]).toEqual(['old', 'new']);
  expect(await cloud.events('s')).toContain('RDSInstance DELETE_SKIPPED');
});

test('a changed DeletionPolicy alone is no update; with Metadata beside it, it is one', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { RDSInstance: instance() } });
  const retained = { RDSInstance: instance({}, { DeletionPolicy: 'Retain' }) };
  await expect(cloud.update('s', { Resources: retained })).rejects.toThrow('No updates are to be performed.');
  const marked = { RDSInstance: instance({}, { DeletionPolicy: 'Retain', Metadata: { step: 1 } }) };
  expect(await cloud.update('s', { Resources: marked })).toBe('UPDATE_COMPLETE');
  await cloud.update('s', { Resources: { AuroraCluster: cluster } });
  expect([...cloud.databases.keys()]).toContain('old');
});

test('a create-only change replaces the resource: new first, then the old one by UpdateReplacePolicy', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { D: instance() } });
  await cloud.update('s', { Resources: { D: instance({ DBInstanceIdentifier: 'newer' }) } });
  expect(cloud.actions('rds').filter((action) => /^(Create|Delete)/.test(action))).toEqual([
    'CreateDBInstance',
    'CreateDBInstance',
    'DeleteDBInstance',
  ]);
  expect(cloud.calls.find(({ action }) => action === 'DeleteDBInstance')?.input).toMatchObject({
    DBInstanceIdentifier: 'old',
    SkipFinalSnapshot: true,
  });
  await cloud.update('s', {
    Resources: { D: instance({ DBInstanceIdentifier: 'third' }, { UpdateReplacePolicy: 'Retain' }) },
  });
  expect([...cloud.databases.keys()]).toEqual(['newer', 'third']);
});

test('a named resource cannot be replaced under its own name', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { D: instance() } });
  expect(await cloud.update('s', { Resources: { D: instance({ MasterUsername: 'other' }) } })).toBe(
    'UPDATE_ROLLBACK_COMPLETE',
  );
  expect((await cloud.events('s')).join()).toContain('Rename old and update the stack again.');
});

test('a failed update puts changed resources back, deletes new ones and says why', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'one') } });
  const Resources = {
    A: parameter('/a', 'two'),
    B: parameter('/b', 'x'),
    C: { ...parameter('/a', 'taken'), DependsOn: ['A', 'B'] },
  };
  expect(await cloud.update('s', { Resources })).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(Object.fromEntries(cloud.parameters)).toEqual({ '/a': 'one' });
  const events = await cloud.events('s');
  expect(events.find((event) => event.startsWith('C CREATE_FAILED'))).toContain(
    'The parameter already exists. (Service: Ssm, Status Code: 400',
  );
  expect(events).toContain('s UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [C].');
  const again = { Resources: { A: parameter('/a', 'three') } };
  expect(await cloud.update('s', again)).toBe('UPDATE_COMPLETE');
});

test('a rollback that fails can be continued past the resource that holds it up', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: instance() } });
  cloud.overrides.set('rds:ModifyDBInstance', () => {
    throw new AwsError('InvalidDBInstanceState', 'not now');
  });
  expect(await cloud.update('s', { Resources: { A: instance({ DBInstanceClass: 'db.r6g.large' }) } })).toBe(
    'UPDATE_ROLLBACK_FAILED',
  );
  await expect(cloud.update('s', { Resources: { A: instance() } })).rejects.toThrow(
    'is in UPDATE_ROLLBACK_FAILED state and can not be updated',
  );
  await cloud.cfn('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip: ['A'] });
  expect(await cloud.settled('s')).toBe('UPDATE_ROLLBACK_COMPLETE');
});

test('what cannot be deleted in the clean-up phase is tried three times and then left', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x'), B: parameter('/b', 'x') } });
  cloud.overrides.set('ssm:DeleteParameter', () => {
    throw new AwsError('InternalServerError', 'no', 500);
  });
  expect(await cloud.update('s', { Resources: { A: parameter('/a', 'y') } })).toBe('UPDATE_COMPLETE');
  expect((await cloud.events('s')).filter((event) => event.startsWith('B DELETE_FAILED'))).toHaveLength(3);
});

test('nothing but a dynamic reference in the text means nothing changes when the secret does', async () => {
  const cloud = new FakeCloud();
  const Resources = {
    S: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'pw', SecretString: '{"password":"one"}' },
    },
    D: instance({
      MasterUserPassword: { 'Fn::Sub': '{{resolve:secretsmanager:${S}:SecretString:password}}' },
    }),
  };
  await cloud.create('s', { Resources });
  expect(cloud.databases.get('old')).toMatchObject({ MasterUserPassword: 'one' });
  for (const key of cloud.secrets.keys()) cloud.secrets.set(key, '{"password":"two"}');
  await expect(cloud.update('s', { Resources })).rejects.toThrow('No updates are to be performed.');
  expect(JSON.stringify(await cloud.cfn('DescribeStackEvents', { StackName: 's' }))).not.toContain('"one"');
});

test('a logical id cannot change its type', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  await expect(cloud.update('s', { Resources: { A: cluster } })).rejects.toThrow(
    'modifies resource type of the following resources: [A]',
  );
});

test('the same client token answers once more and does nothing; with another request it is refused', async () => {
  const cloud = new FakeCloud();
  const body = JSON.stringify({ Resources: { A: parameter('/a', 'x') } });
  const request = { StackName: 's', TemplateBody: body, ClientRequestToken: 'token-1' };
  const { StackId } = await cloud.cfn('CreateStack', request);
  expect(await cloud.cfn('CreateStack', request)).toEqual({ StackId });
  await cloud.settled('s');
  await expect(cloud.cfn('CreateStack', { ...request, OnFailure: 'DELETE' })).rejects.toMatchObject({
    code: 'TokenAlreadyExistsException',
  });
});
