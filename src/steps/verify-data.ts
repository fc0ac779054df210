/**
 * Takes the target's fingerprint and holds it against the source's. Anything that differs, and anything that could not be
 * compared, ends the run before the application is switched over. Reads only.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import type { TargetGateway } from '../postgres/target-gateway.js';
import {
  awaitTarget,
  checkReadiness,
  fingerprintSource,
  isFailure,
  prepareTarget,
  useSnapshot,
  verifyData,
} from './refs.js';
import type { Comparison, ServerRef } from './refs.js';
import { readSourceFingerprint } from './source-fingerprint.js';
import type { FingerprintFile, FingerprintReading } from './source-fingerprint.js';
import { markerOf } from './target-database.js';

export interface VerifyDataDependencies extends FingerprintReading {
  readonly fingerprints: FingerprintGateway;
  readonly target: Pick<TargetGateway, 'inspect'>;
}

export interface VerifyDataInput {
  readonly source: ServerRef;
  readonly target: ServerRef;
  readonly fingerprint: FingerprintFile;
  readonly mode: 'checksum' | 'count';
  /** The database carries this run's mark; one that came with a snapshot is known by its cluster instead. */
  readonly marked: boolean;
  /** When the target was made from a given snapshot: of which moment its data is, ISO 8601. */
  readonly asOf?: string | undefined;
}

type Output = ReturnType<(typeof verifyData)['output']['parse']>;

const fileName = 'target-fingerprint.json';
/** Places named in the message; all of them are in the run's events and files. */
const named = 10;

export function createVerifyData(
  dependencies: VerifyDataDependencies,
): Step<VerifyDataInput, Output, Config> {
  return {
    ...verifyData,
    title: 'Verify the data',
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    typicalSeconds: [5, 600],
    writersPaused: true,
    select: (from) => {
      const { file, sha256 } = from.outputOf(fingerprintSource);
      return {
        source: from.outputOf(checkReadiness).source.server,
        target: from.outputOf(awaitTarget).server,
        fingerprint: { file, sha256 },
        mode: from.config.verify.rows,
        marked: from.findOutputOf(prepareTarget) !== undefined,
        asOf: from.findOutputOf(useSnapshot)?.createdAt,
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [describe(config)],
      }),
    run: (io, input) => run(dependencies, io, input),
    verify: async (io, { target, marked, asOf }, output) => {
      throwUnlessEqual(output.comparisons, target, asOf);
      if (!marked) return;
      const state = await dependencies.target.inspect(target);
      if (state.comment === markerOf(io.runId)) return;
      throw new VerifyError(
        'TargetReplaced',
        `database ${target.database} on ${target.host} is not the one that was verified`,
      );
    },
  };
}

async function run(
  dependencies: VerifyDataDependencies,
  io: StepIo,
  input: VerifyDataInput,
): Promise<Output> {
  const source = await readSourceFingerprint(dependencies, input.fingerprint);
  const target = await dependencies.fingerprints.take(input.target, {
    mode: input.mode,
    signal: io.signal,
    comparedWith: source,
    progress: (progress) => io.progress(progress),
  });
  await dependencies.files.write(fileName, dependencies.fingerprints.print(target));
  const compared = dependencies.fingerprints.compare(source, target, input.asOf);
  const comparisons = await dependencies.fingerprints.locate(input, compared, io.signal);
  throwUnlessEqual(comparisons, input.target, input.asOf);
  const older = comparisons.filter(({ result }) => result === 'older').length;
  const rest = older === 0 ? 'all match' : `${String(older)} of them older than the source, the rest match`;
  io.note(`${String(comparisons.length)} comparisons, ${rest}`);
  return { comparisons };
}

function describe({ source, target }: Config): string {
  const read = `read ${target.cluster} as the source was read, and compare`;
  return source.snapshot === undefined
    ? `${read}: any difference ends the run`
    : `${read}: definitions must be equal; data that is not is told as older, since the source has moved on`;
}

function throwUnlessEqual(
  comparisons: readonly Comparison[],
  target: ServerRef,
  asOf: string | undefined,
): void {
  const failed = comparisons.filter(isFailure);
  if (failed.length === 0) return;
  const places = failed
    .slice(0, named)
    .map((one) => `${one.item}: ${one.result}${one.detail === undefined ? '' : ` (${one.detail})`}`);
  const rest = failed.length > named ? [`and ${String(failed.length - named)} more`] : [];
  throw new VerifyError(
    'DataDiffers',
    `${target.host} does not hold what the source holds, in ${String(failed.length)} places`,
    {
      why: [...places, ...rest].join('; '),
      next: [
        'the application has not been switched: look into the places named, then resume or roll back',
        ...(asOf === undefined
          ? []
          : [`where the definitions have changed since ${asOf}: roll back, and begin with a newer snapshot`]),
      ],
      resource: `${target.host}/${target.database}`,
      resumable: true,
    },
  );
}
