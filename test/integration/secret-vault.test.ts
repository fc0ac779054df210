import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAwsGateways } from '../../src/aws/aws-gateways.js';
import type { SecretVault } from '../../src/aws/secret-vault.js';
import { createRunFiles } from '../../src/process/run-files.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';

const value = JSON.stringify({ password: 'canary-password', host: 'old', odd: 'kept' });
const file = 'secrets.json';

let sandbox: Sandbox;
let folder: string;
let vault: SecretVault;

async function make(name: string): Promise<void> {
  await sandbox.call('secretsmanager', 'CreateSecret', {
    ...{ Name: name, SecretString: value, Description: 'of the database' },
    Tags: [{ Key: 'Application', Value: 'rag' }],
  });
}

const described = z.object({
  Description: z.string(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-vault-'));
  sandbox = await startSandbox({ speed: 10, directory: join(folder, 'sandbox') });
  Object.assign(process.env, sandbox.env);
  const aws = createAwsGateways({ region: 'us-east-1', version: '0.0.0' });
  vault = aws.openVault(createRunFiles(join(folder, 'run')));
}, 60_000);

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('secrets that outlive their stack', { timeout: 60_000 }, () => {
  test('lie sealed for their owner alone, and a damaged copy is noticed', async () => {
    await make('sealed');
    const { sha256, secrets } = await vault.seal(file, ['sealed']);
    expect(secrets).toEqual([{ name: 'sealed', arn: expect.stringContaining(':secret:sealed-') as string }]);
    expect((await stat(join(folder, 'run', file))).mode & 0o777).toBe(0o600);
    await expect(vault.assertReadable(file, sha256)).resolves.toBeUndefined();
    await expect(vault.assertReadable(file, 'other')).rejects.toMatchObject({ code: 'SealedSecretsDamaged' });
  });

  test('are restored rather than made again within their recovery window', async () => {
    await make('windowed');
    await vault.seal(file, ['windowed']);
    await sandbox.call('secretsmanager', 'DeleteSecret', { SecretId: 'windowed', RecoveryWindowInDays: 7 });
    expect(await vault.compare(file, 'windowed')).toBe('deleted');
    expect(await vault.create(file, 'windowed', {})).toBe('purging');
    await vault.restore('windowed');
    expect(await vault.compare(file, 'windowed')).toBe('same');
  });

  test('are made again with value, description and tags once a forced deletion lets go of the name', async () => {
    await make('forced');
    await vault.seal(file, ['forced']);
    await sandbox.call('secretsmanager', 'DeleteSecret', {
      SecretId: 'forced',
      ForceDeleteWithoutRecovery: true,
    });
    expect(await vault.compare(file, 'forced')).toBe('missing');
    await expect
      .poll(() => vault.create(file, 'forced', { run: 'ours' }), { timeout: 30_000 })
      .toBe('created');
    expect(await vault.compare(file, 'forced')).toBe('same');
    const made = described.parse(
      await sandbox.call('secretsmanager', 'DescribeSecret', { SecretId: 'forced' }),
    );
    expect(made.Description).toBe('of the database');
    expect(made.Tags).toContainEqual({ Key: 'Application', Value: 'rag' });
    expect(made.Tags).toContainEqual({ Key: 'run', Value: 'ours' });
    expect(await vault.create(file, 'forced', {})).toBe('created');
  });

  test('get their very value back, and a password that was kept is told from one that was not', async () => {
    await make('changed');
    await vault.seal(file, ['changed']);
    const put = (text: string) =>
      sandbox.call('secretsmanager', 'PutSecretValue', { SecretId: 'changed', SecretString: text });
    await put(JSON.stringify({ password: 'canary-password' }));
    expect(await vault.compare(file, 'changed')).toBe('same-password');
    await put(JSON.stringify({ password: 'another' }));
    expect(await vault.compare(file, 'changed')).toBe('differs');
    await vault.putBack(file, 'changed', 'undo');
    expect(await vault.compare(file, 'changed')).toBe('same');
  });
});
