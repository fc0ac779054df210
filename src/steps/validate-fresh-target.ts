/**
 * The runbook's checks on a target that was made empty. Its data is compared with nothing: the source's was given up on
 * purpose, and what is in the target now is the application's. Where the schema came along, that is compared. Reads only.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { FreshDatabaseGateway } from '../postgres/fresh-database-gateway.js';
import type { SchemaComparer } from '../postgres/schema-comparison.js';
import {
  awaitTarget,
  fingerprintSource,
  furnishDatabase,
  prepareTarget,
  restoreDatabase,
  validateTarget,
  type CheckResult,
  type Comparison,
  type ServerRef,
  type TargetFacts,
} from './refs.js';
import {
  readSourceFingerprint,
  type FingerprintFile,
  type FingerprintReading,
} from './source-fingerprint.js';
import type { ValidateTargetDependencies } from './validate-target.js';

export interface ValidateFreshDeps
  extends Pick<ValidateTargetDependencies, 'checkAws' | 'database'>, FingerprintReading {
  readonly fresh: Pick<FreshDatabaseGateway, 'listExtensions'>;
  readonly schemas: SchemaComparer;
}

interface In {
  readonly config: Config;
  readonly target: TargetFacts;
  readonly extensions: readonly string[];
  /** Of the source, where its schema came along; what the application or the init SQL adds to it is no difference. */
  readonly schemaOf: FingerprintFile | undefined;
}
type Out = ReturnType<typeof validateTarget.output.parse>;

export function createValidateFreshTarget(deps: ValidateFreshDeps): Step<In, Out, Config> {
  return {
    ...validateTarget,
    title: 'Validate the empty target',
    typicalSeconds: [5, 120],
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    select: ({ config, outputOf, findOutputOf }) => ({
      config,
      target: outputOf(awaitTarget),
      extensions: (findOutputOf(furnishDatabase) ?? outputOf(prepareTarget)).extensions.map(
        ({ name }) => name,
      ),
      schemaOf: findOutputOf(restoreDatabase) === undefined ? undefined : outputOf(fingerprintSource),
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `check ${config.target.cluster}: statuses, direct login, extensions, application log; the data was given up on purpose, so none is compared`,
        ],
      }),
    run: (io, input) => run(deps, io, input),
    verify: async (io, { target, extensions }, output) => {
      throwUnlessValid(output, target);
      throwUnlessValid(
        { checks: await checkLogin(deps, io, target.server, extensions), comparisons: [] },
        target,
      );
    },
  };
}

async function run(deps: ValidateFreshDeps, io: StepIo, input: In): Promise<Out> {
  const { config, target, extensions, schemaOf } = input;
  const checks = [
    ...(await deps.checkAws(config, target, io.signal)),
    ...(await checkLogin(deps, io, target.server, extensions)),
  ];
  const comparisons: Comparison[] = [];
  if (schemaOf !== undefined) {
    const source = await readSourceFingerprint(deps, schemaOf);
    comparisons.push(...(await deps.schemas.compare(source, target.server, io.signal)));
  }
  const output = { checks, comparisons };
  throwUnlessValid(output, target);
  for (const one of checks) io.note(`${one.check}: ${one.detail}`);
  io.note(
    'the data of the source was given up on purpose: nothing of it is in the target, and none was compared',
  );
  return output;
}

async function checkLogin(
  deps: ValidateFreshDeps,
  io: Pick<StepIo, 'signal'>,
  server: ServerRef,
  wanted: readonly string[],
): Promise<CheckResult[]> {
  const found = await deps.database.check(server, io.signal);
  const present = new Map(
    (await deps.fresh.listExtensions(server)).map(({ name, version }) => [name, version]),
  );
  const missing = wanted.filter((name) => !present.has(name));
  const listed = wanted.map((name) => `${name} ${present.get(name) ?? ''}`);
  return [
    // pgvector is one of the extensions below, where the source has it.
    ...found.filter(({ check, result }) => check !== 'pgvector' || result === 'pass'),
    {
      check: 'extensions',
      result: missing.length === 0 ? 'pass' : 'fail',
      detail:
        missing.length > 0
          ? `missing: ${missing.join(', ')}`
          : wanted.length > 0
            ? listed.join(', ')
            : 'the source has none that the target ships',
    },
  ];
}

function throwUnlessValid({ checks, comparisons }: Out, target: TargetFacts): void {
  const places = [
    ...checks
      .filter(({ result }) => result !== 'pass')
      .map((one) => `${one.check}: ${one.result} (${one.detail})`),
    ...comparisons
      .filter(({ result }) => result !== 'match')
      .map((one) => `${one.item}: ${one.result} (${one.detail ?? ''})`),
  ];
  if (places.length === 0) return;
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
