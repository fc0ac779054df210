import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { migrateSchema, planSchema, rollbackSchema } from '../../src/cli/result-schemas.js';
import { sayMove } from '../say.js';
import {
  createWorld,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  until,
  type World,
} from './harness.js';
import { countLostWrites, countRows, moved, readSource, readState, type SourceFacts } from './world-state.js';

/** Two stacks are deleted and two made; under load that takes minutes. */
const patience = 900_000;
const stack = 'production-rag-stack';
const stacks = (status: string) => ['production-network-stack CREATE_COMPLETE', `${stack} ${status}`];
const migrate = ['migrate', 'snapshot', '--json'];
const confirmed = [...migrate, '--confirm', stack];

describe('snapshot into the stack that owns the source', { shuffle: false, timeout: patience }, () => {
  let world: World;
  let source: SourceFacts;

  beforeAll(async () => {
    world = await createWorld({ mode: 'template-in-place' });
    source = await readSource(world);
  }, patience);

  afterAll(() => world.end());

  test('the plan shows the edit of the template, and nothing is changed on a mere yes', async () => {
    const ended = await world.cli(['plan', 'snapshot', '--json']);
    expectExit(ended, 0);
    const { steps, problems } = planSchema.parse(envelopeOf(ended).result);
    expect(problems).toEqual([]);
    const deploy = steps.find(({ id }) => id === 'deploy-from-snapshot');
    expect(JSON.stringify(deploy?.plan)).toContain('-       MasterUsername: raguser');
    expect(JSON.stringify(deploy?.plan)).toContain('+       SnapshotIdentifier');
    expectExit(await world.cli([...migrate, '--yes']), 5);
    expect(mutatingCalls(world)).toEqual([]);
    expect(journalOf(world.project)).toEqual([]);
  });

  test('exports in use, termination protection and deletion protection end the plan and the move', async () => {
    await changeStack(world);
    await setObstacles(world, true);
    const since = world.sandbox.calls().at(-1)?.seq;
    const plan = await world.cli(['plan', 'snapshot', '--json']);
    expectExit(plan, 3);
    const { problems } = planSchema.parse(envelopeOf(plan).result);
    expect(problems.map(({ code }) => code)).toEqual([
      'ExportInUse',
      'TerminationProtected',
      'DeletionProtected',
    ]);
    expectExit(await world.cli(confirmed), 10);
    expect(mutatingCalls(world, since)).toEqual([]);
    await setObstacles(world, false);
  });

  test('the move ends with every comparison equal and no acknowledged write lost', async () => {
    const ended = await world.cli(confirmed);
    expectExit(ended, 0);
    const { comparisons, checks, downtimeMilliseconds } = migrateSchema.parse(envelopeOf(ended).result);
    expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
    expect(comparisons.map(({ item }) => item)).toContain('rows of public.messages');
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(downtimeMilliseconds).toBeGreaterThan(0);
    expect(await countLostWrites(world)).toBe(0);
    expect(await readState(world)).toEqual({
      ...moved,
      instances: ['production-rag-instance available'],
      stacks: stacks('UPDATE_COMPLETE'),
    });
    sayMove('snapshot into the stack that owns the source, by a template', {
      comparisons,
      downtimeMilliseconds,
    });
  });

  test('the template that has to stay is in the stack, and an update with it replaces nothing', async () => {
    const { TemplateBody } = z
      .object({ TemplateBody: z.string() })
      .parse(await world.sandbox.call('cloudformation', 'GetTemplate', { StackName: stack }));
    expect(TemplateBody).toMatch(/SnapshotIdentifier: 'arn:aws:rds:us-east-1:123456789012:snapshot:/);
    expect(TemplateBody).toContain('Rds2AuroraSnapshot');
    const again = world.sandbox.call('cloudformation', 'UpdateStack', {
      StackName: stack,
      TemplateBody,
      Capabilities: ['CAPABILITY_IAM'],
    });
    await expect(again).rejects.toThrow('No updates are to be performed.');
  });

  test('secrets lie sealed for their owner alone, and nowhere else', async () => {
    const { password } = source.address;
    const folder = await runFolder(world);
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      if (!(await stat(file)).isFile()) continue;
      const holds = (await readFile(file, 'utf8')).includes(password);
      expect({ name, holds }).toEqual({ name, holds: name === 'old-stack-secrets.json' });
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
  });

  test('a dry run of rollback tells what it would do, and changes nothing', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['rollback', '--dry-run', '--json']);
    expectExit(ended, 0);
    const { steps, done } = rollbackSchema.parse(envelopeOf(ended).result);
    expect(done).toBe(false);
    expect(steps.map(({ id }) => id)).toContain('delete-stack');
    expect(mutatingCalls(world, since)).toEqual([]);
  });

  test('rollback wants the name of the source, and brings the old stack back with the same data', async () => {
    const since = world.sandbox.calls().at(-1)?.seq ?? 0;
    expectExit(await world.cli(['rollback', '--yes', '--json']), 5);
    expect(mutatingCalls(world, since)).toEqual([]);
    const ended = await world.cli(['rollback', '--confirm', 'production-rag-db', '--json']);
    expectExit(ended, 0);
    expect(await readState(world)).toEqual({
      clusters: [],
      instances: ['production-rag-db available'],
      applicationOn: 'production-rag-db',
      tasks: '1 of 1',
      stacks: stacks('UPDATE_COMPLETE'),
    });
    expect(ended.stdout + ended.stderr).not.toContain(source.address.password);
    const { messages, conversations, ...others } = await countRows(source.address);
    const { messages: _m, conversations: _c, ...had } = source.rows;
    expect(others).toEqual(had);
    expect([messages, conversations].every((count) => (count ?? 0) > 0)).toBe(true);
    expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
  });

  test('nothing was deleted that this run had not made, but for the old stack it was told to delete', () => {
    const deleted = world.sandbox
      .calls()
      .filter(({ action, mutating }) => mutating && action.startsWith('Delete'))
      .map(({ service, action }) => `${service}:${action}`);
    expect(new Set(deleted)).toEqual(new Set(['cloudformation:DeleteStack']));
  });

  test('a second rollback does nothing', async () => {
    const since = world.sandbox.calls().at(-1)?.seq;
    const ended = await world.cli(['rollback', '--json']);
    expectExit(ended, 0);
    expect(rollbackSchema.parse(envelopeOf(ended).result)).toMatchObject({
      alreadyRolledBack: true,
      steps: [],
    });
    expect(mutatingCalls(world, since)).toEqual([]);
  });
});

