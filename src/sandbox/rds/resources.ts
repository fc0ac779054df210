import type { Volume } from '../postgres/postgres-runtime.js';
import type { AwsStruct, AwsValue } from '../service.js';
import type { Database } from './database.js';
import type { Tags } from './tags.js';

export type Engine = 'postgres' | 'aurora-postgresql';
export type ResourceKind = 'db-instance' | 'db-cluster' | 'db-snapshot' | 'db-cluster-snapshot';

/** What goes through states over time. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly identifier: string;
  readonly arn: string;
  /** The state that the sandbox has come to; what callers see may be scripted. */
  status: string;
  /** The work that may change its state; newer work takes over. */
  job: object;
}

/** Members that RDS keeps and echoes without acting on them, by their names in the answer. */
export type Attributes = Record<string, AwsValue>;

interface DatabaseResource extends Resource {
  readonly resourceId: string;
  readonly engine: Engine;
  engineVersion: string;
  createdAt: Date;
  masterUsername: string;
  readonly databaseName: string | undefined;
  readonly database: Database;
  readonly subnetGroup: string;
  securityGroups: string[];
  parameterGroup: string;
  attributes: Attributes;
  /** What ModifyDB* promised and has not yet done. */
  pending: AwsStruct;
  tags: Tags;
}

export interface DbInstance extends DatabaseResource {
  readonly kind: 'db-instance';
  instanceClass: string;
  /** The Aurora cluster that it is a member of; it shares that cluster's database. */
  readonly clusterIdentifier: string | undefined;
  /** Its endpoint is shown once it has been up. */
  hasEndpoint: boolean;
  parameterApplyStatus: 'in-sync' | 'pending-reboot';
}

export interface Scaling {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly secondsUntilAutoPause: number | undefined;
}

export interface DbCluster extends DatabaseResource {
  readonly kind: 'db-cluster';
  scaling: Scaling | undefined;
  readonly availabilityZones: readonly string[];
  /** Member identifiers, the writer first. */
  members: string[];
}

export interface Snapshot extends Resource {
  readonly kind: 'db-snapshot' | 'db-cluster-snapshot';
  /** `shared`: manual, and of another account. */
  readonly type: 'manual' | 'automated' | 'shared';
  readonly sourceIdentifier: string;
  readonly sourceResourceId: string;
  readonly engine: Engine;
  readonly engineVersion: string;
  readonly port: number;
  readonly masterUsername: string;
  readonly databaseName: string | undefined;
  readonly createdAt: Date;
  readonly originalCreatedAt: Date;
  readonly sourceCreatedAt: Date;
  readonly vpcId: string | undefined;
  readonly attributes: Attributes;
  /** ARN of the snapshot that this is a copy of. */
  readonly copiedFrom: string | undefined;
  tags: Tags;
  progress: { readonly startedAt: number; readonly realMs: number };
  volume: Volume | undefined;
}

export interface SubnetGroup {
  readonly name: string;
  readonly arn: string;
  description: string;
  readonly vpcId: string;
  subnets: readonly { readonly id: string; readonly zone: string }[];
  tags: Tags;
}

export interface ParameterGroup {
  readonly level: 'instance' | 'cluster';
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  /** What the user set: takes effect at once or with the next reboot. */
  readonly values: Map<string, { readonly value: string; readonly method: 'immediate' | 'pending-reboot' }>;
  tags: Tags;
}
