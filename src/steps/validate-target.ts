/**
 * The runbook's four checks on the live target, and all comparisons once more, with the application running. Reads only.
 */
import { isValid, validateTarget as validate } from './target-validation.js';
import type { ValidationDependencies } from './target-validation.js';
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import {
  awaitTarget,
  fingerprintSource,
  isFailure,
  useSnapshot,
  validateTarget,
  verifyData,
} from './refs.js';
import type { CheckResult, Comparison, TargetFacts } from './refs.js';
import { readSourceFingerprint } from './source-fingerprint.js';
import type { FingerprintFile, FingerprintReading } from './source-fingerprint.js';

export interface ValidateTargetDependencies extends FingerprintReading, ValidationDependencies {
  readonly fingerprints: FingerprintReading['fingerprints'] & ValidationDependencies['fingerprints'];
  /** Cluster status, instance status, the application's log lines, the endpoint in the stack's output. */
  readonly checkAws: (
    config: Config,
    target: TargetFacts,
    signal: AbortSignal,
  ) => Promise<readonly CheckResult[]>;
}

export interface ValidateTargetInput {
  readonly config: Config;
  readonly target: TargetFacts;
  readonly fingerprint: FingerprintFile;
  readonly verified: readonly Comparison[];
  readonly asOf?: string | undefined;
}

type Output = ReturnType<(typeof validateTarget)['output']['parse']>;

export function createValidateTarget(
  dependencies: ValidateTargetDependencies,
): Step<ValidateTargetInput, Output, Config> {
  return {
    ...validateTarget,
    title: 'Validate the target',
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    typicalSeconds: [5, 600],
    select: (from) => {
      const { file, sha256 } = from.outputOf(fingerprintSource);
      return {
        config: from.config,
        target: from.outputOf(awaitTarget),
        fingerprint: { file, sha256 },
        verified: from.outputOf(verifyData).comparisons,
        asOf: from.findOutputOf(useSnapshot)?.createdAt,
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `check ${config.target.cluster}: statuses, direct login, application log, pgvector, and all comparisons; changes nothing`,
        ],
      }),
    run: (io, input) => run(dependencies, io, input),
    verify: async (io, { target }, output) => {
      throwUnlessValid(output, target);
      throwUnlessValid(
        { checks: await dependencies.database.check(target.server, io.signal), comparisons: [] },
        target,
        'pgvector',
      );
    },
  };
}

async function run(
  dependencies: ValidateTargetDependencies,
  io: StepIo,
  input: ValidateTargetInput,
): Promise<Output> {
  const { config, target, verified } = input;
  const checks = await dependencies.checkAws(config, target, io.signal);
  const validation = await validate(dependencies, {
    target: target.server,
    source: { fingerprint: await readSourceFingerprint(dependencies, input.fingerprint) },
    mode: config.verify.rows,
    verified,
    asOf: input.asOf,
    signal: io.signal,
    progress: (progress) => io.progress(progress),
  });
  const output = { checks: [...checks, ...validation.checks], comparisons: [...validation.comparisons] };
  throwUnlessValid(output, target);
  for (const one of output.checks) io.note(`${one.check}: ${one.detail}`);
  return output;
}

/** @param lenient a check that may be absent, where the comparisons that excuse it are not at hand */
function throwUnlessValid(output: Output, target: TargetFacts, lenient?: string): void {
  const judged = { ...output, checks: output.checks.filter((one) => one.check !== lenient) };
  if (isValid(judged)) return;
  const places = [
    ...judged.checks
      .filter((one) => one.result !== 'pass')
      .map((one) => `${one.check}: ${one.result} (${one.detail})`),
    ...output.comparisons.filter(isFailure).map((one) => `${one.item}: ${one.result} (${one.detail ?? ''})`),
  ];
  throw new VerifyError(
    'TargetInvalid',
    `${target.clusterIdentifier} failed ${String(places.length)} checks`,
    {
      why: places.slice(0, 10).join('; '),
      next: ['look into what failed, then resume; or roll back'],
      resource: target.clusterArn,
      resumable: true,
    },
  );
}
