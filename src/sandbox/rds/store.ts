import type { AwsError } from '../service.js';
import {
  clusterNotFound,
  clusterSnapshotNotFound,
  instanceNotFound,
  snapshotNotFound,
  subnetGroupNotFound,
} from './errors.js';
import type { DbCluster, DbInstance, ParameterGroup, Snapshot, SubnetGroup } from './resources.js';

function found<T>(map: ReadonlyMap<string, T>, key: string, notFound: (key: string) => AwsError): T {
  const value = map.get(key.toLowerCase());
  if (value === undefined) throw notFound(key);
  return value;
}

/** Everything that exists in RDS in one Region; keys are identifiers in lower case. */
export class Store {
  readonly instances = new Map<string, DbInstance>();
  readonly clusters = new Map<string, DbCluster>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly clusterSnapshots = new Map<string, Snapshot>();
  readonly subnetGroups = new Map<string, SubnetGroup>();
  readonly parameterGroups = new Map<string, ParameterGroup>();
  readonly clusterParameterGroups = new Map<string, ParameterGroup>();

  instance(identifier: string): DbInstance {
    return found(this.instances, fromArn(identifier, 'db'), instanceNotFound);
  }

  cluster(identifier: string): DbCluster {
    return found(this.clusters, fromArn(identifier, 'cluster'), clusterNotFound);
  }

  snapshot(identifier: string): Snapshot {
    return found(this.snapshots, nameOf(this.snapshots, identifier), snapshotNotFound);
  }

  clusterSnapshot(identifier: string): Snapshot {
    return found(this.clusterSnapshots, fromArn(identifier, 'cluster-snapshot'), clusterSnapshotNotFound);
  }

  subnetGroup(name: string): SubnetGroup {
    return found(this.subnetGroups, name, subnetGroupNotFound);
  }
}

/** An ARN names a snapshot of one Region and account: it is not any snapshot of that name. */
function nameOf(snapshots: ReadonlyMap<string, Snapshot>, text: string): string {
  if (!text.startsWith('arn:')) return text;
  const wanted = text.toLowerCase();
  return [...snapshots].find(([, { arn }]) => arn.toLowerCase() === wanted)?.[0] ?? text;
}

/** Where RDS takes an ARN in place of an identifier. */
export function fromArn(text: string, kind: string): string {
  const match = /^arn:aws:rds:[^:]*:[^:]*:([^:]+):(.+)$/.exec(text);
  return match?.[1] === kind ? (match[2] ?? text) : text;
}
