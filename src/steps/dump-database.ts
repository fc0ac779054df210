/**
 * Dumps the source, or what stands for it, into `attempt-N` with pg_dump, in one snapshot. The dump counts only once its
 * manifest, with the size and SHA-256 of every file, is on disk: a crash leaves an attempt without one, and the next
 * attempt removes it.
 */
import type { Config } from '../config/schema.js';
import { StoppedError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { DumpGateway, FinishedDump } from '../postgres/dump-gateway.js';
import type { DumpContents } from '../process/pg-dump.js';
import type { PostgresClients } from '../process/postgres-clients.js';
import { word } from './by-hand.js';
import { dataSourceOf } from './data-source.js';
import { checkReadiness, dumpDatabase, fingerprintSource } from './refs.js';
import type { ServerRef } from './refs.js';
import { readSourceFingerprint, rowTotals } from './source-fingerprint.js';
import type { FingerprintFile, FingerprintReading } from './source-fingerprint.js';

export interface DumpDatabaseDependencies extends FingerprintReading {
  readonly dumps: DumpGateway;
  /** Sessions at once where the config says nothing. */
  readonly defaultJobs: number;
  /** Default: all. */
  readonly contents?: DumpContents;
}

export interface DumpDatabaseInput {
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** Outside the run's folder, when the config names a place. */
  readonly directory: string | undefined;
  readonly jobs: number;
  readonly databaseBytes: number;
  readonly fingerprint: FingerprintFile;
}

const call = 'pg_dump';

export function createDumpDatabase(
  dependencies: DumpDatabaseDependencies,
): Step<DumpDatabaseInput, FinishedDump, Config> {
  const parentOf = (input: DumpDatabaseInput): string => input.directory ?? dependencies.files.pathOf('dump');
  return {
    ...dumpDatabase,
    title: dependencies.contents === 'definitions' ? 'Dump the definitions of the source' : 'Dump the source',
    reversal: {
      kind: 'undo',
      note: (input) => [`rm -rf ${word(parentOf(input))}`],
      undo: (_io, input) => dependencies.dumps.remove(parentOf(input)),
    },
    typicalSeconds: [10, 3600],
    remadeAfter: ['DumpMissing'],
    writersPaused: true,
    select: (from) => {
      const { clients, databaseBytes } = from.outputOf(checkReadiness);
      const { file, sha256 } = from.outputOf(fingerprintSource);
      const directory = from.config.dump?.directory;
      return {
        server: dataSourceOf(from).source,
        clients,
        databaseBytes,
        directory: directory === undefined ? undefined : `${directory}/${from.runId}`,
        jobs: from.config.dump?.jobs ?? dependencies.defaultJobs,
        fingerprint: { file, sha256 },
      };
    },
    plan: (_io, { config }) => Promise.resolve({ kind: 'change', effects: [describe(config, dependencies)] }),
    run: (io, input) => run(dependencies, io, input, parentOf(input)),
    verify: (_io, _input, output) => dependencies.dumps.check(output.directory, output.manifestSha256),
  };
}

function describe(
  { dump, source }: Config,
  { defaultJobs, contents = 'all' }: DumpDatabaseDependencies,
): string {
  const what = {
    all: `--jobs=${String(dump?.jobs ?? defaultJobs)}`,
    schema: '--schema-only',
    definitions: '--section=pre-data --section=post-data',
  }[contents];
  return `pg_dump --format=directory ${what} of ${source.database}, every file hashed`;
}

async function run(
  dependencies: DumpDatabaseDependencies,
  io: StepIo,
  input: DumpDatabaseInput,
  parent: string,
): Promise<FinishedDump> {
  const finished = await findFinished(dependencies, io);
  if (finished !== undefined) return finished;
  const { contents = 'all' } = dependencies;
  if (contents === 'all') await refuseFullDisk(dependencies, input, parent);
  const totals = rowTotals(await readSourceFingerprint(dependencies, input.fingerprint));
  const { server, clients, jobs } = input;
  const order = { run: io.runId, server, clients, parent, jobs, totals, contents, signal: io.signal };
  const dump = await io.mutate(
    { call, key: server.database },
    () => dependencies.dumps.take({ ...order, progress: (progress) => io.progress(progress) }),
    (result) => ({ detail: { ...result } }),
  );
  io.note(`${dump.directory}: ${String(dump.bytes)} bytes, ${dump.compression}`);
  return dump;
}

/** A dump that an earlier attempt finished, if it is still whole. */
async function findFinished(
  dependencies: DumpDatabaseDependencies,
  io: StepIo,
): Promise<FinishedDump | undefined> {
  const detail = io.intents().findLast((intent) => intent.call === call && intent.effect !== undefined)
    ?.effect?.detail;
  if (detail === undefined) return undefined;
  const dump = dumpDatabase.output.parse(detail);
  const isWhole = await dependencies.dumps.check(dump.directory, dump.manifestSha256).then(
    () => true,
    () => false,
  );
  return isWhole ? dump : undefined;
}

/** Text is about as large as the tables and compresses; indexes are not dumped. Room for all is the safe side. */
async function refuseFullDisk(
  dependencies: DumpDatabaseDependencies,
  input: DumpDatabaseInput,
  parent: string,
): Promise<void> {
  const free = await dependencies.dumps.readFreeBytes(parent);
  if (free >= input.databaseBytes) return;
  throw new StoppedError(
    'DiskTooSmall',
    `${parent} has ${String(free)} bytes free, the dump may need ${String(input.databaseBytes)}`,
    {
      next: ['free some space, or set dump.directory to a larger disk in a new run'],
      resource: parent,
      resumable: true,
    },
  );
}
