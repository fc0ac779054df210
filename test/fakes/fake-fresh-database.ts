import type { InitScript, WantedExtension } from '../../src/postgres/fresh-database-gateway.js';

/** A server without the database, whose transactions are as they should be. */
export class FakeFreshDatabase {
  readonly mutations: string[] = [];
  exists = false;
  readonly extensions = new Map<string, string>();
  readonly marks = new Map<string, string>();
  /** How often the script was run. */
  runs = 0;

  snapshot(): object {
    return {
      exists: this.exists,
      extensions: [...this.extensions.keys()].sort(),
      runs: this.runs,
      marks: [...this.marks.keys()],
    };
  }

  readonly gateway = {
    exists: () => Promise.resolve(this.exists),
    create: () => {
      this.mutations.push('CREATE DATABASE');
      this.exists = true;
      return Promise.resolve();
    },
    listExtensions: () => Promise.resolve([...this.extensions].map(([name, version]) => ({ name, version }))),
    listShipped: () => Promise.resolve(new Set(['vector', 'uuid-ossp'])),
    createExtension: (_server: object, { name }: WantedExtension) => {
      this.mutations.push(`CREATE EXTENSION ${name}`);
      this.extensions.set(name, '0.8.0');
      return Promise.resolve();
    },
    findMark: (_server: object, mark: string) => Promise.resolve(this.marks.get(mark)),
    runScript: (_server: object, { mark, comment }: InitScript) => {
      if (this.marks.has(mark)) return Promise.resolve(false);
      this.mutations.push('init SQL');
      this.runs += 1;
      this.marks.set(mark, comment);
      return Promise.resolve(true);
    },
    dropMark: (_server: object, mark: string) => {
      this.mutations.push('DROP SCHEMA');
      this.marks.delete(mark);
      return Promise.resolve();
    },
  };
}
