import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { ledgerFileName } from '../../src/sandbox/scenario-images.js';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import { deployScenario, readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import { readLedger } from '../../src/sandbox/scenario/ledger.js';
import { measureLedger } from '../../src/sandbox/scenario/measure-ledger.js';

let directory: string;
let sandbox: Sandbox;
let caFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-scenario-'));
  sandbox = await startSandbox({ directory });
  caFile = sandbox.env['PGSSLROOTCERT'] ?? '';
  await deployScenario(sandbox.call, { caFile, size: { scale: 0.1, dimensions: 8 } });
}, 240_000);

afterAll(async () => {
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

const ledger = (): ReturnType<typeof readLedger> => readLedger(join(directory, ledgerFileName));

test('the application of the deployed service writes to the deployed database', async () => {
  await expect.poll(async () => (await ledger()).length, { timeout: 60_000 }).toBeGreaterThan(3);
  const entries = await ledger();
  const client = await connect(await readDatabaseAddress(sandbox.call, caFile));
  const measure = await measureLedger(entries, client);
  await client.end();
  expect(measure).toMatchObject({ acknowledged: entries.length, lost: [] });
});

test('its start-up lines reach the log group', async () => {
  const readLog = async (): Promise<string> =>
    JSON.stringify(await sandbox.call('logs', 'FilterLogEvents', { logGroupName: '/ecs/production-rag' }));
  await expect.poll(readLog, { timeout: 60_000 }).toContain('Using PostgreSQL for vector storage');
  expect(await readLog()).toContain('ConversationStore initialized with PostgreSQL backend');
});

test('a stack that fails is reported with the reason of its first failure', async () => {
  const again = deployScenario(sandbox.call, { caFile });
  await expect(again).rejects.toThrow('production-network-stack');
});
