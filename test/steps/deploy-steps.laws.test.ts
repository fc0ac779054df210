import { expect, test } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createBringIntoStack } from '../../src/steps/bring-into-stack.js';
import { createDeployTargetTemplate } from '../../src/steps/deploy-target-template.js';
import { createPrepareStack } from '../../src/steps/prepare-stack.js';
import { createRetainSource } from '../../src/steps/retain-source.js';
import { createRunDeployCommand } from '../../src/steps/run-deploy-command.js';
import { FakeStackCloud } from '../fakes/fake-stack-cloud.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { inputs, withoutIds } from './stack-world.js';
import { createStepIo } from './step-harness.js';

const secret = `  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: secret
`;
const oldTemplate = `Resources:
${secret}  Source:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: production-rag-db
      MasterUserPassword: !Ref Secret
`;
/** Of a stack beside the old one. */
const newTemplate = `Resources:
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
  Target:
    Type: AWS::RDS::DBCluster
    Properties:
      DBClusterIdentifier: production-rag-cluster
      DBSubnetGroupName: !Ref Subnets
  Writer:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: production-rag-instance
      DBClusterIdentifier: !Ref Target
Outputs:
  DatabaseEndpoint:
    Value: !GetAtt Target.Endpoint.Address
`;
/** Of the old stack, whose attachment goes over to the cluster. */
const inPlaceTemplate = `Resources:
${secret}${newTemplate.slice('Resources:\n'.length, newTemplate.indexOf('Outputs:'))}  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties:
      SecretId: !Ref Secret
      TargetId: !Ref Target
`;

const configOf = (stack: string, deploy: object): Config =>
  configSchema.parse({
    ...lawConfig,
    source: { ...lawConfig.source, stack: 'old' },
    target: { ...lawConfig.target, stack, deploy },
  });
const command = { command: ['deploy.sh'], commandTemplate: 'new.yaml' };

interface Options {
  readonly template: string;
  readonly config: Config;
}

/** All these steps, in a world where the old stack stands. */
function openSteps({ template, config }: Options) {
  const cloud = new FakeStackCloud();
  cloud.stand('old', oldTemplate);
  const deps = cloud.gateways(template);
  const program = {
    findObstacle: () => Promise.resolve(undefined),
    run: async () => {
      await cloud.deployBehind(config.target.stack ?? '', template);
      return { exitCode: 0, signal: undefined, problem: undefined };
    },
  };
  const steps = {
    prepareStack: seal(createPrepareStack(deps)),
    bringIntoStack: seal(createBringIntoStack(deps)),
    retainSource: seal(createRetainSource(deps)),
    deployTargetTemplate: seal(createDeployTargetTemplate(deps)),
    runDeployCommand: seal(createRunDeployCommand({ ...deps, command: program })),
  };
  return { cloud, steps, earlier: { ...lawEarlier } as Record<string, unknown>, config };
}

type Opened = ReturnType<typeof openSteps>;

async function runStep({ earlier, config }: Opened, step: SealedStep<Config>): Promise<void> {
  earlier[step.id] = await step.run(createStepIo('law-000000', step.id).io, inputs(earlier, config));
}

function worldOf({ cloud, earlier, config }: Opened, step: SealedStep<Config>): LawWorld<Config> {
  return {
    ...{ step, earlier, config, comparable: withoutIds },
    snapshot: () => cloud.snapshot(),
    mutations: () => [...cloud.mutations],
    tamper: () => {
      for (const stack of cloud.stacks) stack.status = 'ROLLBACK_COMPLETE';
    },
  };
}

const beside = (deploy: object = { template: 'new.yaml' }): Opened =>
  openSteps({ template: newTemplate, config: configOf('new', deploy) });

async function inPlace(deploy: object = { template: 'new.yaml' }): Promise<Opened> {
  const opened = openSteps({ template: inPlaceTemplate, config: configOf('old', deploy) });
  await runStep(opened, opened.steps.retainSource);
  return opened;
}

/** The stack keeps its cluster, which it says. What must be as before is what the application reads, and the source. */
function worldInPlace(opened: Opened, step: SealedStep<Config>): LawWorld<Config> {
  const snapshot = () => ({
    secret: opened.cloud.secrets.get('secret')?.value,
    source: opened.cloud.readOnly,
  });
  return { ...worldOf(opened, step), snapshot };
}

describeStepLaws('prepare-stack', () => {
  const opened = beside();
  return worldOf(opened, opened.steps.prepareStack);
});
describeStepLaws('bring-into-stack', async () => {
  const opened = beside();
  await runStep(opened, opened.steps.prepareStack);
  opened.cloud.clusters.add('production-rag-cluster');
  return worldOf(opened, opened.steps.bringIntoStack);
});
describeStepLaws('retain-source', () => {
  const opened = openSteps({ template: inPlaceTemplate, config: configOf('old', { template: 'new.yaml' }) });
  const { cloud } = opened;
  const [stack] = cloud.stacks;
  return {
    ...worldOf(opened, opened.steps.retainSource),
    snapshot: () => ({ ...(cloud.snapshot() as object), template: stack?.template }),
    tamper: () => {
      if (stack !== undefined) stack.template = oldTemplate;
    },
  };
});
describeStepLaws('deploy-target-template, beside the old stack', () => {
  const opened = beside();
  return worldOf(opened, opened.steps.deployTargetTemplate);
});
describeStepLaws('deploy-target-template, in place', async () => {
  const opened = await inPlace();
  return worldInPlace(opened, opened.steps.deployTargetTemplate);
});
describeStepLaws('run-deploy-command, beside the old stack', () => {
  const opened = beside(command);
  return worldOf(opened, opened.steps.runDeployCommand);
});
describeStepLaws('run-deploy-command, in place', async () => {
  const opened = await inPlace(command);
  return worldInPlace(opened, opened.steps.runDeployCommand);
});

test('the source outlives the deployment in place, and the stack says so when that is taken back', async () => {
  const opened = await inPlace();
  const { cloud, steps, earlier, config } = opened;
  const step = steps.deployTargetTemplate;
  const { io, notes } = createStepIo('law-000000', step.id);
  const output = await step.run(io, inputs(earlier, config));
  expect(cloud.secrets.get('secret')?.value).toBe('generated, at the cluster');
  await step.undo(io, inputs(earlier, config), output);
  expect(cloud.snapshot()).toMatchObject({
    ...{ source: 'there', clusters: ['production-rag-cluster'] },
    secrets: [{ name: 'secret', value: 'generated' }],
  });
  expect(notes.join('\n')).toContain('the source lives on outside of the stack');
});

test('a source that is not retained is not given to a deployment in place', async () => {
  const opened = openSteps({ template: inPlaceTemplate, config: configOf('old', { template: 'new.yaml' }) });
  const { cloud, steps, earlier, config } = opened;
  const { io } = createStepIo('law-000000', steps.deployTargetTemplate.id);
  await expect(steps.deployTargetTemplate.run(io, inputs(earlier, config))).rejects.toMatchObject({
    code: 'DestructiveChange',
  });
  expect(cloud.snapshot()).toMatchObject({ source: 'there', clusters: [] });
});
