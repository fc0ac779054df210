import { describe, expect, test } from 'vitest';
import { findLocalArtifacts } from '../../src/aws/local-artifacts.js';
import { findSuccessorProblems } from '../../src/steps/successor-problems.js';
import { commandConfig, config, makeStackWorld, inputs, newTemplate } from './stack-world.js';
import { createStepIo } from './step-harness.js';

const unpackaged = `${newTemplate}  Handler:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: ./handler\n`;

function depsOf(text: string, capabilities: readonly string[] = [], reason?: string) {
  return {
    templates: { load: () => Promise.resolve(text), findLocalArtifacts },
    cloudFormation: { validateTemplate: () => Promise.resolve({ reason, capabilities }) },
  };
}

describe('what would keep the new stack from being made', () => {
  test('is nothing for a template that can be deployed as it is', async () => {
    expect(await findSuccessorProblems(depsOf(newTemplate), config, [])).toEqual([]);
  });

  test('is a template that has to be packaged first, of a command too', async () => {
    for (const one of [config, commandConfig])
      expect(await findSuccessorProblems(depsOf(unpackaged), one, [])).toMatchObject([
        {
          code: 'TemplateNotPackaged',
          what: expect.stringContaining('Handler.Code is ./handler'),
          fix: expect.stringMatching(/aws cloudformation package --template-file new\.yaml/),
        },
      ]);
  });

  test('is what CloudFormation itself objects to', async () => {
    const deps = depsOf(newTemplate, [], 'Template format error: unresolved condition');
    expect(await findSuccessorProblems(deps, config, [])).toMatchObject([
      { code: 'TemplateInvalid', why: 'Template format error: unresolved condition' },
    ]);
  });

  test('is a capability that neither the old stack has nor the configuration grants', async () => {
    const deps = depsOf(newTemplate, ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND']);
    expect(await findSuccessorProblems(deps, config, ['CAPABILITY_NAMED_IAM'])).toMatchObject([
      { code: 'CapabilityMissing', fix: 'set target.deploy.capabilities to ["CAPABILITY_AUTO_EXPAND"]' },
    ]);
    const both = ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'];
    expect(await findSuccessorProblems(deps, config, both)).toEqual([]);
  });

  test('save-stack refuses it in the plan and in the run, and nothing is deleted', async () => {
    const { cloud, step, earlier = {} } = await makeStackWorld('command', 'save-stack', '');
    cloud.neededCapabilities = ['CAPABILITY_IAM'];
    const { io } = createStepIo('law-000000', step.id);
    await expect(step.plan(io, { config: commandConfig, runId: 'law-000000' })).resolves.toMatchObject({
      kind: 'blocked',
      problems: [{ code: 'CapabilityMissing' }],
    });
    await expect(step.run(io, inputs(earlier, commandConfig))).rejects.toMatchObject({
      code: 'CapabilityMissing',
      exitCode: 10,
    });
    expect(cloud.mutations).toEqual([]);
  });
});
