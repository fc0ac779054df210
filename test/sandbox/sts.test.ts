import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

function client(accessKeyId: string): STSClient {
  return new STSClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'any' },
    maxAttempts: 1,
  });
}

test('tells who calls', async () => {
  const { Account, Arn } = await client('AKIASANDBOX1').send(new GetCallerIdentityCommand({}));
  expect({ Account, Arn }).toEqual({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/AKIASANDBOX1',
  });
});

test.each([
  ['EXPIRED1', 'ExpiredToken', 403],
  ['INVALID1', 'InvalidClientTokenId', 403],
])('refuses the key %s with %s', async (key, name, httpStatusCode) => {
  await expect(client(key).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode },
  });
});
