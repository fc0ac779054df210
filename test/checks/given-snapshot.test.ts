import { describe, expect, test } from 'vitest';
import { examineSnapshot } from '../../src/checks/given-snapshot.js';
import { givenSnapshotUnusedCheck } from '../../src/checks/given-snapshot-unused.js';
import type { ReadinessContext } from '../../src/checks/readiness-check.js';
import { configSchema, type Config } from '../../src/config/schema.js';
import type { DbSnapshot } from '../../src/aws/rds-snapshots.js';
import { lawConfig } from '../steps/data-law-inputs.js';

const own = 'arn:aws:rds:us-east-1:123456789012:snapshot:nightly';
const foreign = 'arn:aws:rds:us-east-1:999988887777:snapshot:nightly';
const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/engineer' };
const source = { identifier: 'production-rag-db', resourceId: 'db-1' };
const nightly: DbSnapshot = {
  identifier: 'nightly',
  arn: own,
  status: 'available',
  type: 'manual',
  instanceIdentifier: 'production-rag-db',
  instanceResourceId: 'db-1',
  engine: 'postgres',
  engineVersion: '17.7',
  masterUser: 'raguser',
  encrypted: true,
  kmsKeyId: 'arn:aws:kms:us-east-1:999988887777:key/1',
  createdAt: new Date(0),
  percent: 100,
  allocatedGiB: 20,
  storageType: 'gp3',
  iops: undefined,
  tags: {},
};

interface Case {
  readonly given?: string;
  readonly config?: Config;
  readonly found?: Partial<DbSnapshot> | null;
}

async function problemsOf({ given = 'nightly', config = lawConfig, found = {} }: Case) {
  const rds = { findSnapshot: () => Promise.resolve(found === null ? undefined : { ...nightly, ...found }) };
  const { problems = [] } = await examineSnapshot(rds, given, { config, caller, source });
  return problems;
}

const withSource = (more: object): Config => ({ ...lawConfig, source: { ...lawConfig.source, ...more } });

const refused: Record<string, Case & { readonly code: string; readonly fix: string }> = {
  'of another Region': {
    given: own.replace('us-east-1', 'eu-west-1'),
    code: 'SnapshotInOtherRegion',
    fix: '--source-region eu-west-1',
  },
  'of a cluster': {
    given: own.replace(':snapshot:', ':cluster-snapshot:'),
    code: 'SnapshotOfCluster',
    fix: 'describe-db-snapshots',
  },
  'that is not there': { found: null, code: 'SnapshotNotFound', fix: 'describe-db-snapshots' },
  'that another account does not share': {
    given: foreign,
    found: null,
    code: 'SnapshotNotShared',
    fix: '--values-to-add 123456789012',
  },
  'that is being made': { found: { status: 'creating' }, code: 'SnapshotNotAvailable', fix: 'aws rds wait' },
  'of another engine': { found: { engine: 'mysql' }, code: 'SnapshotNotPostgres', fix: 'PostgreSQL' },
  'of another instance': {
    found: { instanceIdentifier: 'staging-db', instanceResourceId: 'db-2' },
    code: 'SnapshotOfOtherInstance',
    fix: 'source.snapshotOf to staging-db',
  },
  'of a namesake that was there before': {
    found: { instanceResourceId: 'db-0' },
    code: 'SnapshotOfOtherInstance',
    fix: 'source.snapshotOf',
  },
  'with another master user': { found: { masterUser: 'admin' }, code: 'SnapshotUserDiffers', fix: 'another' },
  'of another account, encrypted, without a key of ours': {
    given: foreign,
    config: withSource({ snapshotOf: 'production-rag-db' }),
    found: { arn: foreign },
    code: 'SnapshotKeyMissing',
    fix: 'source.snapshotKmsKey',
  },
  'while the stack of the source is to be replaced': {
    config: configSchema.parse({
      ...withSource({ stack: 'rag' }),
      target: { ...lawConfig.target, stack: 'rag', deploy: { template: 'aurora.yaml' } },
    }),
    code: 'SnapshotInPlace',
    fix: 'leave source.snapshot out',
  },
};

describe('a snapshot that was given is refused', () => {
  for (const [name, { code, fix, ...one }] of Object.entries(refused))
    test(name, async () => {
      expect(await problemsOf(one)).toMatchObject([{ code, fix: expect.stringContaining(fix) }]);
    });
});

describe('a snapshot that was given is taken', () => {
  const key = { snapshotKmsKey: 'alias/ours' };
  const cases: Record<string, Case> = {
    'by its name': {},
    'by its ARN': { given: own },
    'an automated one': { given: 'rds:nightly', found: { identifier: 'rds:nightly', type: 'automated' } },
    'of another instance that the config names': {
      config: withSource({ snapshotOf: 'Staging-DB' }),
      found: { instanceIdentifier: 'staging-db', instanceResourceId: 'db-2' },
    },
    'of another account, with a key': {
      given: foreign,
      config: withSource({ snapshotOf: 'production-rag-db', ...key }),
      found: { arn: foreign, instanceResourceId: 'db-9' },
    },
  };
  for (const [name, one] of Object.entries(cases))
    test(name, async () => {
      expect(await problemsOf(one)).toEqual([]);
    });
});

test('a dump does not silently leave it out', async () => {
  const context = { config: withSource({ snapshot: 'nightly' }) } as ReadinessContext;
  expect(await givenSnapshotUnusedCheck.find(context)).toMatchObject([{ code: 'SnapshotUnused' }]);
  expect(await givenSnapshotUnusedCheck.find({ ...context, config: lawConfig })).toEqual([]);
});
