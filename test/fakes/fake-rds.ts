import type { DbCluster, NewCluster } from '../../src/aws/rds-clusters.js';
import type {
  ClusterParameterGroup,
  ParameterDefinition,
  ParameterSetting,
} from '../../src/aws/rds-parameters.js';
import type { RestoredInstance } from '../../src/aws/rds-instance-restores.js';
import type { DbInstance, NewWriter } from '../../src/aws/rds-instances.js';
import type { RestoredCluster } from '../../src/aws/rds-restores.js';
import type { DbSnapshot } from '../../src/aws/rds-snapshots.js';

type Tags = Readonly<Record<string, string>>;

/** What a cluster is told in both ways of making one. */
type MadeCluster = Omit<NewCluster, 'masterUser' | 'secret' | 'encrypted'> &
  Partial<Pick<RestoredCluster, 'parameterGroup'>>;

/** RDS as steps see it: what a call makes is there at once and `available`. */
export class FakeRds {
  readonly snapshots = new Map<string, DbSnapshot>();
  readonly clusters = new Map<string, DbCluster>();
  readonly instances = new Map<string, DbInstance>();
  readonly groups = new Map<string, ClusterParameterGroup & { readonly set: Map<string, string> }>();
  readonly mutations: string[] = [];
  /** What a user has set on the source. */
  sourceParameters: ParameterSetting[] = [];
  family: ParameterDefinition[] = [];
  /** Whether an instance that is restored has the password of the secret. */
  passwordIsSet = true;

  snapshot(): object {
    return {
      snapshots: [...this.snapshots.keys()],
      clusters: [...this.clusters.values()].map(({ identifier, deletionProtection }) => ({
        identifier,
        deletionProtection,
      })),
      instances: [...this.instances.keys()],
      groups: [...this.groups.values()].map(({ name, set }) => ({ name, set: [...set].sort() })),
    };
  }

  addSnapshot(identifier: string, tags: Tags, instanceIdentifier = 'production-rag-db'): void {
    this.snapshots.set(identifier, {
      identifier,
      arn: `arn:aws:rds:us-east-1:123456789012:snapshot:${identifier}`,
      status: 'available',
      type: 'manual',
      instanceIdentifier,
      instanceResourceId: 'db-1',
      engine: 'postgres',
      engineVersion: '17.7',
      masterUser: 'raguser',
      encrypted: true,
      kmsKeyId: 'key',
      allocatedGiB: 20,
      storageType: 'gp3',
      iops: 3000,
      createdAt: new Date(0),
      percent: 100,
      tags,
    });
  }

