import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import { isAwsCliInstalled, startAwsCli, type AwsCli } from '../aws-cli.js';

const withCli = test.skipIf(!isAwsCliInstalled);
let sandbox: Sandbox;
let cli: AwsCli;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  cli = startAwsCli();
  folder = await mkdtemp(join(tmpdir(), 'cfn-cli-'));
});
afterAll(async () => {
  cli.stop();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

function aws(...args: string[]): Promise<string> {
  const command = ['--endpoint-url', sandbox.endpoint, '--output', 'json', 'cloudformation', ...args];
  return cli.run(command, sandbox.env);
}

async function templateFile(): Promise<string> {
  const path = join(folder, 'template.yaml');
  const body = `
Parameters:
  Value: {Type: String, Default: one}
Resources:
  Setting:
    Type: AWS::SSM::Parameter
    Properties: {Name: !Sub "/\${AWS::StackName}/setting", Type: String, Value: !Ref Value}
Outputs:
  Value: {Value: !GetAtt Setting.Value}
`;
  await writeFile(path, body);
  return path;
}

const patience = 300_000;

withCli(
  'aws cloudformation deploy makes a stack, changes it, and says when nothing changed',
  async () => {
    const template = ['--stack-name', 'cli', '--template-file', await templateFile()];
    const deploy = async (...more: string[]) =>
      aws('deploy', ...template, '--no-fail-on-empty-changeset', ...more);
    expect(await deploy()).toContain('Successfully created/updated stack - cli');
    const changed = await deploy('--parameter-overrides', 'Value=two');
    expect(changed).toContain('Successfully created/updated stack - cli');
    // The CLI keeps the previous value of a parameter it is not given.
    expect(await deploy()).toContain('No changes to deploy. Stack cli is up to date');
    const query = 'Stacks[0].Outputs[?OutputKey==`Value`].OutputValue';
    expect(JSON.parse(await aws('describe-stacks', '--stack-name', 'cli', '--query', query))).toEqual([
      'two',
    ]);
  },
  patience,
);

withCli(
  'the AWS CLI reads and steers stacks',
  async () => {
    const body = `file://${await templateFile()}`;
    const stack = ['--stack-name', 'reads'];
    const parameters = ['--parameters', 'ParameterKey=Value,ParameterValue=x', '--tags', 'Key=a,Value=b'];
    await aws('create-stack', ...stack, '--template-body', body, ...parameters);
    await aws('wait', 'stack-create-complete', ...stack);
    const answers = [
      await aws('list-stacks', '--stack-status-filter', 'CREATE_FAILED', 'CREATE_COMPLETE'),
      await aws('describe-stack-events', ...stack),
      await aws('list-stack-resources', ...stack),
      await aws('get-template-summary', ...stack),
    ];
    for (const answer of answers) expect(answer).toMatch(/Setting|reads|AWS::SSM::Parameter/);
    await aws('update-termination-protection', ...stack, '--enable-termination-protection');
    await expect(aws('delete-stack', ...stack)).rejects.toThrow('TerminationProtection is enabled');
  },
  patience,
);
