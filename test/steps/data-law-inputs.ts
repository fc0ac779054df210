import { configSchema } from '../../src/config/schema.js';

export const lawConfig = configSchema.parse({
  name: 'law',
  region: 'us-east-1',
  source: { instance: 'production-rag-db', database: 'ragdb', user: 'raguser', secret: 'secret' },
  target: { cluster: 'production-rag-cluster', instance: 'production-rag-instance', deploy: { api: true } },
});

const server = { host: '127.0.0.1', port: 5432, database: 'source', user: 'raguser', secret: 'secret' };

/** What the steps before the data steps leave. */
export const lawEarlier = {
  'check-readiness': {
    account: '123456789012',
    region: 'us-east-1',
    callerArn: 'arn:aws:iam::123456789012:user/law',
    source: {
      arn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-db',
      identifier: 'production-rag-db',
      engineVersion: '17.7',
      encrypted: true,
      kmsKeyId: null,
      subnetGroup: null,
      securityGroups: [],
      server,
    },
    targetEngineVersion: '17.7',
    clients: { major: 17, version: '17.12', binDir: '/bin' },
    databaseBytes: 1,
  },
  'await-target': {
    clusterIdentifier: 'production-rag-cluster',
    clusterArn: 'arn:aws:rds:us-east-1:123456789012:cluster:production-rag-cluster',
    instanceIdentifier: 'production-rag-instance',
    instanceArn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-instance',
    engineVersion: '17.7',
    minAcu: 0.5,
    maxAcu: 1,
    stack: null,
    server: { ...server, host: '127.0.0.2', database: 'ragdb' },
  },
  'fingerprint-source': { file: 'fingerprint.json', sha256: 'hash', tables: 1, rows: 1 },
  'dump-database': {
    directory: '/dump/attempt-1',
    manifestSha256: 'hash',
    bytes: 1,
    compression: 'zstd:1',
    clientVersion: '17.12',
  },
};
