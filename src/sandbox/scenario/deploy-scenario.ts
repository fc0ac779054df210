import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CallAction } from '../service.js';
import { connect, type DatabaseAddress } from './conversation-store.js';
import { loadDataSet, type DataSetSize } from './data-set.js';

export interface ScenarioOptions {
  /** CA of the sandbox's servers. */
  readonly caFile: string;
  readonly size?: Partial<DataSetSize>;
  /** Of the RDS instance, where it shall not be the one that the template names. */
  readonly engineVersion?: string;
  /** A line for whoever watches. */
  log?(line: string): void;
}

/** The stacks that stand before the move, in the order in which they are made. */
const stacks = [
  { name: 'production-network-stack', template: 'network.yaml' },
  { name: 'production-rag-stack', template: 'rds.yaml' },
] as const;

const secretId = 'production-rag-db-password';

/** Between two looks at a stack, in real milliseconds. */
const lookMs = 100;

/**
 * Deploys the stacks of examples/production-rag as they stand before the move, and fills the database.
 * @throws Error with CloudFormation's reason when a stack fails
 */
export async function deployScenario(call: CallAction, options: ScenarioOptions): Promise<void> {
  for (const { name, template } of stacks) {
    options.log?.(`deploying ${name}`);
    await createStack(call, name, withVersion(await readTemplate(template), options.engineVersion));
  }
  options.log?.('loading the RAG data set');
  const client = await connect(await readDatabaseAddress(call, options.caFile));
  try {
    await loadDataSet(client, options.size);
  } finally {
    await client.end();
  }
}

/** The database that the application is told to use: its secret, as it is now. */
export async function readDatabaseAddress(call: CallAction, caFile: string): Promise<DatabaseAddress> {
  const answer = z
    .object({ SecretString: z.string() })
    .parse(await call('secretsmanager', 'GetSecretValue', { SecretId: secretId }));
  const secret = secretSchema.parse(JSON.parse(answer.SecretString));
  const { username: user, dbname: database, host, port, password } = secret;
  return { host, port, user, password, database, caFile };
}

const secretSchema = z.object({
  username: z.string(),
  password: z.string(),
  host: z.string(),
  port: z.coerce.number(),
  dbname: z.string(),
});

function withVersion(template: string, version: string | undefined): string {
  if (version === undefined) return template;
  return template
    .replace(/EngineVersion: '[^']+'/, `EngineVersion: '${version}'`)
    .replace(/Family: postgres\d+/, `Family: postgres${String(Number.parseInt(version, 10))}`);
}

/** The same distance from src/ and from dist/. */
function readTemplate(file: string): Promise<string> {
  return readFile(
    new URL(`../../../examples/production-rag/infrastructure/${file}`, import.meta.url),
    'utf8',
  );
}

async function createStack(call: CallAction, name: string, template: string): Promise<void> {
  await call('cloudformation', 'CreateStack', {
    StackName: name,
    TemplateBody: template,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Tags: [{ Key: 'Application', Value: 'production-rag' }],
  });
  let status = 'CREATE_IN_PROGRESS';
  while (status.endsWith('_IN_PROGRESS')) {
    await sleep(lookMs);
    status = await readStackStatus(call, name);
  }
  if (status !== 'CREATE_COMPLETE') throw new Error(`${name} is ${status}: ${await readReason(call, name)}`);
}

async function readStackStatus(call: CallAction, name: string): Promise<string> {
  const answer = await call('cloudformation', 'DescribeStacks', { StackName: name });
  const { Stacks } = z.object({ Stacks: z.array(z.object({ StackStatus: z.string() })) }).parse(answer);
  const [stack] = Stacks;
  if (stack === undefined) throw new Error(`${name} is gone`);
  return stack.StackStatus;
}

/** Why the first resource failed; the others were only cancelled. */
async function readReason(call: CallAction, name: string): Promise<string> {
  const { StackEvents } = eventsSchema.parse(
    await call('cloudformation', 'DescribeStackEvents', { StackName: name }),
  );
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED')).at(-1);
  return `${failed?.LogicalResourceId ?? 'unknown resource'}: ${failed?.ResourceStatusReason ?? 'no reason given'}`;
}

const eventsSchema = z.object({
  StackEvents: z.array(
    z.object({
      LogicalResourceId: z.string().optional(),
      ResourceStatus: z.string().optional(),
      ResourceStatusReason: z.string().optional(),
    }),
  ),
});
