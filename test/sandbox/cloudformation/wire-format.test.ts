import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';

let sandbox: Sandbox;
let client: CloudFormationClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  const credentials = { accessKeyId: 'AKIASANDBOX1', secretAccessKey: 'any' };
  client = new CloudFormationClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
});
afterAll(() => sandbox.stop());

const waiter = () => ({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 });
const template = (value: string): string => `
Description: one parameter
Parameters:
  Secret: {Type: String, NoEcho: true, Default: quiet, AllowedValues: [quiet, loud]}
Resources:
  Setting:
    Type: AWS::SSM::Parameter
    Properties: {Name: /wire/setting, Type: String, Value: ${value}}
Outputs:
  Name: {Value: !Ref Setting, Description: its name, Export: {Name: !Sub '\${AWS::StackName}-name'}}
`;

test('the SDK creates, changes by change set and deletes a stack, and its waiters end', async () => {
  const StackName = 'wire';
  const Tags = [{ Key: 'team', Value: 'a&b <c>' }];
  await client.send(new CreateStackCommand({ StackName, TemplateBody: template('one'), Tags }));
  await waitUntilStackCreateComplete(waiter(), { StackName });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks[0]).toMatchObject({
    StackName,
    Description: 'one parameter',
    Tags,
    EnableTerminationProtection: false,
    Parameters: [{ ParameterKey: 'Secret', ParameterValue: '****' }],
    Outputs: [
      { OutputKey: 'Name', OutputValue: '/wire/setting', Description: 'its name', ExportName: 'wire-name' },
    ],
    CreationTime: expect.any(Date),
  });

  const change = { StackName, ChangeSetName: 'change' };
  await client.send(new CreateChangeSetCommand({ ...change, TemplateBody: template('two') }));
  await waitUntilChangeSetCreateComplete(waiter(), change);
  const { Changes } = await client.send(new DescribeChangeSetCommand(change));
  expect(Changes).toMatchObject([
    {
      Type: 'Resource',
      ResourceChange: {
        Action: 'Modify',
        LogicalResourceId: 'Setting',
        Replacement: 'False',
        Scope: ['Properties'],
      },
    },
  ]);
  await client.send(new ExecuteChangeSetCommand(change));
  await waitUntilStackUpdateComplete(waiter(), { StackName });

  const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName }));
  expect(StackResourceSummaries).toMatchObject([
    { LogicalResourceId: 'Setting', PhysicalResourceId: '/wire/setting', ResourceStatus: 'UPDATE_COMPLETE' },
  ]);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  expect(StackEvents[0]).toMatchObject({ ResourceStatus: 'UPDATE_COMPLETE', Timestamp: expect.any(Date) });
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
  expect(TemplateBody).toBe(template('two'));

  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(waiter(), { StackName: Stacks[0]?.StackId });
  await expect(client.send(new DescribeStacksCommand({ StackName }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id wire does not exist',
    $metadata: { httpStatusCode: 400 },
  });
});

test('the SDK reads what a template wants', async () => {
  const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody: template('x') }));
  expect(summary).toMatchObject({
    ResourceTypes: ['AWS::SSM::Parameter'],
    Parameters: [
      {
        ParameterKey: 'Secret',
        NoEcho: true,
        DefaultValue: '****',
        ParameterConstraints: { AllowedValues: ['quiet', 'loud'] },
      },
    ],
  });
});
