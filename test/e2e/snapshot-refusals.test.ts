import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planSchema } from '../../src/cli/result-schemas.js';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import {
  copyProject,
  createWorld,
  editConfig,
  envelopeOf,
  expectExit,
  journalOf,
  mutatingCalls,
  runProgram,
  type World,
} from './harness.js';

const patience = 240_000;

let world: World;

beforeAll(async () => {
  world = await createWorld({ mode: 'api' });
}, patience);

afterAll(() => world.end());

/** The plan tells of it with exit code 3, the run refuses with 10; neither changes anything. */
async function expectRefusal(code: string, version?: string): Promise<string> {
  const project = await copyProject(join(world.project, '..', 'refused'), 'api');
  if (version !== undefined)
    await editConfig(project, (config) => {
      config.setIn(['target', 'engineVersion'], version);
    });
  const since = world.sandbox.calls().at(-1)?.seq;
  const planned = await runProgram(project, ['plan', 'snapshot', '--json'], world.sandbox.env);
  const run = await runProgram(project, ['migrate', 'snapshot', '--yes', '--json'], world.sandbox.env);
  expectExit(planned, 3);
  expectExit(run, 10);
  const { problems } = planSchema.parse(envelopeOf(planned).result);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
  expect(envelopeOf(run).error).toMatchObject({ code, changed: false });
  expect(mutatingCalls(world, since)).toEqual([]);
  expect(journalOf(project)).toEqual([]);
  await rm(project, { recursive: true });
  return problems[0]?.fix ?? '';
}

describe('what a snapshot cannot do is refused before anything is changed', { timeout: patience }, () => {
  test('from 17.7 to 15.5', async () => {
    expect(await expectRefusal('VersionNotRestorable', '15.5')).toContain('dump-restore');
  });

  test('with rows in an unlogged table', async () => {
    await onSource('CREATE UNLOGGED TABLE scratch AS SELECT 1 AS n');
    expect(await expectRefusal('UnloggedTables')).toContain('SET LOGGED');
    await onSource('DROP TABLE scratch');
  });
});

async function onSource(sql: string): Promise<void> {
  const client = await connect(await readDatabaseAddress(world.sandbox.call, world.caFile));
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
