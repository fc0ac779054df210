import type { DbCluster } from '../../src/aws/rds-clusters.js';
import type { DbInstance } from '../../src/aws/rds-instances.js';
import { createTemplateTools } from '../../src/aws/template-tools.js';
import type { CheckFinalizationDeps } from '../../src/steps/check-finalization.js';
import type { DeleteSourceDeps } from '../../src/steps/delete-source.js';
import { FakeRds } from './fake-rds.js';

const arnOf = (kind: string, name: string) => `arn:aws:rds:us-east-1:123456789012:${kind}:${name}`;

/** A move that has ended: source, target, the stack that owns the source, and who is connected. Deletions end at once. */
export class FakeEndingWorld {
  readonly rds = new FakeRds();
  readonly instances = new Map<string, DbInstance>();
  stack:
    | { template: string; status: string; resources: [id: string, type: string, physicalId: string][] }
    | undefined;
  cluster: Partial<DbCluster> = {};
  sessions: string[] = [];
  tables = 1;
  secretHost = '127.0.0.2';
  importers: string[] = [];
  terminationProtection = false;

  constructor() {
    this.#stand('production-rag-db', 'db-1', new Date(0));
    this.#stand('production-rag-instance', 'db-2', new Date());
  }

  change(identifier: string, more: Partial<DbInstance>): void {
    const found = this.instances.get(identifier);
    if (found !== undefined) this.instances.set(identifier, { ...found, ...more });
  }

  get mutations(): string[] {
    return this.rds.mutations;
  }

  snapshot(): object {
    return {
      instances: [...this.instances.values()].map(({ identifier, resourceId, deletionProtection }) => ({
        ...{ identifier, resourceId, deletionProtection },
      })),
      stack: this.stack?.status ?? 'none',
      ...this.rds.snapshot(),
    };
  }

  gateways(): CheckFinalizationDeps & Omit<DeleteSourceDeps, 'recheck'> {
    const stackOf = (name: string) => {
      const { stack } = this;
      if (stack === undefined || !name.endsWith('old')) return undefined;
      const nothing = { statusReason: undefined, outputs: {}, parameters: [], capabilities: [], tags: {} };
      const exports = [{ output: 'Endpoint', exportName: 'endpoint' }];
      return { ...nothing, id: 'arn:old', name: 'old', status: stack.status, exports };
    };
    return {
      rds: {
        findSnapshot: this.rds.gateway.findSnapshot,
        findInstance: (identifier) => Promise.resolve(this.instances.get(identifier)),
        findCluster: () => Promise.resolve(this.#cluster()),
        deleteInstance: (identifier) =>
          this.#mutate(`DeleteDBInstance ${identifier}`, () => this.#remove(identifier)),
        setInstanceDeletionProtection: (identifier, deletionProtection) =>
          this.#mutate(`ModifyDBInstance ${identifier}`, () => {
            this.change(identifier, { deletionProtection });
          }),
      },
      secrets: {
        readConnection: () => Promise.resolve({ host: this.secretHost, port: 5432 } as never),
        findSecret: () => Promise.resolve({ arn: 'arn:secret' } as never),
      },
      database: {
        listSessions: () => Promise.resolve(this.sessions),
        countTables: () => Promise.resolve(this.tables),
      },
      templates: createTemplateTools('.'),
      cloudFormation: {
        findStack: (name) => Promise.resolve(stackOf(name)),
        getTemplate: () => Promise.resolve(this.stack?.template ?? ''),
        listImporters: () => Promise.resolve(this.importers),
        readStackDetails: () =>
          Promise.resolve({ terminationProtection: this.terminationProtection } as never),
        listResources: () =>
          Promise.resolve(
            (this.stack?.resources ?? []).map(([logicalId, type, physicalId]) => ({
              ...{ logicalId, type, physicalId, status: 'CREATE_COMPLETE' },
            })),
          ),
        deleteStack: (name) =>
          this.#mutate(`DeleteStack ${name}`, () => {
            if (this.stack !== undefined) this.stack.status = 'DELETE_COMPLETE';
            this.#remove('production-rag-db');
          }),
      },
      waits: { untilStackGone: () => Promise.resolve() },
      databaseWaits: {
        untilInstanceAvailable: () => Promise.resolve(undefined as never),
        untilInstanceGone: () => Promise.resolve(),
      },
    };
  }

  #stand(identifier: string, resourceId: string, createdAt: Date): void {
    const facts = { identifier, arn: arnOf('db', identifier), resourceId, createdAt, status: 'available' };
    const groups = {
      subnetGroup: 'old-subnets',
      parameterGroups: ['old-parameters'],
      securityGroups: ['sg-old'],
    };
    this.instances.set(identifier, { ...facts, ...groups, deletionProtection: false, tags: {} } as never);
  }

  #cluster(): DbCluster {
    const identifier = 'production-rag-cluster';
    const facts = { identifier, arn: arnOf('cluster', identifier), status: 'available' };
    const groups = { subnetGroup: 'new-subnets', parameterGroup: 'new', securityGroups: ['sg-new'] };
    return { ...facts, ...groups, ...this.cluster } as never;
  }

  #remove(identifier: string): void {
    if (this.instances.get(identifier)?.deletionProtection === true) throw new Error('protected');
    this.instances.delete(identifier);
  }

  #mutate(what: string, change: () => void): Promise<void> {
    this.mutations.push(what);
    // As in life, it is done before its caller hears of it.
    return Promise.resolve().then(change);
  }
}
