import { expect, test } from 'vitest';
import type { AwsStruct } from '../../../src/sandbox/service.js';
import { FakeCloud, first, list, parameter, tick } from './fake-cloud.js';

async function changeSet(
  cloud: FakeCloud,
  stack: string,
  template: unknown,
  more: AwsStruct = {},
): Promise<AwsStruct> {
  const TemplateBody = JSON.stringify(template);
  const { Id } = await cloud.cfn('CreateChangeSet', {
    StackName: stack,
    ChangeSetName: 'cs',
    TemplateBody,
    ...more,
  });
  for (;;) {
    const described = await cloud.cfn('DescribeChangeSet', {
      ChangeSetName: Id,
      IncludePropertyValues: 'true',
    });
    if (!String(described['Status']).endsWith('_IN_PROGRESS') && described['Status'] !== 'CREATE_PENDING')
      return described;
    await tick();
  }
}

const instance = (more: object = {}, attributes: object = {}) => ({
  Type: 'AWS::RDS::DBInstance',
  ...attributes,
  Properties: { DBInstanceIdentifier: 'db', Engine: 'postgres', DBInstanceClass: 'db.t4g.micro', ...more },
});
const resourceChanges = (described: AwsStruct): AwsStruct[] =>
  list(described['Changes']).map((change) => change['ResourceChange'] as AwsStruct);

test('a change set for a new stack leaves it in REVIEW_IN_PROGRESS, and executing it creates the stack', async () => {
  const cloud = new FakeCloud();
  const described = await changeSet(
    cloud,
    's',
    { Resources: { A: parameter('/a', 'x') } },
    { ChangeSetType: 'CREATE' },
  );
  expect(described).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(resourceChanges(described)).toMatchObject([
    { Action: 'Add', LogicalResourceId: 'A', ResourceType: 'AWS::SSM::Parameter' },
  ]);
  expect((await cloud.stack('s'))['StackStatus']).toBe('REVIEW_IN_PROGRESS');
  await expect(cloud.create('s', { Resources: { A: parameter('/a', 'x') } })).rejects.toMatchObject({
    code: 'AlreadyExistsException',
  });
  await cloud.cfn('ExecuteChangeSet', { ChangeSetName: 'cs', StackName: 's' });
  expect(await cloud.settled('s')).toBe('CREATE_COMPLETE');
  await expect(cloud.cfn('ExecuteChangeSet', { ChangeSetName: 'cs', StackName: 's' })).rejects.toMatchObject({
    code: 'InvalidChangeSetStatus',
  });
});

test('a change set without changes fails with the words that tools look for', async () => {
  const cloud = new FakeCloud();
  const template = { Resources: { A: parameter('/a', 'x') } };
  await cloud.create('s', template);
  const described = await changeSet(cloud, 's', template);
  expect(described).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason: expect.stringContaining("didn't contain changes"),
  });
});

test('a removal, a replacement and a change in place are told apart, with the policy that will decide', async () => {
  const cloud = new FakeCloud();
  const before = {
    Old: instance(),
    Moved: instance({ DBInstanceIdentifier: 'moved' }),
    Kept: parameter('/k', 'x'),
  };
  await cloud.create('s', { Resources: before });
  const after = {
    Moved: instance({ DBInstanceIdentifier: 'moved-2' }, { UpdateReplacePolicy: 'Snapshot' }),
    Kept: parameter('/k', 'y'),
  };
  const changes = resourceChanges(await changeSet(cloud, 's', { Resources: after }));
  expect(changes).toMatchObject([
    {
      LogicalResourceId: 'Moved',
      Action: 'Modify',
      Replacement: 'True',
      PolicyAction: 'ReplaceAndSnapshot',
      PhysicalResourceId: 'moved',
      Scope: ['Properties', 'UpdateReplacePolicy'],
    },
    { LogicalResourceId: 'Kept', Action: 'Modify', Replacement: 'False' },
    { LogicalResourceId: 'Old', Action: 'Remove', PolicyAction: 'Snapshot', PhysicalResourceId: 'db' },
  ]);
  const [detail] = list(changes[0]?.['Details']);
  expect(detail).toMatchObject({
    Target: {
      Attribute: 'Properties',
      Name: 'DBInstanceIdentifier',
      RequiresRecreation: 'Always',
      BeforeValue: 'moved',
      AfterValue: 'moved-2',
    },
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
  });
});

