import { configSchema, type Config } from '../../src/config/schema.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createDeleteStack } from '../../src/steps/delete-stack.js';
import { createDeployEmpty } from '../../src/steps/deploy-empty.js';
import { createDeployFromSnapshot } from '../../src/steps/deploy-from-snapshot.js';
import { createSaveStack } from '../../src/steps/save-stack.js';
import { createSettleByCommand, type SettleByCommandDeps } from '../../src/steps/settle-by-command.js';
import { createSettleStack } from '../../src/steps/settle-stack.js';
import { FakeStackCloud, snapshotArn } from '../fakes/fake-stack-cloud.js';
import type { LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

export const password = 'canary-of-the-old-secret';
const configOf = (deploy: object): Config =>
  configSchema.parse({
    ...lawConfig,
    source: { ...lawConfig.source, stack: 'old' },
    target: { ...lawConfig.target, stack: 'old', deploy },
  });
export const config = configOf({ template: 'new.yaml' });
export const commandConfig = configOf({ command: ['deploy.sh'], commandTemplate: 'new.yaml' });
const configs = { template: config, command: commandConfig };
const secretOf = (policy: string) =>
  `  Secret:\n    Type: AWS::SecretsManager::Secret\n${policy}    Properties:\n      Name: secret\n`;
const service = `  Service:\n    Type: AWS::ECS::Service\n    Properties:\n      DesiredCount: 2\n`;
const oldTemplate = (policy: string) =>
  `Resources:\n${secretOf(policy)}  Source:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      DBInstanceIdentifier: production-rag-db\n      MasterUsername: raguser\n${service}`;
export const newTemplate = `Resources:\n${secretOf('    DeletionPolicy: Retain\n')}  Target:\n    Type: AWS::RDS::DBCluster\n    Properties:\n      DBClusterIdentifier: production-rag-cluster\n      MasterUsername: raguser\n${service}`;

const snapshot = {
  snapshotIdentifier: 'rds2aurora-law-000000',
  snapshotArn,
  engineVersion: '17.7',
  encrypted: true,
  kmsKeyId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const paused = {
  application: null,
  database: { previousDefaultReadOnly: null, sessionsEnded: 0 },
  pausedAt: '2026-01-01T00:00:00.000Z',
  lsn: '0/0',
};

const inOrder = {
  template: ['save-stack', 'delete-stack', 'deploy-from-snapshot', 'settle-stack'],
  command: ['save-stack', 'delete-stack', 'deploy-empty', 'settle-by-command'],
} as const;
type Way = keyof typeof inOrder;

/** The world as it is when `upTo` is about to run. */
export async function makeStackWorld<W extends Way>(
  way: W,
  upTo: (typeof inOrder)[W][number],
  policy: string,
): Promise<LawWorld<Config> & { cloud: FakeStackCloud }> {
  const cloud = new FakeStackCloud();
  cloud.stand('old', oldTemplate(policy));
  const secret = cloud.secrets.get('secret');
  if (secret !== undefined) secret.value = password;
  const deps = cloud.gateways(newTemplate);
  const fingerprint = {
    file: 'fingerprint.json',
    sha256: await deps.files.write('fingerprint.json', '{}'),
    tables: 1,
    rows: 1,
  };
  const earlier: Record<string, unknown> = {
    ...lawEarlier,
    'take-snapshot': snapshot,
    'pause-writers': paused,
    'fingerprint-source': fingerprint,
  };
  const steps = makeSteps(cloud);
  for (const id of inOrder[way]) {
    if (id === upTo) break;
    earlier[id] = await runStep(steps[id], earlier, configs[way]);
  }
  return {
    cloud,
    step: steps[upTo as keyof typeof steps],
    config: configs[way],
    earlier,
    snapshot: () => cloud.snapshot(),
    mutations: () => [...cloud.mutations],
    canaries: [password],
  };
}

function makeSteps(cloud: FakeStackCloud) {
  const deps = cloud.gateways(newTemplate);
  return {
    'save-stack': seal(createSaveStack(deps)),
    'delete-stack': seal(createDeleteStack(deps)),
    'deploy-from-snapshot': seal(createDeployFromSnapshot(deps)),
    'settle-stack': seal(createSettleStack(deps)),
    'deploy-empty': seal(createDeployEmpty(deps)),
    'settle-by-command': seal(createSettleByCommand(settleDeps(cloud))),
  };
}

/** A command that does what it says, unless another is given. */
export function settleDeps(cloud: FakeStackCloud, exitCode = 0, deploys = true): SettleByCommandDeps {
  const run = async () => {
    if (deploys) await cloud.deployBehind('old', newTemplate);
    return { exitCode, signal: undefined, problem: undefined };
  };
  return { ...cloud.gateways(newTemplate), command: { run, findObstacle: () => Promise.resolve(undefined) } };
}

function runStep(step: SealedStep<Config>, earlier: Record<string, unknown>, of: Config): Promise<unknown> {
  const { io } = createStepIo('law-000000', step.id);
  return step.run(io, inputs(earlier, of));
}

export function inputs(
  earlier: Readonly<Record<string, unknown>>,
  of: Config = config,
): Parameters<SealedStep<Config>['run']>[1] {
  return {
    config: of,
    runId: 'law-000000',
    outputOf: (ref) => ref.output.parse(earlier[ref.id]),
    findOutputOf: (ref) => (earlier[ref.id] === undefined ? undefined : ref.output.parse(earlier[ref.id])),
  };
}

export const policies = {
  'a secret that goes with the stack': '',
  'a secret that stays': '    DeletionPolicy: Retain\n',
};

export function stacksOf(cloud: FakeStackCloud): unknown {
  return (cloud.snapshot() as { stacks: unknown }).stacks;
}

/** Physical ids are made anew each time. */
export function withoutIds(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output).replace(/arn:stack\/old\/\d+|secret-\d+/g, 'id')) as unknown;
}
