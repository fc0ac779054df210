import type { MigrationSession } from '../cli/migration-command.js';
import { MigrationError } from '../errors.js';
import { estimateCost, type CostEstimate } from '../estimates/costs.js';
import { definitionsSeconds, describeRates, estimateSeconds } from '../estimates/durations.js';
import type { DatabaseMeasures, InstanceMeasures } from '../estimates/measures.js';
import { withDurations, type PathPlan } from '../pipeline/plan-path.js';
import { measureDatabase } from '../postgres/measure-database.js';
import { formatBytes, formatCount } from '../views/quantity.js';
import { createTools } from './tools.js';

/** A plan with what its times go by, and what it costs while source and target both stand. */
export interface EstimatedPlan extends PathPlan {
  readonly basis: readonly string[];
  /** Null when the source could not be measured. */
  readonly cost: CostEstimate | null;
}

/** Measures the source by reading, and puts times and costs that follow from it into the plan. */
export async function estimatePlan(
  session: MigrationSession,
  plan: PathPlan,
  runId: string,
): Promise<EstimatedPlan> {
  const { region, target, engine } = session.config;
  const isStream = plan.path === 'dump-restore' && engine === 'stream';
  const measured = await measureSource(session, runId);
  if ('unknown' in measured) return { ...plan, basis: [measured.unknown], cost: null };
  const { source, database } = measured;
  const acu = [target.capacity.min, target.capacity.max] as const;
  return {
    ...withDurations(plan, (step) =>
      isStream && step === 'dump-database' ? definitionsSeconds : estimateSeconds(step, database),
    ),
    basis: describeBasis(session, plan.path, source, database),
    cost: estimateCost({ region, path: plan.path, acu, source, database }),
  };
}

type Measured =
  { readonly source: InstanceMeasures; readonly database: DatabaseMeasures } | { readonly unknown: string };

/** What stands in the way of measuring is found, and told, by the plan's own checks. */
async function measureSource(session: MigrationSession, runId: string): Promise<Measured> {
  const { source } = session.config;
  const { aws, sessions } = createTools(session, runId, session.root);
  try {
    const found = await aws.rds.findInstance(source.instance);
    if (found?.endpoint === undefined) return { unknown: notMeasured(`${source.instance} has no endpoint`) };
    const { database, user, secret } = source;
    const server = { host: found.endpoint.address, port: found.endpoint.port, database, user, secret };
    return { source: found, database: await measureDatabase(sessions, server) };
  } catch (error) {
    if (session.signal.aborted || !(error instanceof MigrationError)) throw error;
    return { unknown: notMeasured(error.message) };
  }
}

function notMeasured(why: string): string {
  return `The source could not be measured (${why}): the times are those of a small database.`;
}

function describeBasis(
  { config }: MigrationSession,
  path: string,
  source: InstanceMeasures,
  database: DatabaseMeasures,
): string[] {
  const vectors =
    database.vectorIndexes === 0
      ? ''
      : `, of that ${formatCount(database.vectorIndexes)} of pgvector with ${formatBytes(database.vectorIndexBytes)}`;
  const all = `All databases of ${config.source.instance} hold ${formatBytes(database.serverBytes)}; ${formatCount(source.allocatedGiB)} GiB are allocated.`;
  return [
    `${config.source.database} holds ${formatBytes(database.databaseBytes)}: ${formatCount(database.tables)} tables, ${formatCount(database.indexes)} indexes with ${formatBytes(database.indexBytes)}${vectors}.`,
    ...(path === 'snapshot' ? [all] : []),
    `Estimated from these sizes, not measured on your servers: ${describeRates(path, path === 'dump-restore' && config.engine === 'stream')}; what AWS takes to create things is added.`,
  ];
}
