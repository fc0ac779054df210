import { parse } from 'yaml';
import type { ChangeSet, NewChangeSet } from '../../src/aws/cloudformation-change-sets.js';
import type { Stack, StackResource } from '../../src/aws/cloudformation-stacks.js';
import { createTemplateTools } from '../../src/aws/template-tools.js';
import type { Tags } from '../../src/aws/tags.js';
import type { DeleteStackDeps } from '../../src/steps/delete-stack.js';
import type { DeployDeps } from '../../src/steps/deployed-stack.js';
import type { DeployFromSnapshotDeps } from '../../src/steps/deploy-from-snapshot.js';
import type { SaveStackDeps } from '../../src/steps/save-stack.js';
import { FakeRunFiles } from './fake-run-files.js';

interface FakeStack {
  readonly id: string;
  readonly name: string;
  status: string;
  template: string;
  tags: Tags;
  parameters: Readonly<Record<string, string>>;
  resources: StackResource[];
  isProtected: boolean;
  policy: string | null;
}

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * CloudFormation and what a stack holds, as far as replacing a stack meets them. Everything ends at once; each call is
 * one entry of `mutations`. Secrets without a policy go for good, retained ones stay without an owner.
 */
export class FakeStackCloud {
  readonly mutations: string[] = [];
  readonly stacks: FakeStack[] = [];
  readonly secrets = new Map<string, { arn: string; value: string; isDeleted: boolean }>();
  /** What a secret said before an attachment rewrote it. */
  readonly #previous = new Map<string, string>();
  /** Identifiers of the clusters that there are, in a stack or in none. */
  readonly clusters = new Set<string>();
  readonly #folder = new FakeRunFiles();
  readonly files = this.#folder.texts;
  /** `default_transaction_read_only` of the source; undefined while there is no source. */
  readOnly: string | null | undefined;
  isInstanceProtected = false;
  importers: readonly string[] = [];
  /** Of every template. */
  neededCapabilities: readonly string[] = [];
  #changeSets = new Map<string, { request: NewChangeSet; executed: boolean }>();
  #number = 0;

  /** A stack that stood before the run. */
  stand(name: string, template: string): void {
    const id = this.#newId(name);
    const stack = { id, name, template, tags: { Application: 'rag' }, parameters: {}, resources: [] };
    this.stacks.push({ ...stack, status: 'CREATE_COMPLETE', isProtected: false, policy: null });
    this.#make(this.#get(id), []);
  }

