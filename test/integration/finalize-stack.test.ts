import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsGateways, type AwsGateways } from '../../src/aws/aws-gateways.js';
import { createDatabaseWaits, type DatabaseWaits } from '../../src/aws/database-waits.js';
import { createPoll } from '../../src/aws/poll.js';
import { createStackWaits, type StackWaits } from '../../src/aws/stack-waits.js';
import { createTemplateTools } from '../../src/aws/template-tools.js';
import { configSchema } from '../../src/config/schema.js';
import { inputsFrom } from '../../src/pipeline/inputs.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import type { RecordedIntent } from '../../src/pipeline/step.js';
import { toJson, type JsonValue } from '../../src/journal/json.js';
import { createEndingGateway } from '../../src/postgres/ending-gateway.js';
import { measureDatabase } from '../../src/postgres/measure-database.js';
import { createSessions, type Sessions } from '../../src/postgres/session.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { createCheckFinalization } from '../../src/steps/check-finalization.js';
import { createDeleteSource } from '../../src/steps/delete-source.js';
import { createKeepSecret } from '../../src/steps/keep-secret.js';
import { createTakeLastSnapshot } from '../../src/steps/take-last-snapshot.js';
import { FakeRunFiles } from '../fakes/fake-run-files.js';
import { lawEarlier } from '../steps/data-law-inputs.js';
import { createStepIo } from '../steps/step-harness.js';

/** A stack that serves the database alone. */
const template = `Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: db-password
      GenerateSecretString:
        SecretStringTemplate: '{"username": "raguser", "dbname": "ragdb"}'
        GenerateStringKey: password
        ExcludePunctuation: true
  Parameters:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Family: postgres17, Description: the source}
  Source:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      DBInstanceIdentifier: source-db
      DBInstanceClass: db.t4g.micro
      Engine: postgres
      AllocatedStorage: '20'
      DBName: ragdb
      MasterUsername: raguser
      MasterUserPassword: !Sub '{{resolve:secretsmanager:\${Secret}:SecretString:password}}'
      DBParameterGroupName: !Ref Parameters
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetType: 'AWS::RDS::DBInstance', TargetId: !Ref Source}
`;
const runId = 'end-ab12cd';
const config = configSchema.parse({
  name: 'end',
  region: 'us-east-1',
  source: {
    instance: 'source-db',
    database: 'ragdb',
    user: 'raguser',
    secret: 'db-password',
    stack: 'old-stack',
  },
  target: { cluster: 'target-cluster', instance: 'target-instance', deploy: { api: true } },
});

let sandbox: Sandbox;
let aws: AwsGateways;
let databases: DatabaseWaits;
let stacks: StackWaits;
let sessions: Sessions;

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 5_000 });
  Object.assign(process.env, sandbox.env);
  aws = createAwsGateways({ region: 'us-east-1', version: '0.0.0' });
  const poll = createPoll({ intervalMs: 200, random: () => 0.5 });
  databases = createDatabaseWaits(aws.rds, poll);
  stacks = createStackWaits(aws.cloudFormation, poll);
  sessions = createSessions({
    readPassword: (secret) => aws.secrets.readPassword(secret),
    readCa: async () => [await readFile(sandbox.env['PGSSLROOTCERT'] ?? '', 'utf8')],
    applicationName: `rds2aurora/${runId}`,
  });
  const { io } = createStepIo(runId, 'set-up');
  await sandbox.call('cloudformation', 'CreateStack', { StackName: 'old-stack', TemplateBody: template });
  await stacks.untilStackDeployed(io, 'old-stack');
  await createTarget();
}, 300_000);

afterAll(() => sandbox.stop());

async function createTarget(): Promise<void> {
  const { io } = createStepIo(runId, 'set-up');
  await sandbox.call('rds', 'CreateDBCluster', {
    ...{
      DBClusterIdentifier: 'target-cluster',
      Engine: 'aurora-postgresql',
      Port: 5432,
      DatabaseName: 'ragdb',
    },
    ...{ MasterUsername: 'raguser', MasterUserPassword: await aws.secrets.readPassword('db-password') },
    ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
  });
  await databases.untilClusterAvailable(io, 'target-cluster');
  const tags = {};
  await aws.rds.createWriter({ identifier: 'target-instance', clusterIdentifier: 'target-cluster', tags });
  await databases.untilInstanceAvailable(io, 'target-instance');
  const destination = { ...(await targetServer()), clusterIdentifier: 'target-cluster' };
  const version = aws.secrets.versionFor(runId, destination);
  await aws.secrets.pointAt('db-password', destination, version);
}

