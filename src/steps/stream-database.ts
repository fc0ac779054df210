/**
 * Fills the target without files between: definitions from the small archive, data by COPY from server to server in
 * parts, each index once its table is there, then the rest. A part and the row that says it is in are one transaction
 * of the target, so an attempt that died is gone on with at the parts that are missing.
 */
import type { Config } from '../config/schema.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { dataSourceOf } from './data-source.js';
import {
  awaitTarget,
  checkReadiness,
  dumpDatabase,
  fingerprintSource,
  prepareTarget,
  streamDatabase,
} from './refs.js';
import {
  currentIntents,
  isOurs,
  lend,
  listIgnored,
  makeAsPrepared,
  notOurs,
  undoRestore,
  verifyRestored,
} from './restored-target.js';
import { readSourceFingerprint, rowTotals } from './source-fingerprint.js';
import { findPlan, streamCalls, streamData } from './stream-data.js';
import type { StreamDatabaseDependencies, StreamDatabaseInput } from './stream-data.js';
import { isDone, restorePart } from './stream-restore.js';
import type { StreamWork } from './stream-restore.js';
import { noteEmptying, noteUndo, undoUnlessGone } from './target-database.js';

type Output = ReturnType<(typeof streamDatabase)['output']['parse']>;

const definitions = ['schemas', 'pre-data'] as const;

export function createStreamDatabase(
  dependencies: StreamDatabaseDependencies,
): Step<StreamDatabaseInput, Output, Config> {
  return {
    ...streamDatabase,
    title: 'Stream the data into the target',
    reversal: {
      kind: 'undo',
      note: (input) => noteUndo(input, () => [noteEmptying(input.target)]),
      undo: (io, input) => undoUnlessGone(io, input, () => undoRestore(dependencies.target, io, input)),
    },
    supersedes: [dumpDatabase.id],
    // Where the definitions were not all there, it begins again in a database that it drops and prepares itself.
    overtakes: [prepareTarget.id],
    typicalSeconds: [15, 5400],
    writersPaused: true,
    select: (from) => {
      const target = from.outputOf(awaitTarget);
      const dump = from.outputOf(dumpDatabase);
      const { file, sha256 } = from.outputOf(fingerprintSource);
      return {
        ...dataSourceOf(from),
        target: target.server,
        clients: from.outputOf(checkReadiness).clients,
        directory: dump.directory,
        manifestSha256: dump.manifestSha256,
        jobs: from.config.dump?.jobs ?? dependencies.defaultJobs,
        maxAcu: target.maxAcu,
        fingerprint: { file, sha256 },
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `COPY from one snapshot of ${config.source.database} straight into ${config.target.cluster}, large tables in parts; indexes and constraints of a table as soon as it is there; no file holds data`,
        ],
        calls: [
          ...definitions.map((part) => `pg_restore ${part}`),
          ...Object.values(streamCalls),
          'pg_restore post-data',
        ],
      }),
    run: (io, input) => run(dependencies, io, input),
    verify: (_io, { target }, output) => verifyRestored(dependencies.restores, target, output),
  };
}

async function run(
  dependencies: StreamDatabaseDependencies,
  io: StepIo,
  input: StreamDatabaseInput,
): Promise<Output> {
  if (!isDone(io, 'pg_restore post-data'))
    await dependencies.dumps.check(input.directory, input.manifestSha256);
  await startFromKnown(dependencies, io, input);
  const { target, restores, streams } = dependencies;
  const sizing = dependencies.sizeRestore(input.maxAcu, input.jobs);
  const [fingerprint, extensions, lent] = await Promise.all([
    readSourceFingerprint(dependencies, input.fingerprint),
    target.readExtensions(input.source),
    target.planOwnerGrants(input.source, input.target),
  ]);
  const work: StreamWork = {
    ...{ restores, io, input, sizing },
    totals: rowTotals(fingerprint),
    existingSchemas: extensions.map((one) => one.schema),
  };
  await lend(target, io, input.target, lent.onDatabase);
  await restorePart(work, 'schemas');
  await lend(target, io, input.target, lent.onSchemas);
  await restorePart(work, 'pre-data');
  const parts = await streamData(dependencies, work);
  await lend(target, io, input.target, lent.revoke);
  if (!isDone(io, streamCalls.dropMarks)) {
    const drop = { call: streamCalls.dropMarks, key: input.target.database };
    await io.mutate(drop, () => streams.dropMarks(input.target));
  }
  const { tables } = await restores.inspect(input.target);
  const { maintenanceWorkMemBytes } = sizing;
  return { ignoredErrors: listIgnored(io), tables, parts, maintenanceWorkMemBytes };
}

/**
 * Brings the database to where the next part may begin: as prepared, or with all definitions and the parts that it says
 * are in. One that cannot say so, or of which the parts are not known any more, is begun again.
 */
async function startFromKnown(
  dependencies: StreamDatabaseDependencies,
  io: StepIo,
  input: StreamDatabaseInput,
): Promise<void> {
  const { target, streams } = dependencies;
  const state = await target.inspect(input.target);
  if (!isOurs(io, state)) throw notOurs(input);
  const isDirty = currentIntents(io).some(
    ({ call, effect }) => effect === undefined && definitions.some((part) => call === `pg_restore ${part}`),
  );
  const isUnknown = state.contents.length > 0 && !isDone(io, 'pg_restore schemas');
  const isStreaming = isDone(io, streamCalls.makeMarks) && !isDone(io, 'pg_restore post-data');
  const isLost =
    isStreaming &&
    ((await streams.readMarks(input.target)) === undefined ||
      (await findPlan(dependencies.files, io)) === undefined);
  const isReset = isDirty || isUnknown || isLost;
  if (isReset) {
    io.note(
      'an earlier attempt cannot be gone on with: dropping the database that this run made, and starting again',
    );
  }
  await makeAsPrepared(target, io, input, isReset);
}