  /** What somebody else's program deploys; it gives no tags, so those of a stack that stands go. */
  deployBehind(name: string, template: string): Promise<void> {
    return this.#mutate(`deploy ${name}`, () => {
      const stack = this.#find(name);
      if (stack === undefined) this.stand(name, template);
      else this.#update(stack, template, { tags: {}, status: 'UPDATE_COMPLETE' });
    });
  }

  /** What matters: who lives, with what in it, and which secrets say what. */
  snapshot(): unknown {
    const live = this.stacks.filter(({ status }) => status !== 'DELETE_COMPLETE');
    return {
      stacks: live.map(({ name, resources, template, isProtected }) => ({
        ...{ name, isProtected },
        resources: resources.map(({ logicalId, type }) => `${logicalId} ${type}`).sort(),
        tasks: resourcesOf(template)['Service']?.Properties?.['DesiredCount'],
      })),
      secrets: [...this.secrets].map(([name, { value, isDeleted }]) => ({ name, value, isDeleted })),
      clusters: [...this.clusters],
      source: this.readOnly === undefined ? 'gone' : 'there',
    };
  }

  gateways(template: string): SaveStackDeps & DeleteStackDeps & DeployFromSnapshotDeps & DeployDeps {
    const settled = (_io: unknown, id: string) => Promise.resolve(this.#toStack(this.#get(id)));
    const found = (id: string) => {
      const stack = this.#find(id);
      return Promise.resolve(stack && this.#toStack(stack));
    };
    return {
      templates: { ...createTemplateTools('.'), load: () => Promise.resolve(template) },
      files: this.#folder,
      waits: {
        untilStackDeployed: settled,
        untilStackSettled: settled,
        untilStackGone: () => Promise.resolve(),
        untilDriftDetected: () => Promise.resolve(),
        untilChangeSetWorkedOut: (_io, stack, name) => Promise.resolve(this.#changeSetOf(stack, name)),
      },
      ...this.#database(),
      ...this.#secretGateways(),
      cloudFormation: {
        ...this.#changeSetCalls(),
        findStack: found,
        getTemplate: (id) => Promise.resolve(this.#get(id).template),
        listResources: (id) => Promise.resolve([...this.#get(id).resources]),
        listImporters: () => Promise.resolve(this.importers),
        listImportIdentifiers: () => Promise.resolve({ 'AWS::SecretsManager::Secret': ['Id'] }),
        beginDriftDetection: () => Promise.resolve('detection'),
        listDrifts: () => Promise.resolve([]),
        validateTemplate: () => Promise.resolve({ reason: undefined, capabilities: this.neededCapabilities }),
        readStackDetails: (id) => Promise.resolve(this.#details(this.#get(id))),
        deleteStack: (id) => this.#mutate(`delete ${this.#get(id).name}`, () => this.#delete(this.#get(id))),
        setTerminationProtection: (id, on) =>
          this.#mutate(`protection ${String(on)}`, () => {
            this.#get(id).isProtected = on;
          }),
        setStackPolicy: (id, policy) =>
          this.#mutate('policy', () => {
            this.#get(id).policy = policy;
          }),
      },
    };
  }

  #changeSetCalls() {
    const key = (stack: string, name: string) => `${this.#find(stack)?.id ?? stack}/${name}`;
    return {
      createChangeSet: (request: NewChangeSet) =>
        this.#mutate(`propose ${request.type}`, () => {
          const { stack: name, type } = request;
          if (this.#find(name) === undefined) {
            if (type === 'UPDATE') throw new Error(`no stack ${name}`);
            const made = { name, template: '', tags: {}, parameters: {}, resources: [], policy: null };
            this.stacks.push({
              ...made,
              id: this.#newId(name),
              status: 'REVIEW_IN_PROGRESS',
              isProtected: false,
            });
          }
          this.#changeSets.set(key(name, request.name), { request, executed: false });
          return 'created' as const;
        }),
      findChangeSet: (stack: string, name: string) =>
        Promise.resolve(this.#changeSets.has(key(stack, name)) ? this.#changeSetOf(stack, name) : undefined),
      executeChangeSet: (stack: string, name: string) =>
        this.#mutate(`execute ${name.includes('-import-') ? 'IMPORT' : 'change set'}`, () => {
          const changeSet = this.#changeSets.get(key(stack, name));
          if (changeSet === undefined) throw new Error(`no change set ${name}`);
          changeSet.executed = true;
          const { template, type, imports = [], tags } = changeSet.request;
          const standing = this.#get(stack);
          const isNew = standing.status === 'REVIEW_IN_PROGRESS';
          const status = type === 'IMPORT' ? 'IMPORT' : isNew ? 'CREATE' : 'UPDATE';
          this.#update(
            standing,
            template,
            { status: `${status}_COMPLETE`, tags: tags ?? standing.tags },
            imports.map(({ logicalId }) => logicalId),
          );
        }),
      deleteChangeSet: (stack: string, name: string) =>
        this.#mutate('withdraw', () => {
          this.#changeSets.delete(key(stack, name));
        }),
    };
  }

  #database() {
    const fingerprint = { data: 'the same' };
    return {
      rds: {
        findCluster: () => Promise.resolve(undefined),
        setDeletionProtection: () => Promise.resolve(),
        findSnapshot: (identifier: string) =>
          Promise.resolve({ identifier, arn: snapshotArn, status: 'available' } as never),
        findInstance: () =>
          Promise.resolve(
            this.readOnly === undefined
              ? undefined
              : ({ deletionProtection: this.isInstanceProtected, encrypted: true } as never),
          ),
        setInstanceDeletionProtection: (_identifier: string, on: boolean) =>
          this.#mutate('instance protection', () => {
            this.isInstanceProtected = on;
          }),
      },
      databaseWaits: { untilInstanceAvailable: () => Promise.resolve(undefined as never) },
      fingerprints: {
        take: () => Promise.resolve(fingerprint as never),
        compare: () => [],
        locate: () => Promise.resolve([]),
        print: () => '{}',
        parse: () => fingerprint as never,
      },
      restored: {
        readReadOnly: () => Promise.resolve(this.readOnly ?? null),
        setReadOnly: (_server: unknown, value: string | null) =>
          this.#mutate('read-only', () => {
            this.readOnly = value;
          }),
      },
    };
  }

  #secretGateways() {
    const sealed = (file: string) => JSON.parse(this.files.get(file) ?? '{}') as Record<string, string>;
    return {
      secrets: {
        findSecret: (name: string) => {
          const secret = this.secrets.get(name);
          const current = this.#previous.has(name) ? 'rewritten' : 'original';
          return Promise.resolve(secret && ({ ...secret, current } as never));
        },
        moveCurrent: (name: string) =>
          this.#mutate('move secret', () => {
            const secret = this.secrets.get(name);
            if (secret !== undefined) secret.value = this.#previous.get(name) ?? secret.value;
            this.#previous.delete(name);
          }),
      },
      vault: {
        seal: (file: string, ids: readonly string[]) => {
          const own = [...this.secrets].filter(([name, { arn }]) => ids.includes(arn) || ids.includes(name));
          const text = JSON.stringify(Object.fromEntries(own.map(([name, { value }]) => [name, value])));
          this.files.set(file, text);
          return Promise.resolve({
            sha256: this.#folder.sha256(text),
            secrets: own.map(([name, { arn }]) => ({ name, arn })),
          });
        },
        assertReadable: (file: string, hash: string) =>
          this.#folder.sha256(this.files.get(file) ?? '') === hash
            ? Promise.resolve()
            : Promise.reject(new Error('damaged')),
        compare: (file: string, name: string) => {
          const found = this.secrets.get(name);
          if (found === undefined) return Promise.resolve('missing' as const);
          if (found.isDeleted) return Promise.resolve('deleted' as const);
          return Promise.resolve(
            found.value === sealed(file)[name] ? ('same' as const) : ('same-password' as const),
          );
        },
        restore: (name: string) =>
          this.#mutate('restore secret', () => {
            const found = this.secrets.get(name);
            if (found !== undefined) found.isDeleted = false;
          }),
        create: (file: string, name: string) =>
          this.#mutate('create secret', () => {
            this.secrets.set(name, {
              arn: `${name}-${String(++this.#number)}`,
              value: sealed(file)[name] ?? '',
              isDeleted: false,
            });
            return 'created' as const;
          }),
        putBack: (file: string, name: string) =>
          this.#mutate('put secret', () => {
            const found = this.secrets.get(name);
            if (found !== undefined) found.value = sealed(file)[name] ?? '';
          }),
      },
    };
  }

  /** A new template for a stack: what it no longer names leaves the stack, what is new comes into it. */
  #update(
    stack: FakeStack,
    template: string,
    more: Pick<FakeStack, 'status' | 'tags'>,
    imported: readonly string[] = [],
  ): void {
    const [before, after] = [resourcesOf(stack.template), resourcesOf(template)];
    const leaving = stack.resources.filter(({ logicalId }) => after[logicalId] === undefined);
    for (const one of leaving) this.#letGo(one, before[one.logicalId]);
    Object.assign(stack, {
      ...{ template, ...more },
      resources: stack.resources.filter((one) => !leaving.includes(one)),
    });
    this.#make(stack, imported);
  }

  /**
   * Resources that the template has and the stack has not. A secret or a cluster that stands and is not imported is a
   * conflict; an attachment rewrites its secret.
   */
  #make(stack: FakeStack, imported: readonly string[]): void {
    for (const [logicalId, { Type: type, Properties }] of Object.entries(resourcesOf(stack.template))) {
      if (stack.resources.some((one) => one.logicalId === logicalId)) continue;
      let physicalId = `${stack.name}-${logicalId}`;
      if (type === 'AWS::SecretsManager::Secret') {
        const name = String(Properties?.['Name']);
        if (this.secrets.has(name) !== imported.includes(logicalId) && this.stacks.length > 1)
          throw new Error(`secret ${name}: ${this.secrets.has(name) ? 'exists already' : 'does not exist'}`);
        const made = { arn: `${name}-${String(++this.#number)}`, value: 'generated', isDeleted: false };
        const secret = this.secrets.get(name) ?? made;
        this.secrets.set(name, secret);
        physicalId = secret.arn;
      }
      if (type === 'AWS::RDS::DBCluster') {
        physicalId = String(Properties?.['DBClusterIdentifier']);
        if (this.clusters.has(physicalId) !== imported.includes(logicalId))
          throw new Error(`cluster ${physicalId} cannot come into ${stack.name}`);
        this.clusters.add(physicalId);
      }
      if (type === 'AWS::SecretsManager::SecretTargetAttachment')
        for (const [name, secret] of this.secrets) {
          this.#previous.set(name, secret.value);
          secret.value = `${secret.value}, at the cluster`;
        }
      if (type === 'AWS::RDS::DBInstance' && Properties?.['DBClusterIdentifier'] === undefined) {
        physicalId = String(Properties?.['DBInstanceIdentifier']);
        this.readOnly = 'on';
      }
      stack.resources.push({ logicalId, physicalId, type, status: 'CREATE_COMPLETE' });
    }
  }

  #delete(stack: FakeStack): void {
    if (stack.isProtected) throw new Error('termination protection');
    const declared = resourcesOf(stack.template);
    stack.resources = stack.resources.map((one) => {
      const stays = this.#letGo(one, declared[one.logicalId]);
      return { ...one, status: stays ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE' };
    });
    stack.status = 'DELETE_COMPLETE';
  }

  /** A resource leaves its stack. @returns whether it stays where it is, as its template says */
  #letGo({ type, physicalId }: StackResource, declared: Resource | undefined): boolean {
    if (declared?.DeletionPolicy === 'Retain') return true;
    if (type === 'AWS::SecretsManager::Secret')
      for (const [name, { arn }] of this.secrets) if (arn === physicalId) this.secrets.delete(name);
    if (type === 'AWS::RDS::DBCluster') this.clusters.delete(physicalId);
    if (type === 'AWS::RDS::DBInstance' && declared?.Properties?.['DBClusterIdentifier'] === undefined)
      this.readOnly = undefined;
    return false;
  }

  #changeSetOf(stack: string, name: string): ChangeSet {
    const found = this.#get(stack);
    const { request, executed } =
      this.#changeSets.get(`${found.id}/${name}`) ?? fail(`no change set ${name}`);
    const isEmpty = request.type === 'UPDATE' && request.template === found.template && !executed;
    return {
      stackId: found.id,
      status: isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
      executionStatus: executed ? 'EXECUTE_COMPLETE' : isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
      reason: undefined,
      empty: isEmpty,
      changes: listChanges(found, request),
    };
  }

  #details(stack: FakeStack) {
    const { id, name, tags, isProtected, policy } = stack;
    const nothing = { parameters: [], outputs: {}, capabilities: [], roleArn: null, notificationArns: [] };
    return { ...nothing, id, name, tags, policy, exports: ['endpoint'], terminationProtection: isProtected };
  }

  #toStack({ id, name, status, tags, parameters, template }: FakeStack): Stack {
    const nothing = { statusReason: undefined, capabilities: [], exports: [] };
    const outputs = outputsOf(template);
    return { ...nothing, outputs, id, name, status, tags, parameters: Object.keys(parameters) };
  }

  #find(nameOrId: string): FakeStack | undefined {
    return this.stacks.find(
      (one) => one.id === nameOrId || (one.name === nameOrId && one.status !== 'DELETE_COMPLETE'),
    );
  }

  #get(nameOrId: string): FakeStack {
    const found = this.#find(nameOrId);
    if (found === undefined) throw new Error(`no stack ${nameOrId}`);
    return found;
  }

  #newId(name: string): string {
    return `arn:stack/${name}/${String(++this.#number)}`;
  }

  #mutate<T>(what: string, change: () => T): Promise<T> {
    this.mutations.push(what);
    // As in life, it is done before its caller hears of it.
    return Promise.resolve().then(change);
  }
}

