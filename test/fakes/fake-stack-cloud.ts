import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { ChangeSet, NewChangeSet } from '../../src/aws/cloudformation-change-sets.js';
import type { Stack, StackResource } from '../../src/aws/cloudformation-stacks.js';
import { createTemplateTools } from '../../src/aws/template-tools.js';
import type { Tags } from '../../src/aws/tags.js';
import type { DeleteStackDeps } from '../../src/steps/delete-stack.js';
import type { DeployFromSnapshotDeps } from '../../src/steps/deploy-from-snapshot.js';
import type { SaveStackDeps } from '../../src/steps/save-stack.js';

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
  readonly files = new Map<string, string>();
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

  /** What somebody else's program deploys into a stack that stands; it gives no tags, so those of the stack go. */
  deployBehind(name: string, template: string): Promise<void> {
    return this.#mutate(`deploy ${name}`, () => {
      const stack = this.#get(name);
      Object.assign(stack, { template, tags: {}, status: 'UPDATE_COMPLETE' });
      this.#make(stack, []);
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
      source: this.readOnly === undefined ? 'gone' : 'there',
    };
  }

  gateways(template: string): SaveStackDeps & DeleteStackDeps & DeployFromSnapshotDeps {
    const settled = (_io: unknown, id: string) => Promise.resolve(this.#toStack(this.#get(id)));
    const found = (id: string) => {
      const stack = this.#find(id);
      return Promise.resolve(stack && this.#toStack(stack));
    };
    return {
      templates: { ...createTemplateTools('.'), load: () => Promise.resolve(template) },
      files: {
        pathOf: (name) => name,
        write: (name, text) => {
          this.files.set(name, text);
          return Promise.resolve(sha256(text));
        },
        read: (name) => {
          const text = this.files.get(name);
          return Promise.resolve(text === undefined ? undefined : { text, sha256: sha256(text) });
        },
      },
      waits: {
        untilStackDeployed: settled,
        untilStackSettled: settled,
        untilStackGone: () => Promise.resolve(),
        untilDriftDetected: () => Promise.reject(new Error('nobody asks for drift here')),
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
          const standing = this.#get(stack);
          const isNew = standing.status === 'REVIEW_IN_PROGRESS';
          Object.assign(standing, {
            template: changeSet.request.template,
            tags: changeSet.request.tags ?? standing.tags,
            status:
              changeSet.request.type === 'IMPORT'
                ? 'IMPORT_COMPLETE'
                : isNew
                  ? 'CREATE_COMPLETE'
                  : 'UPDATE_COMPLETE',
          });
          this.#make(standing, changeSet.request.imports?.map((one) => one.logicalId) ?? []);
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
        findSecret: (name: string) => Promise.resolve(this.secrets.get(name) as never),
      },
      vault: {
        seal: (file: string, ids: readonly string[]) => {
          const own = [...this.secrets].filter(([name, { arn }]) => ids.includes(arn) || ids.includes(name));
          const text = JSON.stringify(Object.fromEntries(own.map(([name, { value }]) => [name, value])));
          this.files.set(file, text);
          return Promise.resolve({
            sha256: sha256(text),
            secrets: own.map(([name, { arn }]) => ({ name, arn })),
          });
        },
        assertReadable: (file: string, hash: string) =>
          sha256(this.files.get(file) ?? '') === hash
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

  /** Resources that the template has and the stack has not; a secret that stands and is not imported is a conflict. */
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
      if (declared[one.logicalId]?.DeletionPolicy === 'Retain') return { ...one, status: 'DELETE_SKIPPED' };
      if (one.type === 'AWS::SecretsManager::Secret')
        for (const [name, { arn }] of this.secrets) if (arn === one.physicalId) this.secrets.delete(name);
      if (
        one.type === 'AWS::RDS::DBInstance' &&
        declared[one.logicalId]?.Properties?.['DBClusterIdentifier'] === undefined
      )
        this.readOnly = undefined;
      return { ...one, status: 'DELETE_COMPLETE' };
    });
    stack.status = 'DELETE_COMPLETE';
  }

  #changeSetOf(stack: string, name: string): ChangeSet {
    const found = this.#get(stack);
    const changeSet = this.#changeSets.get(`${found.id}/${name}`);
    return {
      stackId: found.id,
      status: 'CREATE_COMPLETE',
      executionStatus: changeSet?.executed === true ? 'EXECUTE_COMPLETE' : 'AVAILABLE',
      reason: undefined,
      empty: false,
      changes: [],
    };
  }

  #details(stack: FakeStack) {
    const { id, name, tags, isProtected, policy } = stack;
    const nothing = { parameters: [], outputs: {}, capabilities: [], roleArn: null, notificationArns: [] };
    return { ...nothing, id, name, tags, policy, exports: ['endpoint'], terminationProtection: isProtected };
  }

  #toStack({ id, name, status, tags, parameters }: FakeStack): Stack {
    const nothing = { statusReason: undefined, outputs: {}, capabilities: [], exports: [] };
    return { ...nothing, id, name, status, tags, parameters: Object.keys(parameters) };
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

function resourcesOf(template: string): Readonly<Record<string, Resource>> {
  return (
    (parse(template, { logLevel: 'silent' }) as { Resources?: Record<string, Resource> } | null)?.Resources ??
    {}
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
