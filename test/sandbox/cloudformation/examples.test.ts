import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import type { AwsStruct } from '../../../src/sandbox/service.js';
import { first, list } from './fake-cloud.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const cfn = async (action: string, input: AwsStruct): Promise<AwsStruct> =>
  sandbox.call('cloudformation', action, input);

async function example(file: string): Promise<string> {
  return readFile(
    new URL(`../../../examples/production-rag/infrastructure/${file}`, import.meta.url),
    'utf8',
  );
}

/** Looks every 100 ms until the status is no longer one of work under way. */
async function resting(look: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    const status = String(await look());
    if (!/_IN_PROGRESS$|_PENDING$/.test(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function create(StackName: string, file: string): Promise<void> {
  await cfn('CreateStack', {
    StackName,
    TemplateBody: await example(file),
    Capabilities: ['CAPABILITY_IAM'],
  });
  const status = await resting(
    async () => first((await cfn('DescribeStacks', { StackName }))['Stacks'])['StackStatus'],
  );
  const events = list((await cfn('DescribeStackEvents', { StackName }))['StackEvents']);
  const failures = events
    .filter((event) => String(event['ResourceStatus']).endsWith('_FAILED'))
    .map((event) => event['ResourceStatusReason']);
  expect({ status, failures }).toEqual({ status: 'CREATE_COMPLETE', failures: [] });
}

test.each(['network.yaml', 'rds.yaml', 'aurora.yaml', 'production.yaml'])(
  '%s is a valid template',
  async (file) => {
    const answer = await cfn('ValidateTemplate', { TemplateBody: await example(file) });
    expect(answer['Description']).toBeTypeOf('string');
  },
);

test('the after template over the stack of the before template would remove the database', async () => {
  await create('production-network-stack', 'network.yaml');
  await create('production-rag-stack', 'rds.yaml');
  const names = { StackName: 'production-rag-stack', ChangeSetName: 'move' };
  const TemplateBody = await example('production.yaml');
  await cfn('CreateChangeSet', { ...names, TemplateBody, Capabilities: ['CAPABILITY_IAM'] });
  expect(await resting(async () => (await cfn('DescribeChangeSet', names))['Status'])).toBe(
    'CREATE_COMPLETE',
  );
  const changes = list((await cfn('DescribeChangeSet', names))['Changes']).map(
    (change) => change['ResourceChange'] as AwsStruct,
  );
  const actions = Object.fromEntries(
    changes.map((change) => [change['LogicalResourceId'], change['Action']]),
  );
  expect(actions).toMatchObject({
    RDSInstance: 'Remove',
    AuroraCluster: 'Add',
    AuroraInstance: 'Add',
    DatabaseSecretAttachment: 'Modify',
  });
  expect(actions).not.toHaveProperty('DatabaseSecret');
  expect(changes.find((change) => change['LogicalResourceId'] === 'RDSInstance')).toMatchObject({
    PolicyAction: 'Snapshot',
    PhysicalResourceId: 'production-rag-db',
  });
}, 240_000);
