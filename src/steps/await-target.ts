/**
 * Waits until the new cluster answers, and says where it is. A cluster that is `available` may have no writer yet, and
 * its endpoint answers only once the writer is `available` too (Aurora User Guide, "Viewing DB cluster status").
 * Changes nothing; a crash leaves nothing.
 */
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbCluster } from '../aws/rds-clusters.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { awaitTarget, restoreCluster, type TargetFacts } from './refs.js';

export interface AwaitTargetDependencies {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'findInstance'>;
  readonly cloudFormation: Pick<CloudFormationGateway, 'findStack'>;
  readonly waits: Pick<DatabaseWaits, 'untilClusterAvailable' | 'untilInstanceAvailable'>;
}

interface In {
  readonly config: Config;
  /** The stack, if there is to be one, takes the cluster in later: it has no output to look at yet. */
  readonly stackComesLater: boolean;
}

export function createAwaitTarget(dependencies: AwaitTargetDependencies): Step<In, TargetFacts, Config> {
  const { rds } = dependencies;
  return {
    ...awaitTarget,
    title: 'Wait for the Aurora cluster and its writer',
    reversal: { kind: 'nothing-to-undo', because: 'it only waits' },
    typicalSeconds: [60, 600],
    select: ({ config, findOutputOf }) => ({
      config,
      stackComesLater: findOutputOf(restoreCluster) !== undefined,
    }),
    plan: () =>
      Promise.resolve({
        kind: 'change',
        effects: ['wait for cluster and writer to be available, and read the endpoint'],
      }),
    run: async (io, input) => {
      const { config } = input;
      const justCreated = true;
      const cluster = await dependencies.waits.untilClusterAvailable(io, config.target.cluster, {
        justCreated,
      });
      const instance = await dependencies.waits.untilInstanceAvailable(io, config.target.instance, {
        justCreated,
      });
      return describeTarget(dependencies, input, cluster, instance);
    },
    verify: async (_io, { config }, output) => {
      const cluster = await rds.findCluster(config.target.cluster);
      const instance = await rds.findInstance(config.target.instance);
      if (cluster?.arn === output.clusterArn && instance?.arn === output.instanceArn) return;
      throw new VerifyError(
        'TargetChanged',
        `cluster ${config.target.cluster} is no longer the one of this run`,
        {
          why: `expected ${output.clusterArn}, found ${cluster?.arn ?? 'none'}`,
          resource: output.clusterArn,
        },
      );
    },
  };
}

async function describeTarget(
  dependencies: AwaitTargetDependencies,
  input: In,
  cluster: DbCluster,
  instance: DbInstance,
): Promise<TargetFacts> {
  const { config } = input;
  if (instance.clusterIdentifier !== cluster.identifier)
    throw new MigrationError(
      'WriterElsewhere',
      `instance ${instance.identifier} is not a member of ${cluster.identifier}`,
      {
        why: `it belongs to ${instance.clusterIdentifier ?? 'no cluster'}`,
        resource: instance.arn,
      },
    );
  return {
    clusterIdentifier: cluster.identifier,
    clusterArn: cluster.arn,
    instanceIdentifier: instance.identifier,
    instanceArn: instance.arn,
    engineVersion: cluster.engineVersion,
    minAcu: cluster.scaling?.min ?? config.target.capacity.min,
    maxAcu: cluster.scaling?.max ?? config.target.capacity.max,
    stack: config.target.deploy.api === true ? null : (config.target.stack ?? null),
    server: {
      host: await endpointOf(dependencies, input, cluster),
      port: cluster.port,
      database: config.source.database,
      user: config.source.user,
      secret: config.source.secret,
    },
  };
}

/** The stack's output is what the application's owners look at: it must be there, and name this very cluster. */
async function endpointOf(
  { cloudFormation }: AwaitTargetDependencies,
  { config: { target }, stackComesLater }: In,
  cluster: DbCluster,
): Promise<string> {
  if (cluster.endpoint === undefined) throw missing(`the endpoint of ${cluster.identifier}`);
  if (stackComesLater || target.stack === undefined || target.deploy.api === true) return cluster.endpoint;
  const stack = await cloudFormation.findStack(target.stack);
  const output = stack?.outputs[target.endpointOutput];
  if (output === cluster.endpoint) return output;
  throw new MigrationError(
    'EndpointOutputWrong',
    `output ${target.endpointOutput} of stack ${target.stack} does not name cluster ${cluster.identifier}`,
    {
      why: `the output is ${output ?? 'missing'}, the cluster's endpoint is ${cluster.endpoint}`,
      next: [`let the template put the cluster's Endpoint.Address out as ${target.endpointOutput}`],
      resource: target.stack,
      resumable: true,
    },
  );
}

function missing(what: string): MigrationError {
  return new MigrationError('TargetMissing', `${what} is not there`, { resumable: true });
}
