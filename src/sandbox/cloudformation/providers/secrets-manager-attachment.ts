import type { AwsStruct, SandboxContext } from '../../service.js';
import { ResourceFailure } from '../engine/resource-failure.js';
import type { TemplateObject } from '../template/template-value.js';
import { structsAt, textAt } from './answers.js';
import { textOf } from './generated-name.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { object, text } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** What an attachment writes into a secret, and what its removal takes out ("AWS::SecretsManager::SecretTargetAttachment"). */
const connectionKeys = ['engine', 'host', 'port', 'dbname', 'dbInstanceIdentifier', 'dbClusterIdentifier'];

type Connection = Readonly<Record<string, string | number>>;

/** AWS::SecretsManager::SecretTargetAttachment. `Ref` is the ARN of the secret. */
export const secretTargetAttachment: ResourceProvider = {
  type: 'AWS::SecretsManager::SecretTargetAttachment',
  schema: object({ SecretId: text, TargetId: text, TargetType: text }, [
    'SecretId',
    'TargetId',
    'TargetType',
  ]),
  createOnly: ['SecretId'],
  attributes: ['Id'],
  identifier: ['Id'],
  create: async ({ context, properties, started }) => {
    const arn = await attach(context, properties);
    started(arn);
    return live(arn);
  },
  update: async ({ context, properties }) => live(await attach(context, properties)),
  delete: async ({ context, physicalId, properties }) => {
    await unlessMissing(async () => detach(context, physicalId, textOf(properties, 'TargetId') ?? ''));
  },
};

function live(arn: string): LiveResource {
  return { physicalId: arn, attributes: { Id: arn } };
}

async function attach(context: SandboxContext, properties: TemplateObject): Promise<string> {
  const secretId = textOf(properties, 'SecretId') ?? '';
  const connection = await connectionOf(
    context,
    textOf(properties, 'TargetType') ?? '',
    textOf(properties, 'TargetId') ?? '',
  );
  return rewrite(context, secretId, (members) => ({
    ...without(
      members,
      connectionKeys.filter((key) => key !== 'dbname'),
    ),
    ...connection,
  }));
}

/** Strips the connection, unless the secret has been pointed at another target in the meantime. */
async function detach(context: SandboxContext, secretId: string, targetId: string): Promise<void> {
  await rewrite(context, secretId, (members) => {
    const current = members['dbClusterIdentifier'] ?? members['dbInstanceIdentifier'];
    return current === undefined || current === targetId ? without(members, connectionKeys) : members;
  });
}

function without(
  members: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([key]) => !keys.includes(key)));
}

/** Writes a new version of the secret, other members kept; returns its ARN. */
async function rewrite(
  context: SandboxContext,
  secretId: string,
  change: (members: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Promise<string> {
  const answer = await context.call('secretsmanager', 'GetSecretValue', { SecretId: secretId });
  const before = membersOf(textAt(answer, 'SecretString'));
  const after = JSON.stringify(change(before));
  if (after !== JSON.stringify(before))
    await context.call('secretsmanager', 'PutSecretValue', { SecretId: secretId, SecretString: after });
  return textAt(answer, 'ARN');
}

function membersOf(secretText: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secretText);
  } catch (error) {
    throw new ResourceFailure('The secret value must be a JSON object to be attached to a database', {
      cause: error,
    });
  }
  if (typeof parsed !== 'object' || parsed === null)
    throw new ResourceFailure('The secret value must be a JSON object to be attached to a database');
  return Object.fromEntries(Object.entries(parsed));
}

async function connectionOf(
  context: SandboxContext,
  targetType: string,
  targetId: string,
): Promise<Connection> {
  if (targetType === 'AWS::RDS::DBInstance') {
    const instance = await first(context, 'DescribeDBInstances', 'DBInstances', {
      DBInstanceIdentifier: targetId,
    });
    const place = {
      host: textAt(instance, 'Endpoint', 'Address'),
      port: Number(textAt(instance, 'Endpoint', 'Port')),
    };
    return {
      ...common(instance, 'DBName'),
      ...place,
      dbInstanceIdentifier: textAt(instance, 'DBInstanceIdentifier'),
    };
  }
  if (targetType === 'AWS::RDS::DBCluster') {
    const cluster = await first(context, 'DescribeDBClusters', 'DBClusters', {
      DBClusterIdentifier: targetId,
    });
    const place = { host: textAt(cluster, 'Endpoint'), port: Number(textAt(cluster, 'Port')) };
    return {
      ...common(cluster, 'DatabaseName'),
      ...place,
      dbClusterIdentifier: textAt(cluster, 'DBClusterIdentifier'),
    };
  }
  throw new ResourceFailure(`The sandbox does not support attaching a secret to ${targetType}`);
}

async function first(
  context: SandboxContext,
  action: string,
  listName: string,
  input: AwsStruct,
): Promise<AwsStruct> {
  const found = structsAt(await context.call('rds', action, input), listName)[0];
  if (!found) throw new ResourceFailure(`${JSON.stringify(input)} not found`);
  return found;
}

/** The engine as the rotation functions know it: Aurora PostgreSQL and RDS PostgreSQL alike are `postgres`. */
function common(target: AwsStruct, database: string): Connection {
  const engine = textAt(target, 'Engine').includes('postgres') ? 'postgres' : textAt(target, 'Engine');
  const name = textAt(target, database);
  return { engine, ...(name !== '' && { dbname: name }) };
}
