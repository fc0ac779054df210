import type { ReturningInstance } from '../../src/aws/rds-instance-returns.js';
import type { InstanceSettings } from '../../src/aws/rds-instance-settings.js';
import type { DbInstance } from '../../src/aws/rds-instances.js';
import type { DbSnapshot } from '../../src/aws/rds-snapshots.js';

export const finalSnapshot = {
  snapshotIdentifier: 'rds2aurora-law-000000',
  snapshotArn: 'arn:aws:rds:us-east-1:123456789012:snapshot:rds2aurora-law-000000',
  engineVersion: '17.7',
  encrypted: true,
  kmsKeyId: 'key',
  createdAt: '1970-01-01T00:00:00.000Z',
};

const settings: InstanceSettings = {
  ...{ identifier: 'production-rag-db', arn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-db' },
  ...{ resourceId: 'db-1', instanceClass: 'db.t4g.micro', engineVersion: '17.7' },
  ...{ port: 5432, availabilityZone: 'us-east-1a', multiAz: false, publiclyAccessible: false },
  ...{ subnetGroup: 'group', securityGroups: ['sg-1'], networkType: 'IPV4', caCertificate: null },
  ...{ parameterGroup: 'parameters', optionGroup: 'default:postgres-17', licenseModel: 'postgresql-license' },
  ...{ storageType: 'gp3', allocatedGiB: 20, maxAllocatedGiB: 100, iops: 3000, storageThroughput: 125 },
  ...{ dedicatedLogVolume: false, encrypted: true, kmsKeyId: 'key', copyTagsToSnapshot: true },
  ...{ autoMinorVersionUpgrade: false, iamAuthentication: false, logExports: [], deletionProtection: true },
  ...{ backupRetention: 7, backupWindow: '07:05-07:35', maintenanceWindow: 'sun:05:12-sun:05:42' },
  ...{ monitoringInterval: 0, monitoringRoleArn: null, performanceInsights: false },
  ...{ performanceInsightsKey: null, performanceInsightsDays: null },
  tags: { Application: 'rag', 'aws:cloudformation:stack-name': 'old' },
};

/** RDS with one instance, which can be deleted, and made again from its snapshot. */
export class FakeSourceRds {
  instance: InstanceSettings | undefined = settings;
  isSnapshotThere = true;
  readonly mutations: string[] = [];
  #made = 1;

  /** Without what is new whenever an instance is made, and the tags by which it is known. */
  snapshot(): object | null {
    if (this.instance === undefined) return null;
    const { resourceId: _, tags, ...rest } = this.instance;
    const own = Object.entries(tags).filter(([key]) => !/^(aws|rds2aurora):/.test(key));
    return { ...rest, tags: Object.fromEntries(own) };
  }

  readonly gateway = {
    findInstance: (): Promise<DbInstance | undefined> =>
      Promise.resolve(this.instance === undefined ? undefined : toInstance(this.instance)),
    readInstanceSettings: () => Promise.resolve(this.instance),
    describeReturn: ({ settings: wanted, snapshot }: ReturningInstance) => ({
      ...{ DBInstanceIdentifier: wanted.identifier, DBSnapshotIdentifier: snapshot },
    }),
    returnInstance: ({ settings: wanted, snapshot, tags }: ReturningInstance) => {
      if (this.instance !== undefined) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`RestoreDBInstanceFromDBSnapshot ${snapshot}`);
      this.#made += 1;
      const resourceId = `db-${String(this.#made)}`;
      // A restore cannot be asked for these.
      const lost = { maintenanceWindow: 'mon:00:00-mon:00:30', maxAllocatedGiB: null };
      this.instance = { ...wanted, ...lost, resourceId, tags: { ...wanted.tags, ...tags } };
      return Promise.resolve({ outcome: 'created' as const });
    },
    adjustInstance: (wanted: InstanceSettings) => {
      this.mutations.push('ModifyDBInstance settings');
      const { maintenanceWindow, maxAllocatedGiB } = wanted;
      if (this.instance !== undefined)
        this.instance = { ...this.instance, maintenanceWindow, maxAllocatedGiB };
      return Promise.resolve();
    },
    setInstanceDeletionProtection: (_identifier: string, deletionProtection: boolean) => {
      this.mutations.push(`ModifyDBInstance protection ${String(deletionProtection)}`);
      if (this.instance !== undefined) this.instance = { ...this.instance, deletionProtection };
      return Promise.resolve();
    },
    deleteInstance: () => {
      if (this.instance?.deletionProtection === true) return Promise.reject(new Error('protected'));
      this.mutations.push('DeleteDBInstance');
      this.instance = undefined;
      return Promise.resolve();
    },
    findSnapshot: (): Promise<DbSnapshot | undefined> =>
      Promise.resolve(this.isSnapshotThere ? snapshotAsFound : undefined),
  };

  readonly waits = {
    untilInstanceAvailable: () =>
      this.instance === undefined
        ? Promise.reject(new Error('the instance is not there'))
        : Promise.resolve(toInstance(this.instance)),
    untilInstanceGone: () => Promise.resolve(),
  };
}

const snapshotAsFound: DbSnapshot = {
  ...{ identifier: finalSnapshot.snapshotIdentifier, arn: finalSnapshot.snapshotArn, status: 'available' },
  ...{ type: 'manual', instanceIdentifier: 'production-rag-db', instanceResourceId: 'db-1' },
  ...{ engine: 'postgres', engineVersion: '17.7', masterUser: 'raguser', encrypted: true, kmsKeyId: 'key' },
  ...{ allocatedGiB: 20, storageType: 'gp3', iops: 3000, createdAt: new Date(0), percent: 100, tags: {} },
};

function toInstance(one: InstanceSettings): DbInstance {
  return {
    ...{ identifier: one.identifier, arn: one.arn, status: 'available', engine: 'postgres' },
    ...{ resourceId: one.resourceId, createdAt: new Date(0), storageType: 'gp3', multiAz: false },
    ...{ engineVersion: one.engineVersion, instanceClass: one.instanceClass, clusterIdentifier: undefined },
    endpoint: { address: 'source.local', port: one.port ?? 5432 },
    ...{ database: 'ragdb', masterUser: 'raguser', managedSecretArn: undefined, encrypted: one.encrypted },
    ...{ kmsKeyId: undefined, subnetGroup: undefined, vpcId: undefined, subnets: [] },
    ...{ securityGroups: [], parameterGroups: [], allocatedGiB: one.allocatedGiB },
    ...{ autoMinorVersionUpgrade: false, deletionProtection: one.deletionProtection, tags: one.tags },
    ...{ iamAuthentication: one.iamAuthentication, passwordPending: false },
  };
}
