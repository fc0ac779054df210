import type { DbInstance } from '../../src/aws/rds-instances.js';
import type { ReadinessContext } from '../../src/checks/readiness-check.js';
import { lawConfig, lawEarlier } from '../steps/data-law-inputs.js';

/** A source that nothing is wrong with. */
export const source: DbInstance = {
  identifier: 'production-rag-db',
  resourceId: 'db-1',
  createdAt: undefined,
  storageType: 'gp3',
  multiAz: false,
  arn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-db',
  status: 'available',
  engine: 'postgres',
  engineVersion: '17.7',
  instanceClass: 'db.t4g.medium',
  clusterIdentifier: undefined,
  endpoint: { address: '127.0.0.1', port: 5432 },
  database: 'ragdb',
  masterUser: 'raguser',
  managedSecretArn: undefined,
  encrypted: true,
  kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1',
  subnetGroup: 'database',
  vpcId: 'vpc-1',
  subnets: [],
  securityGroups: ['sg-1'],
  parameterGroups: ['default.postgres17'],
  allocatedGiB: 20,
  autoMinorVersionUpgrade: false,
  passwordPending: false,
  iamAuthentication: false,
  deletionProtection: false,
  tags: {},
};
export const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/engineer' };

/** What a check is given, `more` apart. */
export function readinessContext(more: Partial<ReadinessContext> = {}): ReadinessContext {
  return {
    config: lawConfig,
    runId: 'law-000000',
    caller,
    source,
    server: lawEarlier['check-readiness'].source.server,
    target: {
      version: '17.7',
      status: 'available',
      parameterGroupFamily: '',
      serverless: { min: 0, max: 256 },
    },
    ...more,
  };
}