async function targetServer() {
  const { endpoint = '', port = 5432 } = (await aws.rds.findCluster('target-cluster')) ?? {};
  return { host: endpoint, port, database: 'ragdb', user: 'raguser', secret: 'db-password' };
}

async function sourceServer() {
  const { endpoint } = (await aws.rds.findInstance('source-db')) ?? {};
  return { ...(await targetServer()), host: endpoint?.address ?? '', port: endpoint?.port ?? 5432 };
}

async function earlierOutputs(): Promise<Record<string, JsonValue>> {
  const source = (await aws.rds.findInstance('source-db')) ?? expect.fail('no source');
  const cluster = (await aws.rds.findCluster('target-cluster')) ?? expect.fail('no cluster');
  const writer = (await aws.rds.findInstance('target-instance')) ?? expect.fail('no writer');
  const readiness = lawEarlier['check-readiness'];
  const facts = { arn: source.arn, identifier: source.identifier, server: await sourceServer() };
  const ids = {
    ...{ clusterIdentifier: cluster.identifier, clusterArn: cluster.arn },
    ...{ instanceIdentifier: writer.identifier, instanceArn: writer.arn },
  };
  return {
    'check-readiness': toJson({ ...readiness, source: { ...readiness.source, ...facts } }),
    'await-target': toJson({ ...lawEarlier['await-target'], ...ids, server: await targetServer() }),
    'verify-data': toJson({ comparisons: [{ item: 'rows', result: 'match' }] }),
  };
}

function createSteps(): SealedStep<typeof config>[] {
  const { rds, cloudFormation, secrets } = aws;
  const templates = createTemplateTools('.');
  const database = createEndingGateway(sessions);
  const check = createCheckFinalization({ rds, cloudFormation, secrets, templates, database });
  const recheck = check.verify.bind(check);
  return [
    seal(check),
    seal(createTakeLastSnapshot({ rds, waits: databases })),
    seal(createKeepSecret({ cloudFormation, templates, waits: stacks, files: new FakeRunFiles() })),
    seal(
      createDeleteSource({
        ...{ rds, cloudFormation, waits: stacks, databaseWaits: databases },
        recheck: (io, from, found) => recheck(io, check.select(from), found),
      }),
    ),
  ];
}

describe('a source whose stack serves it alone', () => {
  it('is measured by reading', async () => {
    const server = await sourceServer();
    await sessions.use(server, { mode: 'write' }, (session) =>
      session.run(
        'CREATE TABLE public.t (a int PRIMARY KEY); INSERT INTO public.t SELECT generate_series(1, 1000)',
      ),
    );
    const measures = await measureDatabase(sessions, server);
    expect(measures).toMatchObject({ tables: 1, indexes: 1, vectorIndexes: 0, vectorIndexBytes: 0 });
    expect(measures.indexBytes).toBeGreaterThan(8_000);
    expect(measures.databaseBytes).toBeGreaterThan(measures.indexBytes);
    expect(measures.serverBytes).toBeGreaterThan(measures.databaseBytes);
  });

  it('goes with its stack, after a last snapshot, and the secret lives on with the host of the cluster', async () => {
    const earlier = await earlierOutputs();
    for (const step of createSteps()) {
      const inputs = inputsFrom(config, runId, (id) => earlier[id]);
      const journal: RecordedIntent[] = [];
      const { io } = createStepIo(runId, step.id, journal);
      const output = await step.run(io, inputs);
      await step.verify(io, inputs, output);
      earlier[step.id] = output;
    }
    expect(earlier['check-finalization']).toMatchObject({ ending: 'stack', keep: ['Secret', 'Attachment'] });
    expect(await aws.rds.findInstance('source-db')).toBeUndefined();
    expect(await aws.cloudFormation.findStack('old-stack')).toBeUndefined();
    expect(await aws.rds.findSnapshot(`rds2aurora-${runId}-last`)).toMatchObject({ status: 'available' });
    expect(await aws.secrets.readConnection('db-password')).toMatchObject({
      host: (await targetServer()).host,
    });
    await expect(createEndingGateway(sessions).countTables(await targetServer(), io())).resolves.toBe(0);
  }, 300_000);
});

function io(): AbortSignal {
  return createStepIo(runId, 'look').io.signal;
}