test('a change that came through a parameter, or through another resource, says so', async () => {
  const cloud = new FakeCloud();
  const template = {
    Parameters: { Class: { Type: 'String' } },
    Resources: {
      D: instance({ DBInstanceClass: { Ref: 'Class' } }),
      A: parameter('/a', { 'Fn::GetAtt': ['D', 'Endpoint.Address'] }),
    },
  };
  const given = (ParameterValue: string) => ({ Parameters: [{ ParameterKey: 'Class', ParameterValue }] });
  await cloud.create('s', template, given('db.t4g.micro'));
  const changes = resourceChanges(await changeSet(cloud, 's', template, given('db.r6g.large')));
  expect(list(changes[0]?.['Details'])).toMatchObject([
    { ChangeSource: 'ParameterReference', CausingEntity: 'Class', Target: { RequiresRecreation: 'Never' } },
  ]);
  expect(list(changes[1]?.['Details'])).toMatchObject([
    { ChangeSource: 'ResourceAttribute', CausingEntity: 'D.Endpoint.Address', Evaluation: 'Dynamic' },
  ]);
});

test('what a new resource will be called is known after apply only', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  const Resources = {
    D: instance({ DBInstanceIdentifier: 'other' }),
    A: parameter('/a', { 'Fn::GetAtt': ['D', 'Endpoint.Address'] }),
  };
  const changes = resourceChanges(await changeSet(cloud, 's', { Resources }));
  const changed = changes.find((change) => change['LogicalResourceId'] === 'A');
  expect(first(changed?.['Details'])['Target']).toMatchObject({
    AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}',
  });
});

test('executing a change set deletes the others of its stack', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  const template = { Resources: { A: parameter('/a', 'y') } };
  await changeSet(cloud, 's', template, { ChangeSetName: 'one' });
  await changeSet(cloud, 's', template, { ChangeSetName: 'two' });
  await cloud.cfn('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'two' });
  await cloud.settled('s');
  await expect(
    cloud.cfn('DescribeChangeSet', { StackName: 's', ChangeSetName: 'one' }),
  ).rejects.toMatchObject({ code: 'ChangeSetNotFound', status: 404 });
  expect(cloud.parameters.get('/a')).toBe('y');
});

test('another update makes the change sets of a stack obsolete', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  await changeSet(cloud, 's', { Resources: { A: parameter('/a', 'y') } });
  await cloud.update('s', { Resources: { A: parameter('/a', 'z') } });
  expect(await cloud.cfn('DescribeChangeSet', { StackName: 's', ChangeSetName: 'cs' })).toMatchObject({
    ExecutionStatus: 'OBSOLETE',
  });
});

test('a role needs a capability, a named role the greater one', async () => {
  const cloud = new FakeCloud();
  const role = (more: object) => ({
    Resources: { R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...more } } },
  });
  const create = async (template: object, Capabilities: string[]) =>
    changeSet(cloud, 's', template, { ChangeSetType: 'CREATE', Capabilities });
  await expect(create(role({}), [])).rejects.toMatchObject({
    code: 'InsufficientCapabilitiesException',
    message: 'Requires capabilities : [CAPABILITY_IAM]',
  });
  await expect(create(role({ RoleName: 'x' }), ['CAPABILITY_IAM'])).rejects.toMatchObject({
    message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
  });
  expect(await create(role({}), ['CAPABILITY_IAM'])).toMatchObject({ Status: 'CREATE_COMPLETE' });
});

test('a change set of type IMPORT takes in what it names and refuses to touch anything else', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  cloud.databases.set('db', {
    DBInstanceIdentifier: 'db',
    DBInstanceStatus: 'available',
    Endpoint: { Address: 'db.local', Port: 5432 },
  });
  const more = {
    ChangeSetType: 'IMPORT',
    ResourcesToImport: [
      {
        ResourceType: 'AWS::RDS::DBInstance',
        LogicalResourceId: 'D',
        ResourceIdentifier: { DBInstanceIdentifier: 'db' },
      },
    ],
  };
  const template = (value: string, policy: object) => ({
    Resources: { A: parameter('/a', value), D: instance({}, policy) },
  });
  await expect(changeSet(cloud, 's', template('x', {}), more)).rejects.toThrow(
    'must have the DeletionPolicy attribute',
  );
  expect(await changeSet(cloud, 's', template('y', { DeletionPolicy: 'Retain' }), more)).toMatchObject({
    Status: 'FAILED',
    StatusReason: expect.stringContaining('modified resources [A]'),
  });
  await cloud.cfn('DeleteChangeSet', { StackName: 's', ChangeSetName: 'cs' });
  const described = await changeSet(cloud, 's', template('x', { DeletionPolicy: 'Retain' }), more);
  expect(resourceChanges(described)).toMatchObject([
    { Action: 'Import', LogicalResourceId: 'D', PhysicalResourceId: 'db' },
  ]);
  await cloud.cfn('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'cs' });
  expect(await cloud.settled('s')).toBe('IMPORT_COMPLETE');
  expect(cloud.actions('rds').every((action) => action.startsWith('Describe'))).toBe(true);
});
