import { describe, expect, test } from 'vitest';
import { MigrationError } from '../../src/errors.js';
import { seal } from '../../src/pipeline/seal.js';
import { createDeleteStack } from '../../src/steps/delete-stack.js';
import { snapshotArn, type FakeStackCloud } from '../fakes/fake-stack-cloud.js';
import { describeStepLaws } from '../laws/step-laws.js';
import {
  config,
  inputs,
  makeStackWorld,
  newTemplate,
  password,
  policies,
  stacksOf,
  withoutIds,
} from './stack-world.js';
import { createStepIo } from './step-harness.js';

for (const [name, policy] of Object.entries(policies)) {
  describeStepLaws(`save-stack, with ${name}`, () => makeStackWorld('template', 'save-stack', policy));
  describeStepLaws(`delete-stack, with ${name}`, async () => {
    const world = await makeStackWorld('template', 'delete-stack', policy);
    return { ...world, comparable: withoutIds };
  });
  describeStepLaws(`deploy-from-snapshot, with ${name}`, async () => {
    const world = await makeStackWorld('template', 'deploy-from-snapshot', policy);
    const gone = () => {
      const stack = world.cloud.stacks.find(({ status }) => status !== 'DELETE_COMPLETE');
      if (stack !== undefined) stack.status = 'ROLLBACK_COMPLETE';
    };
    // A secret that was made again stays: it is the application's, and the old stack takes it in.
    const snapshot = () => (policy === '' ? { stacks: stacksOf(world.cloud) } : world.cloud.snapshot());
    return { ...world, comparable: withoutIds, tamper: gone, snapshot };
  });
}
describeStepLaws('settle-stack', () => makeStackWorld('template', 'settle-stack', ''), {
  except: {
    'undo brings back what was there before, and a second undo changes nothing':
      'its stack is deleted by the step before',
    'undo without output takes back a run that was killed around any call':
      'its stack is deleted by the step before',
    'an undo killed around any call and begun again comes to the same end':
      'its stack is deleted by the step before',
  },
});

