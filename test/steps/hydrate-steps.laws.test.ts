import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { CredentialsError } from '../../src/errors.js';
import type { JsonValue } from '../../src/journal/json.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createDeployEmpty } from '../../src/steps/deploy-empty.js';
import { createHydrateSource } from '../../src/steps/hydrate-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import { createRemoveTemporary } from '../../src/steps/remove-temporary.js';
import { createSettleByCommand } from '../../src/steps/settle-by-command.js';
import { temporaryIdentifier } from '../../src/steps/temporary-instance.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { FakeTargetServer } from '../fakes/fake-target-server.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import {
  commandConfig,
  inputs,
  makeStackWorld,
  newTemplate,
  policies,
  settleDeps,
  stacksOf,
  withoutIds,
} from './stack-world.js';
import { createStepIo } from './step-harness.js';

const own = { 'rds2aurora:run': 'law-000000' };
const temporary = 'rds2aurora-law-000000';
const snapshotIdentifier = 'rds2aurora-law-000000';
const network = { subnetGroup: 'new-group', securityGroups: ['sg-new'] };
const output = { instanceIdentifier: temporary, instanceArn: 'arn', host: 'temporary.local', port: 5433 };
const equal = { comparisons: [{ item: 'rows', result: 'match' }] };
const earlier: Readonly<Record<string, unknown>> = {
  ...lawEarlier,
  'take-snapshot': {
    snapshotIdentifier,
    snapshotArn: 'arn',
    engineVersion: '17.7',
    encrypted: true,
    kmsKeyId: null,
    createdAt: '1970-01-01T00:00:00.000Z',
  },
  'hydrate-source': output,
  'verify-data': equal,
};
const made = {
  ...{ identifier: temporary, snapshot: snapshotIdentifier, instanceClass: 'db.t4g.micro', port: 5433 },
  ...network,
  storage: { allocatedGiB: 20, type: 'gp3', iops: 3000 },
};

/** The new cluster listens at a port of its own, behind groups of its own. */
function makeRds(): FakeRds {
  const rds = new FakeRds();
  rds.addSnapshot(snapshotIdentifier, own);
  rds.addCluster({
    ...{ identifier: 'production-rag-cluster', snapshotArn: 'arn', engineVersion: '17.7', ...network },
    ...{ parameterGroup: undefined, kmsKeyId: undefined, scaling: { min: 0.5, max: 1 } },
    ...{ deletionProtection: false, iamAuthentication: false, backupRetention: 7, tags: {} },
  });
  for (const [name, cluster] of rds.clusters) rds.clusters.set(name, { ...cluster, port: 5433 });
  rds.passwordIsSet = false;
  return rds;
}

const logIn = (rds: FakeRds) => () =>
  rds.passwordIsSet
    ? Promise.resolve()
    : Promise.reject(new CredentialsError('LoginRefused', 'password authentication failed'));

const hydrate = (rds: FakeRds) =>
  seal(createHydrateSource({ rds: rds.gateway, waits: rds.waits, restored: { logIn: logIn(rds) } }));
const remove = (rds: FakeRds) => seal(createRemoveTemporary({ rds: rds.gateway, waits: rds.waits }));

function worldOf(rds: FakeRds, step: SealedStep<Config>, tamper: () => void): LawWorld<Config> {
  return {
    ...{ step, config: lawConfig, earlier, tamper },
    snapshot: () => rds.snapshot(),
    mutations: () => [...rds.mutations],
  };
}

describeStepLaws('hydrate-source', () => {
  const rds = makeRds();
  return worldOf(rds, hydrate(rds), () => rds.instances.clear());
});
describeStepLaws('remove-temporary', () => {
  const rds = makeRds();
  rds.addInstance({ ...made, tags: own });
  return worldOf(rds, remove(rds), () => {
    rds.addInstance({ ...made, tags: own });
  });
});

for (const [name, policy] of Object.entries(policies))
  describeStepLaws(`deploy-empty, with ${name}`, async () => {
    const world = await makeStackWorld('command', 'deploy-empty', policy);
    const gone = () => {
      const stack = world.cloud.stacks.find(({ status }) => status !== 'DELETE_COMPLETE');
      if (stack !== undefined) stack.status = 'ROLLBACK_COMPLETE';
    };
    // A secret that was made again stays: it is the application's, and the old stack takes it in.
    const snapshot = () => (policy === '' ? { stacks: stacksOf(world.cloud) } : world.cloud.snapshot());
    return { ...world, comparable: withoutIds, tamper: gone, snapshot };
  });

test('a template that cannot be seen ends the plan', async () => {
  const { step, mutations } = await makeStackWorld('command', 'deploy-empty', '');
  const { commandTemplate: _unseen, ...deploy } = commandConfig.target.deploy;
  const unseen = { ...commandConfig, target: { ...commandConfig.target, deploy } };
  const before = await mutations();
  const { io } = createStepIo('law-000000', step.id);
  await expect(step.plan(io, { config: unseen, runId: 'law-000000' })).resolves.toMatchObject({
    kind: 'blocked',
    problems: [{ code: 'TemplateUnseen' }],
  });
  expect(await mutations()).toEqual(before);
});

const ofStepBefore = 'its stack is deleted by the step before';
describeStepLaws('settle-by-command', () => makeStackWorld('command', 'settle-by-command', ''), {
  except: {
    'undo brings back what was there before, and a second undo changes nothing': ofStepBefore,
    'undo without output takes back a run that was killed around any call': ofStepBefore,
    'an undo killed around any call and begun again comes to the same end': ofStepBefore,
  },
});