/** Another stack that reads an export, and both protections. */
async function setObstacles({ sandbox: { call } }: World, on: boolean): Promise<void> {
  const EnableTerminationProtection = on;
  await call('cloudformation', 'UpdateTerminationProtection', {
    StackName: stack,
    EnableTerminationProtection,
  });
  const instance = { DBInstanceIdentifier: 'production-rag-db', ApplyImmediately: true };
  await call('rds', 'ModifyDBInstance', { ...instance, DeletionProtection: on });
  const Value = { 'Fn::ImportValue': 'production-rag-endpoint' };
  const Resources = { Endpoint: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } } };
  const reader = { StackName: 'reader', TemplateBody: JSON.stringify({ Resources }) };
  await call('cloudformation', on ? 'CreateStack' : 'DeleteStack', on ? reader : { StackName: 'reader' });
  await until('the import to begin or to end', async () => {
    const answer = await call('cloudformation', 'ListImports', {
      ExportName: 'production-rag-endpoint',
    }).catch(() => undefined);
    return (answer !== undefined) === on;
  });
}

/** The stack as its users may have it: an output that others can import, and a secret that goes with its stack. */
async function changeStack(world: World): Promise<void> {
  const before = await readFile(join(world.project, 'infrastructure', 'rds.yaml'), 'utf8');
  const line = '    Value: !GetAtt RDSInstance.Endpoint.Address\n';
  const TemplateBody = before
    .replace(line, `${line}    Export: {Name: production-rag-endpoint}\n`)
    .replaceAll(/ {4}(Deletion|UpdateReplace)Policy: Retain\n/g, '')
    .replace('Description: Master user', 'Description: The master user');
  const Capabilities = ['CAPABILITY_IAM'];
  await world.sandbox.call('cloudformation', 'UpdateStack', { StackName: stack, TemplateBody, Capabilities });
  await untilStack(world, stack, 'UPDATE_COMPLETE');
}

async function untilStack(world: World, name: string, status: string): Promise<void> {
  await until(`${name} to be ${status}`, async () =>
    (await readState(world)).stacks.includes(`${name} ${status}`),
  );
}

async function runFolder(world: World): Promise<string> {
  const runs = join(world.project, '.rds2aurora', 'runs');
  const [name = ''] = await readdir(runs);
  return join(runs, name);
}