describe('replacing a stack', () => {
  test('the new stack has the secret that the old one had, and no task', async () => {
    const { cloud, earlier = {} } = await makeStackWorld('template', 'settle-stack', '');
    expect(cloud.snapshot()).toMatchObject({
      stacks: [{ name: 'old', tasks: 0 }],
      secrets: [{ name: 'secret', value: password }],
    });
    const output = earlier['deploy-from-snapshot'] as { file: string };
    expect(cloud.files.get(output.file)).toContain(`SnapshotIdentifier: '${snapshotArn}'`);
    expect(JSON.stringify(earlier)).not.toContain(password);
  });

  test.each([
    ['ExportInUse', (cloud: FakeStackCloud) => (cloud.importers = ['reader'])],
    [
      'TerminationProtected',
      (cloud: FakeStackCloud) => cloud.stacks.forEach((one) => (one.isProtected = true)),
    ],
    ['DeletionProtected', (cloud: FakeStackCloud) => (cloud.isInstanceProtected = true)],
  ])('is refused: %s', async (code, spoil) => {
    const { cloud, step, earlier = {} } = await makeStackWorld('template', 'save-stack', '');
    spoil(cloud);
    const { io } = createStepIo('law-000000', step.id);
    await expect(step.plan(io, { config, runId: 'law-000000' })).resolves.toMatchObject({
      kind: 'blocked',
      problems: [{ code }],
    });
    await expect(step.run(io, inputs(earlier))).rejects.toMatchObject({ code, exitCode: 10 });
    expect(cloud.mutations).toEqual([]);
  });

  test('a deletion that fails tells the cause that CloudFormation gave, and can be gone on with', async () => {
    const { cloud, earlier = {} } = await makeStackWorld('template', 'delete-stack', '');
    const deps = cloud.gateways(newTemplate);
    const why = 'Firewall (AWS::EC2::SecurityGroup): has a dependent object';
    const failing = createDeleteStack({
      ...deps,
      waits: {
        ...deps.waits,
        untilStackGone: () => Promise.reject(new MigrationError('ResourceFailed', 'DELETE_FAILED', { why })),
      },
    });
    const { io, journal } = createStepIo('law-000000', failing.id);
    await expect(seal(failing).run(io, inputs(earlier))).rejects.toMatchObject({
      ...{ code: 'StackNotDeleted', why, resumable: true, changed: true },
      next: [
        expect.stringContaining('then resume'),
        expect.stringContaining('describe-stack-events'),
      ] as unknown,
    });
    const again = createStepIo('law-000000', failing.id, journal);
    await expect(seal(createDeleteStack(deps)).run(again.io, inputs(earlier))).resolves.toMatchObject({
      kept: [],
    });
  });

  test.each([
    [
      'TerminationProtected',
      (cloud: FakeStackCloud) => cloud.stacks.forEach((one) => (one.isProtected = true)),
    ],
    ['DeletionProtected', (cloud: FakeStackCloud) => (cloud.isInstanceProtected = true)],
  ])('nothing is deleted when somebody has protected it since the checks: %s', async (code, protect) => {
    const { cloud, step, earlier = {} } = await makeStackWorld('template', 'delete-stack', '');
    protect(cloud);
    const { io } = createStepIo('law-000000', step.id);
    await expect(step.run(io, inputs(earlier))).rejects.toMatchObject({
      ...{ code, exitCode: 10, resumable: true },
      next: [expect.stringMatching(/^aws [^,]*$/), 'then resume'] as unknown,
    });
    expect(cloud.mutations).toEqual([]);
  });

  test('an undo whose deletion fails tells to roll back again', async () => {
    const { cloud, earlier = {} } = await makeStackWorld('template', 'delete-stack', '');
    const deps = cloud.gateways(newTemplate);
    const { io } = createStepIo('law-000000', 'delete-stack');
    const step = seal(createDeleteStack(deps));
    await step.run(io, inputs(earlier));
    cloud.stacks.forEach((one) => (one.status = 'DELETE_FAILED'));
    const failing = createDeleteStack({
      ...deps,
      waits: {
        ...deps.waits,
        untilStackGone: () => Promise.reject(new MigrationError('ResourceFailed', 'DELETE_FAILED')),
      },
    });
    await expect(seal(failing).undo(io, inputs(earlier), undefined)).rejects.toMatchObject({
      code: 'StackNotDeleted',
      next: expect.arrayContaining([expect.stringContaining('then roll back again')]) as unknown,
    });
  });

  test('an undo killed while the application starts is gone on with, and compares no more', async () => {
    const { cloud, earlier = {} } = await makeStackWorld('template', 'delete-stack', '');
    const deps = cloud.gateways(newTemplate);
    const { io, journal } = createStepIo('law-000000', 'delete-stack');
    const step = seal(createDeleteStack(deps));
    await step.run(io, inputs(earlier));
    await step.undo(io, inputs(earlier), undefined);
    const back = cloud.stacks.find(({ status }) => status !== 'DELETE_COMPLETE') ?? expect.fail('no stack');
    back.status = 'UPDATE_IN_PROGRESS';
    const done = [...cloud.mutations];
    const later = createDeleteStack({
      ...deps,
      fingerprints: { ...deps.fingerprints, compare: () => [{ item: 'rows', result: 'differ' }] },
      waits: {
        ...deps.waits,
        untilStackSettled: (waiting, id) => {
          back.status = 'UPDATE_COMPLETE';
          return deps.waits.untilStackSettled(waiting, id);
        },
      },
    });
    await seal(later).undo(
      createStepIo('law-000000', 'delete-stack', journal).io,
      inputs(earlier),
      undefined,
    );
    expect(cloud.mutations).toEqual(done);
  });

  test('nothing is deleted when the saved stack cannot be read any more', async () => {
    for (const file of ['old-stack.json', 'old-stack-secrets.json']) {
      const { cloud, step, earlier = {} } = await makeStackWorld('template', 'delete-stack', '');
      cloud.files.set(file, '{}');
      const { io } = createStepIo('law-000000', step.id);
      await expect(step.run(io, inputs(earlier))).rejects.toThrow();
      expect(cloud.mutations).toEqual([]);
    }
  });
});
