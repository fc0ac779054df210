import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from './connection.js';

let sandbox: Sandbox;
let client: SecretsManagerClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = new SecretsManagerClient(connection(sandbox));
});
afterAll(async () => {
  client.destroy();
  await sandbox.stop();
});

const token = (digit: string): string => digit.repeat(32);
const create = (Name: string, SecretString = 'first') =>
  client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken: token('a') }));
const read = (SecretId: string, VersionStage = 'AWSCURRENT') =>
  client.send(new GetSecretValueCommand({ SecretId, VersionStage }));

describe('versions', () => {
  test('a new value becomes AWSCURRENT and leaves AWSPREVIOUS behind', async () => {
    await create('versions');
    const put = { SecretId: 'versions', SecretString: 'second', ClientRequestToken: token('b') };
    expect(await client.send(new PutSecretValueCommand(put))).toMatchObject({ VersionId: token('b') });
    expect((await read('versions')).SecretString).toBe('second');
    expect((await read('versions', 'AWSPREVIOUS')).SecretString).toBe('first');
  });

  test('the same token with the same value changes nothing, with another value it is refused', async () => {
    await create('tokens');
    const put = { SecretId: 'tokens', ClientRequestToken: token('c') };
    await client.send(new PutSecretValueCommand({ ...put, SecretString: 'x' }));
    await client.send(new PutSecretValueCommand({ ...put, SecretString: 'x' }));
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'tokens' }));
    expect(Versions).toHaveLength(2);
    const other = client.send(new PutSecretValueCommand({ ...put, SecretString: 'y' }));
    await expect(other).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  test('moving AWSCURRENT back takes the old value back', async () => {
    await create('back');
    const put = { SecretId: 'back', SecretString: 'second', ClientRequestToken: token('d') };
    await client.send(new PutSecretValueCommand(put));
    const move = { SecretId: 'back', VersionStage: 'AWSCURRENT', MoveToVersionId: token('a') };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: token('d') }));
    expect((await read('back')).SecretString).toBe('first');
    expect((await read('back', 'AWSPREVIOUS')).SecretString).toBe('second');
  });

  test('UpdateSecret changes description and value in one call', async () => {
    await create('update');
    const update = { SecretId: 'update', Description: 'new', SecretString: 'new value' };
    await client.send(new UpdateSecretCommand(update));
    expect((await read('update')).SecretString).toBe('new value');
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'update' }))).toMatchObject({
      Description: 'new',
      CreatedDate: expect.any(Date) as Date,
    });
  });
});

describe('deletion', () => {
  test('a secret in its recovery window blocks its name and every use until it is restored', async () => {
    await create('window');
    const deleted = await client.send(
      new DeleteSecretCommand({ SecretId: 'window', RecoveryWindowInDays: 7 }),
    );
    expect(deleted.DeletionDate).toBeInstanceOf(Date);
    await expect(read('window')).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    });
    await expect(create('window')).rejects.toMatchObject({
      message:
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    await client.send(new RestoreSecretCommand({ SecretId: 'window' }));
    expect((await read('window')).SecretString).toBe('first');
  });

  test('a forced deletion is for ever, and the new secret of that name has another ARN', async () => {
    const { ARN } = await create('forced');
    await client.send(new DeleteSecretCommand({ SecretId: 'forced', ForceDeleteWithoutRecovery: true }));
    await expect(read('forced')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    await expect
      .poll(() =>
        create('forced').then(
          ({ ARN: again }) => again !== ARN,
          () => false,
        ),
      )
      .toBe(true);
  });

  test('force and window together are refused', async () => {
    const both = { SecretId: 'any', ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 };
    await expect(client.send(new DeleteSecretCommand(both))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('a secret that RDS manages cannot be deleted by its user', async () => {
    await sandbox.call('secretsmanager', 'CreateSecret', { Name: 'rds!cluster-1', SecretString: '{}' });
    const deletion = client.send(new DeleteSecretCommand({ SecretId: 'rds!cluster-1' }));
    await expect(deletion).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

test('a name can be taken only once, and an ARN finds its secret with or without its last six characters', async () => {
  const { ARN = '' } = await create('taken');
  await expect(
    client.send(new CreateSecretCommand({ Name: 'taken', SecretString: 'other' })),
  ).rejects.toMatchObject({
    name: 'ResourceExistsException',
  });
  expect((await read(ARN)).Name).toBe('taken');
  expect((await read(ARN.slice(0, -7))).Name).toBe('taken');
});

test('binary values come back as they were', async () => {
  const SecretBinary = new Uint8Array([0, 1, 254, 255]);
  await client.send(new CreateSecretCommand({ Name: 'binary', SecretBinary }));
  expect(new Uint8Array((await read('binary')).SecretBinary ?? [])).toEqual(SecretBinary);
});

test('lists secrets by name, page by page', async () => {
  for (const name of ['list-1', 'list-2', 'list-3']) await create(name);
  const Filters = [{ Key: 'name' as const, Values: ['list-'] }];
  const first = await client.send(new ListSecretsCommand({ Filters, MaxResults: 2 }));
  const { NextToken } = first;
  const second = await client.send(new ListSecretsCommand({ Filters, MaxResults: 2, NextToken }));
  const names = [...(first.SecretList ?? []), ...(second.SecretList ?? [])].map(({ Name }) => Name);
  expect(names).toEqual(['list-1', 'list-2', 'list-3']);
});

test('random passwords hold every kind of character that was not excluded', async () => {
  const { RandomPassword = '' } = await client.send(
    new GetRandomPasswordCommand({ PasswordLength: 40, ExcludePunctuation: true, ExcludeCharacters: '0Ol' }),
  );
  expect(RandomPassword).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d]{40}$/);
  expect(RandomPassword).not.toMatch(/[0Ol]/);
});
