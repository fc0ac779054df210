/**
 * Makes the empty database of the target ready: creates it where the cluster came without one, and enables the extensions
 * that the source had, as far as the target ships them. Each is there or not, so a crash is gone on with by looking.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { FreshDatabaseGateway, WantedExtension } from '../postgres/fresh-database-gateway.js';
import {
  awaitTarget,
  fingerprintSource,
  furnishDatabase,
  recordLoss,
  type DatabaseForm,
  type ServerRef,
} from './refs.js';
import {
  readSourceFingerprint,
  type FingerprintFile,
  type FingerprintReading,
} from './source-fingerprint.js';

export interface FurnishDatabaseDeps extends FingerprintReading {
  readonly fresh: Pick<
    FreshDatabaseGateway,
    'exists' | 'create' | 'listExtensions' | 'listShipped' | 'createExtension'
  >;
}

interface In {
  readonly target: ServerRef;
  readonly form: DatabaseForm;
  readonly fingerprint: FingerprintFile;
}
type Out = ReturnType<typeof furnishDatabase.output.parse>;

const createDatabase = 'sql:CREATE DATABASE';
const createExtension = 'sql:CREATE EXTENSION';

export function createFurnishDatabase(deps: FurnishDatabaseDeps): Step<In, Out, Config> {
  return {
    ...furnishDatabase,
    title: 'Enable the extensions in the empty database',
    typicalSeconds: [1, 30],
    writersPaused: true,
    reversal: { kind: 'nothing-to-undo', because: 'it goes with the cluster, which this run has made' },
    select: ({ outputOf }) => ({
      target: outputOf(awaitTarget).server,
      form: outputOf(recordLoss).form,
      fingerprint: outputOf(fingerprintSource),
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `database ${config.source.database} on ${config.target.cluster}: made where it is missing; every extension of the source that the target ships is enabled, pgvector among them`,
        ],
        calls: [createDatabase, createExtension],
      }),
    run: (io, input) => run(deps, io, input),
    verify: async (_io, { target }, { extensions }) => {
      const present = new Set((await deps.fresh.listExtensions(target)).map(({ name }) => name));
      const missing = extensions.filter(({ name }) => !present.has(name));
      if (missing.length === 0) return;
      throw new VerifyError(
        'ExtensionsMissing',
        `extensions missing on the target: ${missing.map(({ name }) => name).join(', ')}`,
        { resource: target.host },
      );
    },
  };
}

async function run(deps: FurnishDatabaseDeps, io: StepIo, input: In): Promise<Out> {
  const { fresh } = deps;
  const { target } = input;
  if (!(await fresh.exists(target)))
    await io.mutate({ call: createDatabase, key: target.database }, () => fresh.create(target, input.form));
  const wanted = extensionsOf((await readSourceFingerprint(deps, input.fingerprint)).sections['extensions']);
  const shipped = await fresh.listShipped(target);
  const present = new Set((await fresh.listExtensions(target)).map(({ name }) => name));
  for (const extension of wanted.filter(({ name }) => shipped.has(name) && !present.has(name)))
    await io.mutate({ call: createExtension, key: extension.name }, () =>
      fresh.createExtension(target, extension),
    );
  const left = wanted.filter(({ name }) => !shipped.has(name));
  for (const { name, version } of left)
    io.note(`the target does not ship ${name} (${version} on the source)`);
  const names = new Set(wanted.map(({ name }) => name));
  const enabled = (await fresh.listExtensions(target)).filter(({ name }) => names.has(name));
  return {
    databaseCreated: io.intents().some(({ call }) => call === createDatabase),
    extensions: enabled.map(({ name, version }) => ({ name, version })),
    left: left.map(({ name, version }) => ({ name, version })),
  };
}

/** As the fingerprint has them: the name quoted where SQL wants it, version and schema as JSON. */
function extensionsOf(section: Readonly<Record<string, string>> = {}): WantedExtension[] {
  return Object.entries(section)
    .map(([key, value]): WantedExtension => {
      const facts: unknown = JSON.parse(value);
      const field = (name: string): string =>
        typeof facts === 'object' && facts !== null ? String(Reflect.get(facts, name)) : '';
      const name = key.startsWith('"') ? key.slice(1, -1).replaceAll('""', '"') : key;
      return { name, version: field('version'), schema: field('schema') };
    })
    .filter(({ name }) => name !== 'plpgsql');
}
