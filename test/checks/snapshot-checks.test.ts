import { describe, expect, test } from 'vitest';
import { managedPasswordCheck } from '../../src/checks/managed-password.js';
import { createQuotaCheck } from '../../src/checks/quota.js';
import { restoringDeploymentCheck } from '../../src/checks/restoring-deployment.js';
import { createShippedExtensionsCheck } from '../../src/checks/shipped-extensions.js';
import { examineSource } from '../../src/checks/source-instance.js';
import { createTargetNetworkCheck } from '../../src/checks/target-network.js';
import { createUnloggedTablesCheck } from '../../src/checks/unlogged-tables.js';
import { configSchema } from '../../src/config/schema.js';
import { lawConfig } from '../steps/data-law-inputs.js';
import { caller, readinessContext as context, source } from './readiness-context.js';

describe('what a snapshot cannot do is known beforehand', () => {
  test('a password that RDS manages', async () => {
    expect(await managedPasswordCheck.find(context())).toEqual([]);
    const managed = { ...source, managedSecretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:rds!db-1' };
    expect(await managedPasswordCheck.find(context({ source: managed }))).toMatchObject([
      { code: 'ManagedMasterPassword', fix: expect.stringContaining('--no-manage-master-user-password') },
    ]);
  });

  test('rows in unlogged tables', async () => {
    const none = createUnloggedTablesCheck(() => Promise.resolve([]));
    expect(await none.find(context())).toEqual([]);
    const some = createUnloggedTablesCheck(() => Promise.resolve(['"public"."scratch"']));
    expect(await some.find(context())).toMatchObject([
      { code: 'UnloggedTables', fix: expect.stringContaining('ALTER TABLE "public"."scratch" SET LOGGED;') },
    ]);
  });

  test('a pgvector newer than the target ships, with the versions that ship it', async () => {
    const check = (version: string) =>
      createShippedExtensionsCheck(() => Promise.resolve([{ name: 'vector', version }]));
    expect(await check('0.8.0').find(context())).toEqual([]);
    expect(await check('0.8.1').find(context())).toMatchObject([
      { code: 'ExtensionTooNew', fix: 'set target.engineVersion to one of 17.9, 17.10' },
    ]);
    expect(await check('9.9.9').find(context())).toMatchObject([
      { code: 'ExtensionTooNew', fix: expect.stringContaining('wait for a release of Aurora') },
    ]);
  });

  test('a deploy command beside the source', async () => {
    const beside = configSchema.parse({
      ...lawConfig,
      target: { ...lawConfig.target, stack: 'new-stack', deploy: { command: ['./deploy.sh'] } },
    });
    expect(await restoringDeploymentCheck.find(context({ config: beside }))).toMatchObject([
      { code: 'CommandCannotRestore' },
    ]);
    expect(await restoringDeploymentCheck.find(context())).toEqual([]);
  });

  test('a reached quota of snapshots, and of nothing that is not needed', async () => {
    const rds = {
      listQuotas: () =>
        Promise.resolve([
          { name: 'ManualSnapshots', used: 100, max: 100 },
          { name: 'ManualClusterSnapshots', used: 100, max: 100 },
          { name: 'DBClusters', used: 1, max: 40 },
        ]),
    };
    const found = await createQuotaCheck(rds, ['DBClusters', 'ManualSnapshots']).find(context());
    expect(found).toMatchObject([
      { code: 'QuotaReached', what: expect.stringContaining('manual DB snapshots') },
    ]);
  });

  test('a subnet group of one zone', async () => {
    const check = createTargetNetworkCheck({
      rds: { findSubnetGroup: () => Promise.resolve({ vpcId: 'vpc-1', zones: ['us-east-1a'] }) },
      ec2: { findSecurityGroups: () => Promise.resolve([]) },
      ecs: { findService: () => Promise.resolve(undefined) },
    });
    expect(await check.find(context())).toMatchObject([{ code: 'SubnetGroupTooNarrow' }]);
  });

  test('a key that RDS cannot use any more', async () => {
    const status = 'inaccessible-encryption-credentials-recoverable';
    const rds = { findInstance: () => Promise.resolve({ ...source, status }) };
    expect((await examineSource(rds, lawConfig, caller)).problems).toMatchObject([
      { code: 'SourceKeyUnusable', why: expect.stringContaining(status) },
    ]);
  });
});
