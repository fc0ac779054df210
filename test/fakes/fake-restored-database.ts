import { CredentialsError } from '../../src/errors.js';
import type { ExtensionUpdate } from '../../src/postgres/restored-database-gateway.js';

/** The database of a restored cluster: the password of the snapshot, old extensions, read-only. */
export class FakeRestoredDatabase {
  readonly mutations: string[] = [];
  passwordIsSet = false;
  readOnly: string | null = 'on';
  outdated: ExtensionUpdate[] = [
    { name: 'vector', from: '0.8.0', to: '0.8.2' },
    { name: 'pg_trgm', from: '1.5', to: '1.6' },
  ];

  snapshot(): object {
    return {
      passwordIsSet: this.passwordIsSet,
      readOnly: this.readOnly,
      outdated: this.outdated.map(({ name }) => name),
    };
  }

  readonly gateway = {
    logIn: () =>
      this.passwordIsSet
        ? Promise.resolve()
        : Promise.reject(new CredentialsError('LoginRefused', 'password authentication failed')),
    planUpdates: () => Promise.resolve([...this.outdated]),
    update: (_server: object, { name }: ExtensionUpdate) => {
      this.mutations.push(`ALTER EXTENSION ${name}`);
      this.outdated = this.outdated.filter((one) => one.name !== name);
      return Promise.resolve();
    },
    readReadOnly: () => Promise.resolve(this.readOnly),
    setReadOnly: (_server: object, value: string | null) => {
      this.mutations.push(`read-only ${value ?? 'reset'}`);
      this.readOnly = value;
      return Promise.resolve();
    },
  };

  readonly rds = {
    setMasterPassword: () => {
      this.mutations.push('ModifyDBCluster');
      this.passwordIsSet = true;
      return Promise.resolve();
    },
  };
}
