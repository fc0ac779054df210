import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createAwsClients } from '../../src/aws/aws-clients.js';
import { createSelfSigned } from '../../src/sandbox/postgres/certificate-authority.js';

afterEach(() => vi.unstubAllEnvs());

test('an AWS that cannot prove that it is AWS gets nothing, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
  const { certificate: cert, key } = createSelfSigned('127.0.0.1');
  const asked: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{"SecretString":"{}"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  vi.stubEnv('AWS_ENDPOINT_URL', `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const clients = createAwsClients({ region: 'us-east-1', version: '0', impatient: true });
  const manager = await clients.secretsManager();
  await expect(manager.getSecretValue({ SecretId: 's' })).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  expect(asked).toEqual([]);
  server.close();
});