  readonly gateway = {
    findSnapshot: (identifier: string) => Promise.resolve(this.snapshots.get(identifier)),
    createSnapshot: ({
      identifier,
      instance,
      tags,
    }: {
      identifier: string;
      instance: string;
      tags: Tags;
    }) => {
      if (this.snapshots.has(identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`CreateDBSnapshot ${identifier}`);
      this.addSnapshot(identifier, tags, instance);
      return Promise.resolve({ outcome: 'created' as const });
    },
    copySnapshot: ({
      identifier,
      sourceArn,
      tags,
    }: {
      identifier: string;
      sourceArn: string;
      tags: Tags;
    }) => {
      if (this.snapshots.has(identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`CopyDBSnapshot ${sourceArn} ${identifier}`);
      this.addSnapshot(identifier, tags);
      return Promise.resolve({ outcome: 'created' as const });
    },
    deleteSnapshot: (identifier: string) => {
      this.mutations.push(`DeleteDBSnapshot ${identifier}`);
      this.snapshots.delete(identifier);
      return Promise.resolve();
    },
    findCluster: (identifier: string) => Promise.resolve(this.clusters.get(identifier)),
    createCluster: (cluster: NewCluster) => {
      if (this.clusters.has(cluster.identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`CreateDBCluster ${cluster.identifier}`);
      this.addCluster(cluster);
      return Promise.resolve({ outcome: 'created' as const });
    },
    restoreCluster: (cluster: RestoredCluster) => {
      if (this.clusters.has(cluster.identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`RestoreDBClusterFromSnapshot ${cluster.identifier}`);
      this.addCluster(cluster);
      return Promise.resolve({ outcome: 'created' as const });
    },
    setDeletionProtection: (identifier: string, deletionProtection: boolean) => {
      this.mutations.push(`ModifyDBCluster ${identifier}`);
      const found = this.clusters.get(identifier);
      if (found !== undefined) this.clusters.set(identifier, { ...found, deletionProtection });
      return Promise.resolve();
    },
    deleteCluster: (identifier: string) => {
      const found = this.clusters.get(identifier);
      if (found?.deletionProtection === true) throw new Error('protected');
      if (found === undefined || ['creating', 'migrating'].includes(found.status))
        throw new Error(`${identifier} is ${found?.status ?? 'gone'}`);
      if (found.members.length > 0) throw new Error(`${identifier} has instances`);
      this.mutations.push(`DeleteDBCluster ${identifier}`);
      this.clusters.delete(identifier);
      return Promise.resolve();
    },
    findInstance: (identifier: string) => Promise.resolve(this.instances.get(identifier)),
    createWriter: (writer: NewWriter) => {
      if (this.instances.has(writer.identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`CreateDBInstance ${writer.identifier}`);
      this.addWriter(writer);
      return Promise.resolve({ outcome: 'created' as const });
    },
    restoreInstance: (instance: RestoredInstance) => {
      if (this.instances.has(instance.identifier)) return Promise.resolve({ outcome: 'taken' as const });
      this.mutations.push(`RestoreDBInstanceFromDBSnapshot ${instance.identifier}`);
      this.addInstance(instance);
      return Promise.resolve({ outcome: 'created' as const });
    },
    setInstancePassword: (identifier: string) => {
      this.mutations.push(`ModifyDBInstance ${identifier}`);
      this.passwordIsSet = true;
      return Promise.resolve();
    },
    deleteInstance: (identifier: string) => {
      const found = this.instances.get(identifier);
      // One that has failed can be deleted, without a final snapshot.
      if (found === undefined || ['creating', 'deleting', 'modifying'].includes(found.status))
        throw new Error(`${identifier} is ${found?.status ?? 'gone'}`);
      this.mutations.push(`DeleteDBInstance ${identifier}`);
      this.instances.delete(identifier);
      this.#setMembers(found.clusterIdentifier, (members) =>
        members.filter((member) => member.identifier !== identifier),
      );
      return Promise.resolve();
    },
    listUserParameters: () => Promise.resolve(this.sourceParameters),
    listClusterFamily: () => Promise.resolve(this.family),
    listUserClusterParameters: (group: string) =>
      Promise.resolve([...(this.groups.get(group)?.set ?? [])].map(([name, value]) => ({ name, value }))),
    findClusterParameterGroup: (name: string) => Promise.resolve(this.groups.get(name)),
    createClusterParameterGroup: ({ name, family, tags }: { name: string; family: string; tags: Tags }) => {
      this.mutations.push(`CreateDBClusterParameterGroup ${name}`);
      this.groups.set(name, { name, arn: `arn:${name}`, family, tags, set: new Map() });
      return Promise.resolve('created' as const);
    },
    setClusterParameters: (group: string, settings: readonly ParameterSetting[]) => {
      if (settings.length > 20) throw new Error('more than 20 at once');
      this.mutations.push(`ModifyDBClusterParameterGroup ${group}`);
      for (const { name, value } of settings) this.groups.get(group)?.set.set(name, value);
      return Promise.resolve();
    },
    deleteClusterParameterGroup: (name: string) => {
      this.mutations.push(`DeleteDBClusterParameterGroup ${name}`);
      this.groups.delete(name);
      return Promise.resolve();
    },
  };

  readonly waits = {
    untilSnapshotAvailable: (_io: object, identifier: string) => existing(this.snapshots, identifier),
    untilSnapshotGone: () => Promise.resolve(),
    untilClusterAvailable: async (_io: object, identifier: string) => {
      const found = { ...(await existing(this.clusters, identifier)), status: 'available' };
      this.clusters.set(identifier, found);
      return found;
    },
    untilClusterGone: () => Promise.resolve(),
    untilInstanceAvailable: async (_io: object, identifier: string) => {
      const found = { ...(await existing(this.instances, identifier)), status: 'available' };
      this.instances.set(identifier, found);
      return found;
    },
    untilInstanceGone: () => Promise.resolve(),
  };

  addInstance({ identifier, port, tags, ...restored }: RestoredInstance): void {
    this.instances.set(identifier, {
      ...{ identifier, tags, status: 'available', engine: 'postgres', engineVersion: '17.7' },
      arn: `arn:aws:rds:us-east-1:123456789012:db:${identifier}`,
      resourceId: 'db-temporary',
      createdAt: new Date(0),
      storageType: 'gp3',
      multiAz: false,
      instanceClass: restored.instanceClass ?? 'db.t4g.micro',
      clusterIdentifier: undefined,
      endpoint: { address: `${identifier}.local`, port },
      ...{ database: 'ragdb', masterUser: 'raguser', managedSecretArn: undefined },
      ...{ encrypted: true, kmsKeyId: 'key', vpcId: 'vpc', subnets: [], parameterGroups: [] },
      subnetGroup: restored.subnetGroup,
      securityGroups: restored.securityGroups,
      allocatedGiB: restored.storage.allocatedGiB ?? 0,
      ...{ autoMinorVersionUpgrade: false, deletionProtection: false, passwordPending: false },
      iamAuthentication: false,
    });
  }

  addWriter({ identifier, clusterIdentifier, tags }: NewWriter): void {
    this.addInstance({
      ...{ identifier, tags, snapshot: '', port: 5432, instanceClass: 'db.serverless' },
      ...{ subnetGroup: undefined, securityGroups: [] },
      storage: { allocatedGiB: undefined, type: undefined, iops: undefined },
    });
    const made = this.instances.get(identifier);
    if (made !== undefined) this.instances.set(identifier, { ...made, clusterIdentifier });
    this.#setMembers(clusterIdentifier, (members) => [...members, { identifier, writer: true }]);
  }

  #setMembers(
    clusterIdentifier: string | undefined,
    change: (members: DbCluster['members']) => DbCluster['members'],
  ): void {
    const cluster = this.clusters.get(clusterIdentifier ?? '');
    if (cluster !== undefined)
      this.clusters.set(cluster.identifier, { ...cluster, members: change(cluster.members) });
  }

  addCluster(cluster: MadeCluster): void {
    this.clusters.set(cluster.identifier, {
      identifier: cluster.identifier,
      arn: `arn:aws:rds:us-east-1:123456789012:cluster:${cluster.identifier}`,
      status: 'available',
      engine: 'aurora-postgresql',
      engineVersion: cluster.engineVersion,
      endpoint: 'localhost',
      port: 5432,
      masterUser: 'raguser',
      encrypted: true,
      kmsKeyId: cluster.kmsKeyId,
      subnetGroup: cluster.subnetGroup,
      securityGroups: cluster.securityGroups,
      parameterGroup: cluster.parameterGroup,
      scaling: cluster.scaling,
      members: [],
      deletionProtection: false,
      passwordPending: false,
      tags: cluster.tags,
    });
  }
}

function existing<T>(all: ReadonlyMap<string, T>, identifier: string): Promise<T> {
  const found = all.get(identifier);
  return found === undefined
    ? Promise.reject(new Error(`${identifier} is not there`))
    : Promise.resolve(found);
}