describe('the temporary instance', () => {
  test('stands in the network of the new cluster, at its port, as large as the source', async () => {
    const rds = makeRds();
    const asked: unknown[] = [];
    const restoreInstance: FakeRds['gateway']['restoreInstance'] = (instance) => {
      asked.push(instance);
      return rds.gateway.restoreInstance(instance);
    };
    const step = createHydrateSource({
      rds: { ...rds.gateway, restoreInstance },
      waits: rds.waits,
      restored: { logIn: logIn(rds) },
    });
    const { io } = createStepIo('law-000000', step.id);
    const source = { ...lawEarlier['check-readiness'].source, instanceClass: 'db.t4g.micro' };
    const ready = { ...lawEarlier['check-readiness'], source };
    await seal(step).run(io, inputs({ ...earlier, 'check-readiness': ready }, lawConfig));
    expect(asked).toEqual([{ ...made, tags: { ...own, 'rds2aurora:step': 'hydrate-source' } }]);
  });

  test('that is not of this run is neither used nor deleted', async () => {
    const rds = makeRds();
    rds.addInstance({ ...made, tags: { 'rds2aurora:run': 'another' } });
    const { io, notes } = createStepIo('law-000000', 'hydrate-source');
    const step = hydrate(rds);
    await expect(step.plan(io, { config: lawConfig, runId: 'law-000000' })).resolves.toMatchObject({
      kind: 'blocked',
      problems: [{ code: 'TemporaryTaken' }],
    });
    await expect(step.run(io, inputs(earlier, lawConfig))).rejects.toMatchObject({ exitCode: 10 });
    await step.undo(io, inputs(earlier, lawConfig), undefined);
    await remove(rds).run(io, inputs(earlier, lawConfig));
    expect(notes.join()).toContain('left alone');
    expect(rds.mutations).toEqual([]);
  });

  test.each([[[{ item: 'rows', result: 'differ' }]], [[]]])(
    'stays while the data was not found equal: %j',
    async (comparisons) => {
      const rds = makeRds();
      rds.addInstance({ ...made, tags: own });
      const { io } = createStepIo('law-000000', 'remove-temporary');
      const unequal = inputs({ ...earlier, 'verify-data': { comparisons } }, lawConfig);
      await expect(remove(rds).run(io, unequal)).rejects.toMatchObject({ code: 'DataNotVerified' });
      expect(rds.mutations).toEqual([]);
    },
  );

  test('that is still being made is waited for, and then deleted', async () => {
    const rds = makeRds();
    rds.addInstance({ ...made, tags: own });
    for (const [name, one] of rds.instances) rds.instances.set(name, { ...one, status: 'creating' });
    const { io } = createStepIo('law-000000', 'hydrate-source');
    await hydrate(rds).undo(io, inputs(earlier, lawConfig), undefined);
    expect([...rds.instances.keys()]).toEqual([]);
  });

  test('has a name that RDS takes, whatever the name of the run', () => {
    const long = `${'a'.repeat(10)}-${'b'.repeat(52)}-k3x9f2`;
    for (const runId of ['production-rag-k3x9f2', long, `${'c'.repeat(20)}-${'d'.repeat(45)}-k3x9f2`]) {
      expect(temporaryIdentifier(runId)).toMatch(/^(?=.{1,63}$)[a-z](?:-?[a-z0-9])*-k3x9f2$/);
    }
  });
});

test('the target is made ready from the temporary instance, and is left to its stack by an undo', async () => {
  const server = new FakeTargetServer();
  const gateway = server.createGateway();
  const asked: string[] = [];
  const step = createPrepareTarget({
    target: {
      ...gateway,
      readExtensions: (from) => {
        asked.push(`${from.host}:${String(from.port)}`);
        return gateway.readExtensions(from);
      },
    },
  });
  const { io, notes } = createStepIo('law-000000', step.id);
  await seal(step).run(io, inputs(earlier, lawConfig));
  expect(asked[0]).toBe('temporary.local:5433');
  const before = [...server.mutations];
  asked.length = 0;
  await seal(step).undo(io, inputs(earlier, lawConfig), undefined);
  expect(asked).toEqual([]);
  expect(server.mutations).toEqual(before);
  expect(notes.join()).toContain('goes with the stack');
});

describe('settling by a command', () => {
  test.each([
    ['DeployCommandFailed', 1, false],
    ['CommandElsewhere', 0, false],
  ])(
    '%s when it ends with %i and deploys: %s; the next attempt runs it again',
    async (code, exit, deploys) => {
      const { cloud, earlier: before = {} } = await makeStackWorld('command', 'settle-by-command', '');
      const { io, journal } = createStepIo('law-000000', 'settle-by-command');
      const from = inputs(before, commandConfig);
      const failing = seal(createSettleByCommand(settleDeps(cloud, exit, deploys)));
      await expect(failing.run(io, from)).rejects.toMatchObject({ code, resumable: true });
      const again = createStepIo('law-000000', 'settle-by-command', journal);
      await seal(createSettleByCommand(settleDeps(cloud))).run(again.io, from);
      expect(cloud.snapshot()).toMatchObject({ stacks: [{ name: 'old', tasks: 2 }] });
    },
  );

  test('a stack whose tags the command has taken away is known by its id, and taken back', async () => {
    const { cloud, step, earlier: before = {} } = await makeStackWorld('command', 'settle-by-command', '');
    const { io } = createStepIo('law-000000', step.id);
    await step.run(io, inputs(before, commandConfig));
    expect(cloud.stacks.at(-1)?.tags).toEqual({});
    const made = before['deploy-empty'] as JsonValue;
    const deployed = createStepIo('law-000000', 'deploy-empty');
    const deploy = seal(createDeployEmpty(cloud.gateways(newTemplate)));
    await deploy.undo(deployed.io, inputs(before, commandConfig), made);
    expect(stacksOf(cloud)).toEqual([]);
  });
});
