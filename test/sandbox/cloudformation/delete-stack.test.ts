import { expect, test } from 'vitest';
import { AwsError } from '../../../src/sandbox/service.js';
import { FakeCloud, parameter } from './fake-cloud.js';

test('a stack is deleted backwards, and found by its id only afterwards', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x'), B: parameter('/b', { Ref: 'A' }) } });
  const { StackId } = await cloud.stack('s');
  expect(await cloud.remove('s')).toBe('DELETE_COMPLETE');
  const deleted = cloud.calls
    .filter(({ action }) => action === 'DeleteParameter')
    .map(({ input }) => input['Name']);
  expect(deleted).toEqual(['/b', '/a']);
  await expect(cloud.stack('s')).rejects.toThrow('Stack with id s does not exist');
  expect((await cloud.stack(String(StackId)))['StackStatus']).toBe('DELETE_COMPLETE');
  expect(await cloud.create('s', { Resources: { A: parameter('/a', 'x') } })).toBe('CREATE_COMPLETE');
});

test('deleting a stack that is not there is no error', async () => {
  expect(await new FakeCloud().cfn('DeleteStack', { StackName: 'none' })).toEqual({});
});

test('an export in use cancels the deletion and leaves the stack as it was', async () => {
  const cloud = new FakeCloud();
  const Outputs = { O: { Value: { Ref: 'A' }, Export: { Name: 'net-a' } } };
  await cloud.create('net', { Resources: { A: parameter('/a', 'x') }, Outputs });
  await cloud.create('app', { Resources: { B: parameter('/b', { 'Fn::ImportValue': 'net-a' }) } });
  expect(await cloud.cfn('ListImports', { ExportName: 'net-a' })).toEqual({ Imports: ['app'] });
  expect(await cloud.remove('net')).toBe('CREATE_COMPLETE');
  expect((await cloud.stack('net'))['StackStatusReason']).toBe(
    'Delete canceled. Cannot delete export net-a as it is in use by app.',
  );
  expect(await cloud.update('net', { Resources: { A: parameter('/a', 'y') } })).toBe(
    'UPDATE_ROLLBACK_COMPLETE',
  );
  expect(cloud.parameters.get('/a')).toBe('x');
  await cloud.remove('app');
  expect(await cloud.remove('net')).toBe('DELETE_COMPLETE');
});

test('two stacks cannot export one name', async () => {
  const cloud = new FakeCloud();
  const template = (name: string) => ({
    Resources: { A: parameter(name, 'x') },
    Outputs: { O: { Value: 'v', Export: { Name: 'shared' } } },
  });
  await cloud.create('one', template('/1'));
  expect(await cloud.create('two', template('/2'))).toBe('ROLLBACK_COMPLETE');
  expect((await cloud.events('two')).join()).toContain(
    'Export with name shared is already exported by stack one',
  );
});

test('termination protection refuses the deletion', async () => {
  const cloud = new FakeCloud();
  await cloud.create(
    's',
    { Resources: { A: parameter('/a', 'x') } },
    { EnableTerminationProtection: 'true' },
  );
  await expect(cloud.cfn('DeleteStack', { StackName: 's' })).rejects.toThrow(
    'Stack [s] cannot be deleted while TerminationProtection is enabled',
  );
  await cloud.cfn('UpdateTerminationProtection', { StackName: 's', EnableTerminationProtection: 'false' });
  expect(await cloud.remove('s')).toBe('DELETE_COMPLETE');
});

test('what cannot be deleted leaves DELETE_FAILED with its cause; RetainResources lets it go', async () => {
  const cloud = new FakeCloud();
  const Resources = {
    C: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', DeletionProtection: true } },
    A: parameter('/a', 'x'),
  };
  await cloud.create('s', { Resources });
  await expect(cloud.cfn('DeleteStack', { StackName: 's', RetainResources: ['C'] })).rejects.toThrow(
    'only when the stack is in the DELETE_FAILED state',
  );
  expect(await cloud.remove('s')).toBe('DELETE_FAILED');
  expect((await cloud.events('s')).find((event) => event.startsWith('C DELETE_FAILED'))).toContain(
    'Cannot delete protected Cluster',
  );
  expect((await cloud.stack('s'))['StackStatusReason']).toBe(
    'The following resource(s) failed to delete: [C]. ',
  );
  expect(cloud.parameters.size).toBe(0);
  expect(await cloud.remove('s', { RetainResources: ['C'] })).toBe('DELETE_COMPLETE');
  expect(cloud.databases.size).toBe(1);
});

test('a stack in DELETE_FAILED can be deleted by force; what cannot go stays behind', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  cloud.overrides.set('ssm:DeleteParameter', () => {
    throw new AwsError('AccessDeniedException', 'no');
  });
  expect(await cloud.remove('s')).toBe('DELETE_FAILED');
  expect(await cloud.remove('s', { DeletionMode: 'FORCE_DELETE_STACK' })).toBe('DELETE_COMPLETE');
  expect(cloud.parameters.size).toBe(1);
});

test('a database goes with a final snapshot, a secret for good, and Retain stays', async () => {
  const cloud = new FakeCloud();
  const Resources = {
    D: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres' } },
    S: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
    A: parameter('/a', 'x', { DeletionPolicy: 'Retain' }),
  };
  await cloud.create('s', { Resources });
  await cloud.remove('s');
  expect(cloud.calls.find(({ action }) => action === 'DeleteDBInstance')?.input).toMatchObject({
    SkipFinalSnapshot: false,
  });
  expect(cloud.calls.find(({ action }) => action === 'DeleteSecret')?.input).toMatchObject({
    ForceDeleteWithoutRecovery: true,
  });
  expect(cloud.parameters.has('/a')).toBe(true);
});

test('RetainExceptOnCreate deletes on the rollback of the creation and keeps afterwards', async () => {
  const cloud = new FakeCloud();
  const policy = { DeletionPolicy: 'RetainExceptOnCreate' };
  const broken = { A: parameter('/a', 'x', policy), Z: { Type: 'AWS::Nope::Nope', DependsOn: 'A' } };
  expect(await cloud.create('s', { Resources: broken })).toBe('ROLLBACK_COMPLETE');
  expect(cloud.parameters.size).toBe(0);
  await cloud.remove('s');
  await cloud.create('s', { Resources: { A: parameter('/a', 'x', policy) } });
  await cloud.remove('s');
  expect(cloud.parameters.size).toBe(1);
});

test('a stack policy is given back as it was set', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', { Resources: { A: parameter('/a', 'x') } });
  expect(await cloud.cfn('GetStackPolicy', { StackName: 's' })).toEqual({});
  await cloud.cfn('SetStackPolicy', { StackName: 's', StackPolicyBody: '{"Statement":[]}' });
  expect(await cloud.cfn('GetStackPolicy', { StackName: 's' })).toEqual({
    StackPolicyBody: '{"Statement":[]}',
  });
});

test('a template summary says by what an import names a resource', async () => {
  const cloud = new FakeCloud();
  const Resources = {
    C: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } },
    S: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
  };
  const summary = await cloud.cfn('GetTemplateSummary', { TemplateBody: JSON.stringify({ Resources }) });
  expect(summary['ResourceIdentifierSummaries']).toEqual([
    {
      ResourceType: 'AWS::RDS::DBCluster',
      LogicalResourceIds: ['C'],
      ResourceIdentifiers: ['DBClusterIdentifier'],
    },
    { ResourceType: 'AWS::SecretsManager::Secret', LogicalResourceIds: ['S'], ResourceIdentifiers: ['Id'] },
  ]);
});
