import type { Outcome } from '../cli/base-command.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { ValidateResult } from '../cli/result-schemas.js';
import { PreconditionError, VerifyError } from '../errors.js';
import { pullSharedRuns } from '../journal/run.js';
import { listRuns } from '../journal/runs.js';
import { createDatabaseChecks } from '../postgres/connection-check.js';
import { createRunFiles } from '../process/run-files.js';
import * as refs from '../steps/refs.js';
import { readSourceFingerprint } from '../steps/source-fingerprint.js';
import { isValid, validateTarget, type ValidationOrder } from '../steps/target-validation.js';
import { renderChecks, renderComparisons } from '../views/checks-table.js';
import { checkAws } from './check-aws.js';
import { runDeps } from './run-parts.js';
import { createTools, type Tools } from './tools.js';

/** How far back the application's line is looked for. */
const logDays = 14;

/**
 * `validate`: the checks on the target as it is now, at any time. It is held against what the newest finished
 * comparison of a run found, or, without a run, against the source as it is now. Changes nothing.
 */
export async function validate(session: MigrationSession): Promise<Outcome<ValidateResult>> {
  const { config, signal, root } = session;
  pullSharedRuns(runDeps(session));
  const tools = createTools(session, 'validate', root);
  const {
    target: { cluster, instance },
    verify,
  } = config;
  const since = new Date(session.now().getTime() - logDays * 86_400_000);
  const target = { clusterIdentifier: cluster, instanceIdentifier: instance };
  const checks = await checkAws(tools.aws, config, target, since);
  const order = { target: await findTarget(tools, session), mode: verify.rows, signal };
  const database = createDatabaseChecks(tools.sessions, tools.trusted);
  const validation = isFreshStart(session)
    ? { checks: await database.check(order.target, signal), comparisons: [] }
    : await validateTarget(
        { database, fingerprints: tools.fingerprints },
        { ...order, ...(await findSource(tools, session)) },
      );
  const result = {
    target: cluster,
    checks: [...checks, ...validation.checks],
    comparisons: [...validation.comparisons],
  };
  return {
    result,
    text: () => [renderChecks(result.checks), renderComparisons(result.comparisons)].join('\n\n'),
    failure: isValid(result) ? undefined : invalid(result),
  };
}

async function findTarget({ aws }: Tools, { config }: MigrationSession): Promise<refs.ServerRef> {
  const cluster = await aws.rds.findCluster(config.target.cluster);
  if (cluster?.endpoint !== undefined) return serverOf(config, cluster.endpoint, cluster.port);
  throw new PreconditionError('TargetMissing', `there is no cluster ${config.target.cluster} to validate`, {
    next: ['rds2aurora plan dump-restore'],
  });
}

/** The newest run that got so far as to validate its target gave the data of the source up: there is nothing to compare. */
function isFreshStart({ root }: MigrationSession): boolean {
  const validated = listRuns(root).find(
    ({ state }) =>
      state?.outcome !== 'rolled-back' &&
      state?.steps.some(({ id, output }) => id === refs.validateTarget.id && output !== undefined),
  );
  return validated?.state?.header.path === 'fresh';
}

async function findSource(
  { aws, fingerprints }: Tools,
  { config, root }: MigrationSession,
): Promise<Pick<ValidationOrder, 'source' | 'verified' | 'asOf'>> {
  for (const { state, directory } of listRuns(root)) {
    const outputs = new Map(state?.steps.map((step) => [step.id, step.output]));
    const file = outputs.get(refs.fingerprintSource.id);
    const verified = outputs.get(refs.verifyData.id);
    if (file === undefined || verified === undefined) continue;
    const reading = { fingerprints, files: createRunFiles(directory) };
    const fingerprint = await readSourceFingerprint(reading, refs.fingerprintSource.output.parse(file));
    const given = outputs.get(refs.useSnapshot.id);
    return {
      source: { fingerprint },
      verified: refs.verifyData.output.parse(verified).comparisons,
      asOf: given === undefined ? undefined : refs.useSnapshot.output.parse(given).createdAt,
    };
  }
  const { endpoint } = (await aws.rds.findInstance(config.source.instance)) ?? {};
  if (endpoint !== undefined)
    return { source: { server: serverOf(config, endpoint.address, endpoint.port) } };
  throw new PreconditionError(
    'NothingToCompareWith',
    `neither a run nor the source ${config.source.instance} is there`,
    {
      why: 'the target is held against what a run found on the source, or against the source itself',
    },
  );
}

function serverOf({ source }: MigrationSession['config'], host: string, port: number): refs.ServerRef {
  return { host, port, database: source.database, user: source.user, secret: source.secret };
}

function invalid({ target, checks, comparisons }: ValidateResult): VerifyError {
  const failed = checks.filter((one) => one.result !== 'pass').map((one) => `${one.check}: ${one.detail}`);
  const different = comparisons.filter(refs.isFailure).map((one) => one.item);
  const count = failed.length + different.length;
  return new VerifyError('TargetInvalid', `${target} failed ${String(count)} checks`, {
    why: [...failed, ...different].slice(0, 10).join('; '),
    changed: false,
  });
}
