import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { planSchema } from '../../src/cli/result-schemas.js';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import type { AwsStruct } from '../../src/sandbox/service.js';
import { sampleEvenly } from '../campaigns/sample-evenly.js';
import { each, replaced } from './changed-answers.js';
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

const patience = 400_000;
const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
/** Of the refusals by a plan: each is a process of seconds, and what a check says is tested with the check. */
const sampleSize = 2;

let world: World;

beforeAll(async () => {
  world = await createWorld({ mode: 'api' });
}, patience);

afterAll(() => world.end());

interface Refusal {
  /** target.engineVersion */
  readonly version?: string;
  /** --snapshot */
  readonly snapshot?: string;
  /** Facts that the sandbox cannot come to by itself. */
  readonly answers?: Readonly<Record<string, (answer: AwsStruct) => AwsStruct>>;
  /** State of the source. */
  readonly state?: string;
  readonly code: string;
  /** What the way out has to name. */
  readonly fix: string;
}

const instances = 'rds:DescribeDBInstances';
const orderable = 'rds:DescribeOrderableDBInstanceOptions';
const ofVersion = (EngineVersion: string) => ({
  [instances]: each('DBInstances', () => ({ EngineVersion })),
});
const noSuch = (answer: AwsStruct) => replaced(answer, 'OrderableDBInstanceOptions', () => []);

const elsewhere = 'arn:aws:rds:eu-west-1:123456789012:snapshot:weekly';

const refusals: Readonly<Record<string, Refusal>> = {
  'from 17.7 to 15.5': { version: '15.5', code: 'VersionNotRestorable', fix: 'dump-restore' },
  'to an Aurora minor below the one of the source, 17.8': {
    version: '17.7',
    answers: ofVersion('17.8'),
    code: 'VersionNotRestorable',
    fix: 'set target.engineVersion to one of 17.10, 17.9',
  },
  'to a version that is not offered': {
    version: '17.99',
    code: 'VersionNotOffered',
    fix: '17.10, 17.9, 17.7',
  },
  'to a version of which db.serverless cannot be ordered': {
    version: '17.9',
    answers: { [orderable]: noSuch },
    code: 'ServerlessNotOrderable',
    fix: 'set target.engineVersion',
  },
  'with a pgvector newer than the target has': {
    version: '16.6',
    answers: {
      ...ofVersion('16.4'),
      [orderable]: (answer) => replaced(answer, 'OrderableDBInstanceOptions', () => [{}]),
      'rds:DescribeDBEngineVersions': (answer) =>
        replaced(answer, 'DBEngineVersions', (items) => [
          ...items,
          { ...items.at(-1), EngineVersion: '16.6' },
        ]),
    },
    code: 'ExtensionTooNew',
    fix: 'set target.engineVersion to one of 16.8',
  },
  'of an encrypted source whose key cannot be used': {
    state: 'inaccessible-encryption-credentials-recoverable',
    code: 'SourceKeyUnusable',
    fix: 'aws kms enable-key',
  },
  'of a source whose password RDS manages': {
    answers: {
      [instances]: each('DBInstances', () => ({
        MasterUserSecret: {
          SecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1',
          SecretStatus: 'active',
        },
      })),
    },
    code: 'ManagedMasterPassword',
    fix: '--no-manage-master-user-password',
  },
  'where no more snapshots may be made': {
    answers: {
      'rds:DescribeAccountAttributes': each('AccountQuotas', (quota) =>
        quota['AccountQuotaName'] === 'ManualSnapshots' ? { Used: quota['Max'] } : {},
      ),
    },
    code: 'QuotaReached',
    fix: 'service-quotas',
  },
  'into a subnet group of one zone': {
    answers: {
      'rds:DescribeDBSubnetGroups': each('DBSubnetGroups', (group) =>
        replaced(group, 'Subnets', (subnets) => subnets.slice(0, 1)),
      ),
    },
    code: 'SubnetGroupTooNarrow',
    fix: 'add a subnet in another zone',
  },
  'from a snapshot of another Region': {
    snapshot: elsewhere,
    code: 'SnapshotInOtherRegion',
    fix: 'aws rds copy-db-snapshot',
  },
};

describe('what a snapshot cannot do is refused before anything is changed', { timeout: patience }, () => {
  afterEach(() => {
    for (const { answers = {} } of Object.values(refusals))
      for (const action of Object.keys(answers)) world.sandbox.changeAnswers(action);
    scriptSource('');
  });

  const all = Object.entries(refusals);
  const chosen = full ? all : sampleEvenly(all, sampleSize, seed);
  console.log(`refusals by a plan: ${chosen.length} of ${all.length}, CAMPAIGN_SEED=${seed}`);

  for (const [name, { answers = {}, state = '', code, fix, ...asked }] of chosen)
    test(name, async () => {
      for (const [action, change] of Object.entries(answers)) world.sandbox.changeAnswers(action, change);
      scriptSource(state);
      expect(await planRefused(code, asked)).toContain(fix);
    });

  test('with rows in an unlogged table, by the plan and by the move', async () => {
    await onSource('CREATE UNLOGGED TABLE scratch AS SELECT 1 AS n');
    expect(await planRefused('UnloggedTables')).toContain('SET LOGGED');
    await moveRefused('UnloggedTables');
    await onSource('DROP TABLE scratch');
  });

  test('from a snapshot of another Region, by the move too, whatever is confirmed', async () => {
    await moveRefused('SnapshotInOtherRegion', '--snapshot', elsewhere, '--confirm', 'weekly');
  });
});

async function moveRefused(code: string, ...flags: readonly string[]): Promise<void> {
  const since = world.sandbox.calls().at(-1)?.seq;
  const run = await world.cli(['migrate', 'snapshot', '--yes', '--json', ...flags]);
  expectExit(run, 10);
  expect(envelopeOf(run).error).toMatchObject({ code, changed: false });
  expect(mutatingCalls(world, since)).toEqual([]);
  expect(journalOf(world.project)).toEqual([]);
}

/** The one problem of the plan, and the way out that it tells. */
async function planRefused(
  code: string,
  { version, snapshot }: Pick<Refusal, 'version' | 'snapshot'> = {},
): Promise<string> {
  const project = await copyProject(join(world.project, '..', 'refused'), 'api');
  if (version !== undefined)
    await editConfig(project, (config) => {
      config.setIn(['target', 'engineVersion'], version);
    });
  const since = world.sandbox.calls().at(-1)?.seq;
  const given = snapshot === undefined ? [] : ['--snapshot', snapshot];
  const planned = await runProgram(project, ['plan', 'snapshot', ...given, '--json'], world.sandbox.env);
  await rm(project, { recursive: true });
  expectExit(planned, 3);
  const { problems } = planSchema.parse(envelopeOf(planned).result);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
  expect(problems[0]?.why).not.toBe('');
  expect(mutatingCalls(world, since)).toEqual([]);
  return problems[0]?.fix ?? '';
}

function scriptSource(state: string): void {
  world.sandbox.scriptState({ resource: 'db-instance', identifier: 'production-rag-db', state });
}

async function onSource(sql: string): Promise<void> {
  const client = await connect(await readDatabaseAddress(world.sandbox.call, world.caFile));
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
