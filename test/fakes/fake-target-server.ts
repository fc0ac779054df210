import { PreconditionError } from '../../src/errors.js';
import type { Change } from '../../src/postgres/role-changes.js';
import type { RestoreGateway } from '../../src/postgres/restore-gateway.js';
import type { DatabaseForm } from '../../src/steps/refs.js';
import type { TargetGateway } from '../../src/postgres/target-gateway.js';

interface FakeDatabase {
  comment: string | null;
  collate?: string;
  contents: string[];
  applied: string[];
}

const formOf = (collate = 'C'): DatabaseForm => ({
  ...{ encoding: 'UTF8', collate, ctype: 'C' },
  ...{ provider: 'c', locale: null, rules: null },
});

/** A server with databases and roles, as far as the steps that restore into it can tell. */
export class FakeTargetServer {
  readonly databases = new Map<string, FakeDatabase>();
  readonly roles = new Set<string>();
  readonly mutations: string[] = [];

  snapshot(): unknown {
    const databases = [...this.databases].map(([name, one]) => ({
      name,
      ...one,
      collate: one.collate ?? 'C',
      applied: [...new Set(one.applied)].sort(),
    }));
    return { databases, roles: [...this.roles].sort() };
  }

  database(name: string): FakeDatabase {
    const found = this.databases.get(name);
    if (found === undefined) throw new PreconditionError('DatabaseNotFound', `no database ${name}`);
    return found;
  }

  #did(what: string): void {
    this.mutations.push(what);
  }

  createGateway(): TargetGateway {
    const roleChanges = (): Change[] =>
      ['app', 'reader']
        .filter((role) => !this.roles.has(role))
        .map((role) => ({ statement: 'CREATE ROLE', key: role, sql: role }));
    return {
      inspect: async ({ database }) => {
        const found = this.databases.get(database);
        return {
          exists: found !== undefined,
          comment: found?.comment ?? null,
          ...(found === undefined ? {} : { form: formOf(found.collate) }),
          contents: [...(found?.contents ?? [])],
        };
      },
      readForm: async () => formOf(),
      readExtensions: async ({ database }) => {
        const names =
          database === 'source'
            ? ['vector']
            : this.database(database).applied.filter((one) => one === 'vector');
        return names.map((name) => ({ name, version: '0.8.0', schema: 'public', owner: 'master' }));
      },
      planRoles: async () => ({
        changes: roleChanges(),
        created: [],
        withoutPassword: roleChanges().map((one) => one.key),
      }),
      planExtensions: async (wanted, { database }, exists) => ({
        changes: wanted
          .filter((one) => !exists || !this.database(database).applied.includes(one.name))
          .map((one) => ({ statement: 'CREATE EXTENSION', key: one.name, sql: one.name })),
        extensions: wanted.map(({ name, version }) => ({ name, version })),
      }),
      planDatabase: async (_source, { database }) =>
        this.database(database).applied.includes('setting')
          ? []
          : [{ statement: 'ALTER DATABASE', key: 'setting', sql: 'setting' }],
      planOwnerGrants: async () => ({
        onDatabase: [{ statement: 'GRANT', key: 'create', sql: '+create' }],
        onSchemas: [],
        revoke: [{ statement: 'REVOKE', key: 'create', sql: '-create' }],
      }),
      apply: async ({ database }, change) => {
        const { applied } = this.database(database);
        this.#did(change.sql);
        if (change.sql.startsWith('-'))
          applied.splice(0, applied.length, ...applied.filter((one) => one !== `+${change.sql.slice(1)}`));
        else applied.push(change.sql);
        return true;
      },
      applyToServer: async (_target, change) => {
        this.#did(change.sql);
        this.roles.add(change.key);
        return true;
      },
      create: async ({ database }, { collate }) => {
        if (this.databases.has(database)) throw new PreconditionError('DuplicateDatabase', database);
        this.#did(`create ${database}`);
        this.databases.set(database, { comment: null, collate, contents: [], applied: [] });
      },
      mark: async ({ database }, comment) => {
        this.#did(`mark ${database}`);
        this.database(database).comment = comment;
      },
      drop: async ({ database }, marker) => {
        if (this.databases.get(database)?.comment !== marker) return;
        this.#did(`drop ${database}`);
        this.databases.delete(database);
      },
      dropRole: async (_target, role) => {
        if (this.roles.delete(role)) this.#did(`drop role ${role}`);
        return true;
      },
    };
  }

  /** Restoring a part again fails, as it does on a server: its objects are there already. */
  createRestores(): RestoreGateway {
    return {
      restore: async ({ server, part, entries, again = false }) => {
        const { contents } = this.database(server.database);
        const name = entries?.kind === 'only' ? `${part} ${[...entries.of].join()}` : part;
        if (contents.includes(name)) {
          if (again) return [];
          throw new PreconditionError('RelationExists', name);
        }
        this.#did(`restore ${name}`);
        contents.push(name);
        return part === 'data and post-data' ? [{ rule: 'transaction-timeout-unknown', text: part }] : [];
      },
      inspect: async ({ database }) => ({
        tables: this.database(database).contents.length,
        invalidIndexes: [],
      }),
    };
  }
}
