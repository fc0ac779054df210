import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAwsGateways, type AwsGateways } from '../../src/aws/aws-gateways.js';
import type { Config } from '../../src/config/schema.js';
import { toJson } from '../../src/journal/json.js';
import { inputsFrom } from '../../src/pipeline/inputs.js';
import { seal } from '../../src/pipeline/seal.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { createSwitchSecret } from '../../src/steps/switch-secret.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const password = "canary-pass word'%$";
const before = { engine: 'postgres', host: '127.0.0.1', port: 5432, username: 'raguser', dbname: 'ragdb' };

let sandbox: Sandbox;
let aws: AwsGateways;
let worlds = 0;

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 10_000 });
  Object.assign(process.env, sandbox.env);
  aws = createAwsGateways({ region: 'us-east-1', version: '0.0.0' });
});

afterAll(() => sandbox.stop());

/** A secret of its own for each world, in one Secrets Manager. */
async function makeWorld(): Promise<LawWorld<Config>> {
  worlds += 1;
  const secret = `secret-${worlds}`;
  const SecretString = JSON.stringify({ ...before, password });
  await sandbox.call('secretsmanager', 'CreateSecret', { Name: secret, SecretString });
  const since = sandbox.calls().at(-1)?.seq ?? 0;
  const target = lawEarlier['await-target'];
  return {
    step: seal(createSwitchSecret(aws.secrets)),
    config: lawConfig,
    earlier: { 'await-target': { ...target, server: { ...target.server, secret } } },
    snapshot: () => readConnection(secret),
    mutations: () => sandbox.calls().filter(({ mutating, seq }) => mutating && seq > since),
    tamper: async () => {
      await sandbox.call('secretsmanager', 'PutSecretValue', { SecretId: secret, SecretString });
    },
    canaries: [password],
    // Ids and times differ from one secret to the next.
    comparable: () => null,
  };
}

const readConnection = (secret: string) => aws.secrets.readConnection(secret);

describeStepLaws('switch-secret', makeWorld);

test('a switch that was taken back can be made again', async () => {
  const { step, config, earlier } = await makeWorld();
  const { io } = createStepIo('law-000000', step.id);
  const inputs = inputsFrom(config, io.runId, (id) => toJson(earlier?.[id]));
  const first = await step.run(io, inputs);
  await step.undo(io, inputs, first);
  await step.verify(io, inputs, await step.run(io, inputs));
  expect(
    sandbox
      .calls()
      .filter(({ mutating }) => mutating)
      .map(({ action }) => action)
      .slice(-3),
  ).toEqual(['PutSecretValue', 'UpdateSecretVersionStage', 'UpdateSecretVersionStage']);
});
