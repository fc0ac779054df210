import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const migrate = ['migrate', 'dump-restore', '--yes'];

let world: World;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-bad-input-'));
  world = await createWorld({ mode: 'api' });
}, patience);

afterAll(async () => {
  await world.end();
  await rm(folder, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string | undefined>>;

/** Runs the command in JSON, and in text where asked: one exit code, one cause, nothing changed, nothing begun. */
async function expectRefusal(
  project: string,
  exitCode: number,
  { args = migrate, env = {}, text = false }: { args?: readonly string[]; env?: Env; text?: boolean } = {},
): Promise<{ error: NonNullable<ReturnType<typeof envelopeOf>['error']>; stderr: string }> {
  const since = world.sandbox.calls().at(-1)?.seq;
  const all = { ...world.sandbox.env, ...env };
  const told = text ? await runProgram(project, args, all) : undefined;
  const json = await runProgram(project, [...args, '--json'], all);
  if (told !== undefined) expectExit(told, exitCode);
  expectExit(json, exitCode);
  const { error, ...envelope } = envelopeOf(json);
  expect(envelope).toMatchObject({ ok: false, exitCode });
  expect(mutatingCalls(world, since)).toEqual([]);
  expect(journalOf(project)).toEqual([]);
  expect(error?.what).toBeTruthy();
  if (told !== undefined) expect(told.stderr).toContain(error?.what.split('\n')[0]);
  return { error: error!, stderr: told?.stderr ?? '' };
}

describe('configuration', { timeout: patience }, () => {
  test('a missing file is exit code 2', async () => {
    const { error } = await expectRefusal(folder, 2);
    expect(error.next.length).toBeGreaterThan(0);
  });

  test('a malformed file is exit code 2, with all problems at once', async () => {
    const project = await copyProject(join(folder, 'malformed'), 'api');
    await editConfig(project, (config) => {
      config.setIn(['region'], 'us_east');
      config.setIn(['source', 'instence'], 'x');
      config.deleteIn(['source', 'secret']);
      config.setIn(['target', 'deploy', 'template'], 'aurora.yaml');
    });
    const { error, stderr } = await expectRefusal(project, 2, { text: true });
    const problems = JSON.stringify(error.problems);
    for (const part of ['region', 'instence', 'secret', 'exactly one of template, command or api']) {
      expect(problems).toContain(part);
      expect(stderr).toContain(part);
    }
  });

  test('text that is no YAML is exit code 2', async () => {
    const project = await copyProject(join(folder, 'no-yaml'), 'api');
    await writeFile(join(project, 'rds2aurora.yaml'), 'name: [production-rag\nregion: }\n');
    await expectRefusal(project, 2);
  });
});

describe('account', { timeout: patience }, () => {
  test.each(['dump-restore', 'snapshot'])(
    'a region in which the source is not is exit code 4, by %s',
    async (path) => {
      const project = await copyProject(join(folder, `region-${path}`), 'api');
      await editConfig(project, (config) => {
        config.setIn(['region'], 'eu-west-1');
      });
      const env = { AWS_REGION: 'eu-west-1' };
      const { error } = await expectRefusal(project, 4, { args: ['migrate', path, '--yes'], env });
      expect(error.code).toBe('SourceNotFound');
      expect(`${error.what} ${error.why ?? ''}`).toContain('eu-west-1');
      expect(error.next.join()).toContain('aws rds describe-db-instances --region eu-west-1');
    },
  );

  test.each(['EXPIRED', 'DENIED', 'INVALID'])('an access key id that is %s is exit code 4', async (kind) => {
    const env = { AWS_ACCESS_KEY_ID: `${kind}00000000000000` };
    await expectRefusal(world.project, 4, { env, text: kind === 'EXPIRED' });
  });

  test('no credentials at all are exit code 4', async () => {
    const env = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, HOME: folder };
    await expectRefusal(world.project, 4, { env });
  });
});

test(
  'without a terminal and without --yes, nothing is confirmed: exit code 5',
  { timeout: patience },
  async () => {
    const { error } = await expectRefusal(world.project, 5, {
      args: ['migrate', 'dump-restore'],
      text: true,
    });
    expect(`${error.what} ${error.next.join(' ')}`).toContain('--yes');
  },
);

describe('target', { timeout: patience }, () => {
  const cluster = 'somebody-elses';

  beforeAll(async () => {
    await world.sandbox.call('rds', 'CreateDBCluster', {
      DBClusterIdentifier: cluster,
      Engine: 'aurora-postgresql',
      MasterUsername: 'someone',
      MasterUserPassword: 'not-our-password',
      DBSubnetGroupName: await readSubnetGroup(),
    });
  }, patience);

  // Whatever is in it: the tool fills only a cluster that its own run has made.
  test.each(['api', 'template'] as const)(
    'a cluster that stands already is exit code 10, by %s',
    async (mode) => {
      const project = await copyProject(join(folder, `taken-${mode}`), mode);
      await editConfig(project, (config) => {
        config.setIn(['target', 'cluster'], cluster);
      });
      const { error } = await expectRefusal(project, 10, { text: mode === 'api' });
      expect(error.code).toBe('ClusterTaken');
      expect(error.what).toContain(cluster);
      expect(error.changed).toBe(false);
    },
  );
});

test('the source serves its application as before', { timeout: patience }, async () => {
  const client = await connect(await readDatabaseAddress(world.sandbox.call, world.caFile));
  const { rows } = await client.query<{ mode: string }>(
    `SELECT current_setting('default_transaction_read_only') AS mode`,
  );
  await client.end();
  expect(rows).toEqual([{ mode: 'off' }]);
});

async function readSubnetGroup(): Promise<string> {
  const answer = await world.sandbox.call('rds', 'DescribeDBInstances', {
    DBInstanceIdentifier: 'production-rag-db',
  });
  const name = /"DBSubnetGroupName":"([^"]+)"/.exec(JSON.stringify(answer))?.[1];
  if (name === undefined) throw new Error('the source has no subnet group');
  return name;
}
