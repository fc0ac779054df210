import type { DbInstance } from '../aws/rds-instances.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, type Problem } from '../errors.js';
import type { EndingGateway } from '../postgres/ending-gateway.js';
import type { CheckResult, Comparison, ServerRef, TargetFacts } from './refs.js';

export interface FinalizeProblemsDeps {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'findInstance'>;
  readonly secrets: Pick<SecretsGateway, 'readConnection'>;
  readonly database: EndingGateway;
}

/** What the run found and made. */
export interface FinishedMove {
  readonly config: Config;
  readonly source: { readonly identifier: string; readonly arn: string; readonly server: ServerRef };
  readonly target: TargetFacts;
  readonly tables: number;
  readonly checks: readonly CheckResult[];
  readonly comparisons: readonly Comparison[];
}

/** Everything that stands against ending the source. Reads only; what cannot be asked counts as a problem. */
export async function findFinalizeProblems(
  deps: FinalizeProblemsDeps,
  move: FinishedMove,
  instance: DbInstance,
  signal: AbortSignal,
): Promise<Problem[]> {
  return [
    ...unverified(move),
    ...notAvailable(instance),
    ...protection(move.config, instance),
    ...(await targetDown(deps, move, signal)),
    ...(await secretElsewhere(deps, move)),
    ...(await connected(deps, move, instance, signal)),
  ];
}

function unverified({ checks, comparisons }: FinishedMove): Problem[] {
  const failed = [
    ...checks.filter((one) => one.result !== 'pass').map((one) => one.check),
    ...comparisons.filter((one) => one.result !== 'match').map((one) => one.item),
  ];
  if (failed.length === 0 && comparisons.length > 0) return [];
  return [
    {
      code: 'NotVerified',
      what:
        failed.length > 0
          ? `the last verification of this run was not all match: ${failed.slice(0, 5).join(', ')}`
          : 'this run compared nothing',
      why: 'The source is the only other copy of the data',
      fix: 'rds2aurora validate',
    },
  ];
}

function notAvailable({ identifier, status }: DbInstance): Problem[] {
  if (status === 'available') return [];
  return [
    {
      code: 'SourceNotAvailable',
      what: `the source ${identifier} is ${status}`,
      why: 'RDS takes the last snapshot of an instance that is available, and its sessions have to be looked at',
      fix:
        status === 'stopped'
          ? `aws rds start-db-instance --db-instance-identifier ${identifier}`
          : 'wait until it is available, or bring it there',
    },
  ];
}

function protection({ finalize }: Config, { identifier, deletionProtection }: DbInstance): Problem[] {
  if (!deletionProtection || finalize.liftDeletionProtection) return [];
  return [
    {
      code: 'DeletionProtected',
      what: `the instance ${identifier} has deletion protection`,
      why: 'Somebody wanted it not to be deleted; the tool does not switch that off by itself',
      fix: `aws rds modify-db-instance --db-instance-identifier ${identifier} --no-deletion-protection --apply-immediately, or set finalize.liftDeletionProtection (--lift-deletion-protection)`,
    },
  ];
}

async function targetDown(
  { rds, database }: FinalizeProblemsDeps,
  { target, tables }: FinishedMove,
  signal: AbortSignal,
): Promise<Problem[]> {
  const cluster = await rds.findCluster(target.clusterIdentifier);
  const writer = await rds.findInstance(target.instanceIdentifier);
  const isSame = cluster?.arn === target.clusterArn && writer?.arn === target.instanceArn;
  if (!isSame || cluster.status !== 'available' || writer.status !== 'available')
    return [
      targetProblem(
        `the cluster ${target.clusterIdentifier} is ${cluster?.status ?? 'gone'}, its writer ${writer?.status ?? 'gone'}`,
      ),
    ];
  return asked(
    async () => {
      const found = await database.countTables(target.server, signal);
      return found > 0 || tables === 0
        ? []
        : [targetProblem(`${target.server.database} on ${target.clusterIdentifier} holds no table`)];
    },
    (why) => [targetProblem(`${target.clusterIdentifier} does not answer: ${why}`)],
    signal,
  );
}

function targetProblem(what: string): Problem {
  return {
    code: 'TargetNotAnswering',
    what,
    why: 'Without the source there would be nothing to go back to',
    fix: 'rds2aurora validate',
  };
}

async function secretElsewhere(
  { secrets }: FinalizeProblemsDeps,
  { target: { server, clusterIdentifier } }: FinishedMove,
): Promise<Problem[]> {
  const { host, port } = await secrets.readConnection(server.secret);
  if (host === server.host && (port === undefined || port === server.port)) return [];
  return [
    {
      code: 'SecretElsewhere',
      what: `the secret ${server.secret} names ${host ?? 'no host'}, not ${clusterIdentifier}`,
      why: 'The application reads from it where its database is',
      fix: `let the secret name ${server.host}, port ${String(server.port)}, and the application start anew`,
    },
  ];
}

async function connected(
  { database }: FinalizeProblemsDeps,
  { source: { server, identifier } }: FinishedMove,
  { status }: DbInstance,
  signal: AbortSignal,
): Promise<Problem[]> {
  if (status !== 'available') return [];
  return asked(
    async () => {
      const lines = await database.listSessions(server, signal);
      if (lines.length === 0) return [];
      return [
        {
          code: 'SourceInUse',
          what: `${String(lines.length)} sessions are connected to ${identifier}: ${lines.slice(0, 5).join('; ')}`,
          why: 'Somebody still works on the source, or waits for its changes',
          fix: 'point them at the Aurora cluster, or end them',
        },
      ];
    },
    (why) => [
      {
        code: 'SourceNotAnswering',
        what: `nobody can tell whether ${identifier} is in use: ${why}`,
        why: 'Its sessions are asked for with the user and the secret of the move',
        fix: `when the password was changed since, set it on the source too: aws rds modify-db-instance --db-instance-identifier ${identifier} --master-user-password …`,
      },
    ],
    signal,
  );
}

/** A server that cannot be asked is a finding, an interruption is not. */
async function asked(
  ask: () => Promise<Problem[]>,
  unanswered: (why: string) => Problem[],
  signal: AbortSignal,
): Promise<Problem[]> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted || !(error instanceof MigrationError)) throw error;
    return unanswered(error.message);
  }
}