export const snapshotArn = 'arn:aws:rds:us-east-1:123456789012:snapshot:rds2aurora-law-000000';

/** By logical ids alone: what would come, and what would leave. */
function listChanges(stack: FakeStack, { template, imports = [] }: NewChangeSet): ChangeSet['changes'] {
  const [before, after] = [resourcesOf(stack.template), resourcesOf(template)];
  const standing = stack.resources.map(({ logicalId }) => logicalId);
  const nothing = { physicalId: undefined, replacement: undefined, scope: [] };
  return [
    ...Object.entries(after)
      .filter(([logicalId]) => !standing.includes(logicalId))
      .map(([logicalId, { Type: type }]) => {
        const action = imports.some((one) => one.logicalId === logicalId) ? 'Import' : 'Add';
        return { ...nothing, logicalId, type, action, policyAction: undefined };
      }),
    ...stack.resources
      .filter(({ logicalId }) => after[logicalId] === undefined)
      .map(({ logicalId, type }) => {
        const policyAction = before[logicalId]?.DeletionPolicy ?? 'Delete';
        return { ...nothing, logicalId, type, action: 'Remove', policyAction };
      }),
  ];
}

function fail(what: string): never {
  throw new Error(what);
}

/** The outputs that are plain text. */
function outputsOf(template: string): Readonly<Record<string, string>> {
  const { Outputs = {} } = (parse(template, { logLevel: 'silent' }) ?? {}) as {
    Outputs?: Record<string, { Value?: unknown }>;
  };
  return Object.fromEntries(
    Object.entries(Outputs).flatMap(([name, { Value }]) =>
      typeof Value === 'string' ? [[name, Value]] : [],
    ),
  );
}

function resourcesOf(template: string): Readonly<Record<string, Resource>> {
  return (
    (parse(template, { logLevel: 'silent' }) as { Resources?: Record<string, Resource> } | null)?.Resources ??
    {}
  );
}
