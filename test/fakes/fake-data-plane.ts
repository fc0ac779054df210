import { VerifyError } from '../../src/errors.js';
import { fingerprintFormat } from '../../src/postgres/fingerprint.js';
import type { Fingerprint } from '../../src/postgres/fingerprint.js';
import type { DumpGateway } from '../../src/postgres/dump-gateway.js';
import type { FingerprintGateway } from '../../src/postgres/fingerprint-gateway.js';
import type { StatisticsGateway } from '../../src/postgres/statistics-gateway.js';
import type { CheckResult } from '../../src/steps/refs.js';
import { FakeRunFiles } from './fake-run-files.js';

export const emptyFingerprint: Fingerprint = {
  ...{
    format: fingerprintFormat,
    serverVersion: '17.7',
    serverVersionNumber: 170007,
    database: 'ragdb',
    mode: 'checksum',
  },
  ...{ sections: {}, contents: [], sequences: [], vectors: [] },
  largeObjects: { count: '0', bytes: '0', checksum: '' },
};

/** A source and a target that hold the same, seen by the steps that read, dump, analyze and compare. */
export class FakeDataPlane {
  readonly files = new FakeRunFiles();
  readonly mutations: string[] = [];
  /** Folders of dumps that are whole, by their hash. */
  readonly dumps = new Map<string, string>();
  unanalyzed = ['public.chunks', 'public.documents'];
  /** The comment on the target's database. */
  comment: string | null = 'rds2aurora run law-000000';
  /** What every check of the target gives. */
  health: CheckResult['result'] = 'pass';
  #attempts = 0;

  snapshot(): object {
    return { dumps: this.dumps.size, unanalyzed: this.unanalyzed };
  }

  readonly fingerprints: FingerprintGateway = {
    take: () => Promise.resolve(emptyFingerprint),
    compare: () => [{ item: 'tables', result: 'match' }],
    locate: (_servers, comparisons) => Promise.resolve([...comparisons]),
    print: (fingerprint) => JSON.stringify(fingerprint),
    parse: (text) => JSON.parse(text) as Fingerprint,
  };

  readonly dumping: DumpGateway = {
    readFreeBytes: () => Promise.resolve(1_000_000),
    take: ({ parent }) =>
      this.#mutate('pg_dump', () => {
        this.#attempts += 1;
        const directory = `${parent}/attempt-${String(this.#attempts)}`;
        const manifestSha256 = `hash of ${directory}`;
        // An attempt removes those before it, as they never finished.
        this.dumps.clear();
        this.dumps.set(directory, manifestSha256);
        return { directory, manifestSha256, bytes: 1, compression: 'zstd:1', clientVersion: '17.12' };
      }),
    check: (directory, manifestSha256) =>
      this.dumps.get(directory) === manifestSha256
        ? Promise.resolve()
        : Promise.reject(new VerifyError('DumpMissing', `there is no dump in ${directory}`)),
    remove: (parent) => {
      for (const directory of this.dumps.keys())
        if (directory.startsWith(parent)) this.dumps.delete(directory);
      return Promise.resolve();
    },
  };

  readonly statistics: StatisticsGateway = {
    analyze: () =>
      this.#mutate('ANALYZE', () => {
        this.unanalyzed = [];
        return 2;
      }),
    listUnanalyzed: () => Promise.resolve([...this.unanalyzed]),
  };

  readonly target = {
    inspect: () => Promise.resolve({ exists: true, comment: this.comment, contents: [] }),
  };

  readonly check = (): Promise<CheckResult[]> =>
    Promise.resolve([{ check: 'direct connection', result: this.health, detail: 'as asked' }]);

  #mutate<T>(what: string, change: () => T): Promise<T> {
    this.mutations.push(what);
    // As in life, it is done before its caller hears of it.
    return Promise.resolve().then(change);
  }
}
