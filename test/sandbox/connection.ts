import type { Sandbox } from '../../src/sandbox/sandbox.js';

/** How an SDK client reaches a sandbox; one attempt, so that a fault is seen and not retried away. */
export function connection(
  sandbox: Pick<Sandbox, 'endpoint'>,
  accessKeyId = 'AKIASANDBOX1',
  region = 'us-east-1',
) {
  return {
    endpoint: sandbox.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey: 'any' },
    maxAttempts: 1,
  };
}
