/**
 * Looks for everything that would make the run fail later, and pins what the later steps go by: account, source,
 * versions, client programs. Reads only; a crash leaves nothing.
 */
import type { AuroraVersion } from '../aws/rds-catalog.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Caller, StsGateway } from '../aws/sts-gateway.js';
import type { Finding, ReadinessCheck } from '../checks/readiness-check.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError, type Problem } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { checkReadiness, type ServerRef } from './refs.js';

export interface ClientPrograms {
  readonly major: number;
  readonly version: string;
  readonly binDir: string;
}

/** The PostgreSQL half of the readiness check. Reads only. */
export interface PostgresReadiness {
  /** The pg_dump and pg_restore to use between these versions, or what to install. */
  chooseClients(sourceVersion: string, targetVersion: string): Promise<Finding<ClientPrograms>>;
  /** Size of the database in bytes. */
  measureDatabase(server: ServerRef): Promise<number>;
}

export interface CheckReadinessDeps {
  readonly sts: StsGateway;
  readonly rds: Pick<RdsGateway, 'findInstance'>;
  readonly examineSource: (config: Config, caller: Caller) => Promise<Finding<DbInstance>>;
  readonly chooseTargetVersion: (
    config: Config,
    source: DbInstance,
    caller: Caller,
  ) => Promise<Finding<AuroraVersion>>;
  readonly postgres: PostgresReadiness;
  /** Asked one after the other, in this order. */
  readonly checks: readonly ReadinessCheck[];
}

type Out = ReturnType<typeof checkReadiness.output.parse>;

export function createCheckReadiness(deps: CheckReadinessDeps): Step<Config, Out, Config> {
  return {
    ...checkReadiness,
    title: 'Check that everything is ready',
    typicalSeconds: [5, 30],
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    select: ({ config }) => config,
    plan: async (io, { config }) => {
      const { found, problems } = await look(deps, config, io.runId);
      if (found === undefined) return { kind: 'blocked', problems };
      return { kind: 'change', effects: [`${summary(found)}; changes nothing`] };
    },
    run: async (io, config) => {
      const { found, problems } = await look(deps, config, io.runId);
      if (found === undefined) throw notReady(problems);
      io.note(summary(found));
      return found;
    },
    verify: async (_io, _config, output) => {
      const caller = await deps.sts.getCaller();
      const source = await deps.rds.findInstance(output.source.identifier);
      if (caller.account === output.account && source?.arn === output.source.arn) return;
      throw new VerifyError(
        'SourceChanged',
        `${output.source.identifier} is not the source this run began with`,
        {
          why: `Account ${caller.account}, ${source?.arn ?? 'no such instance'}; the run began with ${output.source.arn}`,
          next: ['use the credentials and the Region this run was begun with'],
          resource: output.source.arn,
        },
      );
    },
  };
}

async function look(deps: CheckReadinessDeps, config: Config, runId: string): Promise<Finding<Out>> {
  const caller = await deps.sts.getCaller();
  const source = await deps.examineSource(config, caller);
  if (source.found === undefined) return source;
  const target = await deps.chooseTargetVersion(config, source.found, caller);
  if (target.found === undefined) return target;
  const clients = await deps.postgres.chooseClients(source.found.engineVersion, target.found.version);
  const server = serverOf(config, source.found);
  const problems: Problem[] = [...(clients.problems ?? [])];
  for (const check of deps.checks)
    problems.push(
      ...(await check.find({ config, runId, caller, source: source.found, server, target: target.found })),
    );
  if (problems.length > 0 || clients.found === undefined) return { problems };
  const databaseBytes = await deps.postgres.measureDatabase(server);
  return {
    found: pin(config, caller, source.found, target.found, { clients: clients.found, server, databaseBytes }),
  };
}

function serverOf({ source }: Config, instance: DbInstance): ServerRef {
  return {
    host: instance.endpoint?.address ?? '',
    port: instance.endpoint?.port ?? 5432,
    database: source.database,
    user: source.user,
    secret: source.secret,
  };
}

function pin(
  config: Config,
  caller: Caller,
  source: DbInstance,
  target: AuroraVersion,
  { clients, server, databaseBytes }: { clients: ClientPrograms; server: ServerRef; databaseBytes: number },
): Out {
  return {
    account: caller.account,
    region: config.region,
    callerArn: caller.arn,
    source: {
      arn: source.arn,
      identifier: source.identifier,
      engineVersion: source.engineVersion,
      encrypted: source.encrypted,
      kmsKeyId: source.kmsKeyId ?? null,
      subnetGroup: source.subnetGroup ?? null,
      securityGroups: [...source.securityGroups],
      instanceClass: source.instanceClass,
      multiAz: source.multiAz,
      iamAuthentication: source.iamAuthentication,
      server,
    },
    targetEngineVersion: target.version,
    clients: { major: clients.major, version: clients.version, binDir: clients.binDir },
    databaseBytes,
  };
}

function summary(facts: Out): string {
  return `${facts.source.identifier} (PostgreSQL ${facts.source.engineVersion}) can go to Aurora PostgreSQL ${facts.targetEngineVersion}, with client programs ${facts.clients.version}`;
}

function notReady(problems: readonly Problem[]): PreconditionError {
  const [first] = problems;
  const others = problems.length - 1;
  return new PreconditionError(
    first?.code ?? 'NotReady',
    `not ready: ${problems.map((problem) => problem.what).join('; ')}`,
    {
      ...(others === 0 && first !== undefined ? { why: first.why } : {}),
      next: problems.map((problem) => problem.fix),
      changed: false,
      resumable: true,
    },
  );
}
