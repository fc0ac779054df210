import type { AwsGateways } from '../aws/aws-gateways.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Config } from '../config/schema.js';
import type { StandingInstance } from '../estimates/costs.js';
import type { RunState } from '../journal/run-state.js';

type Aws = Pick<AwsGateways, 'rds' | 'cloudFormation' | 'ecs'>;

interface LiveResource {
  readonly resource: string;
  readonly name: string;
  readonly status: string;
}

/** What stands in AWS now, as far as it belongs to the run. */
export interface Look {
  readonly resources: readonly LiveResource[];
  /** Those that are paid for by the hour. */
  readonly instances: readonly StandingInstance[];
  /** Of the target, once it has a writer; [min, max]. */
  readonly acu: readonly [number, number] | undefined;
}

const notThere = 'not there';

/** Asks AWS by reading calls. Throws what the gateways throw. */
export async function lookAtAws(aws: Aws, config: Config, state: RunState): Promise<Look> {
  const { source, target } = config;
  const [instance, cluster, writer, ...others] = await Promise.all([
    aws.rds.findInstance(source.instance),
    aws.rds.findCluster(target.cluster),
    aws.rds.findInstance(target.instance),
    findStack(aws, 'source stack', source.stack),
    target.stack === source.stack ? [] : findStack(aws, 'target stack', target.stack),
    findApplication(aws, config.app),
    ...keysOf(state, /^rds:(Create|Copy)DBSnapshot$/).map((name) => findSnapshot(aws, name)),
  ]);
  const temporary = await findTemporary(aws, config, state);
  const scaling = writer === undefined ? undefined : cluster?.scaling;
  return {
    resources: [
      { resource: 'source instance', name: source.instance, status: instance?.status ?? notThere },
      { resource: 'target cluster', name: target.cluster, status: cluster?.status ?? notThere },
      { resource: 'target writer', name: target.instance, status: writer?.status ?? notThere },
      ...temporary.map(({ identifier, status }) => ({
        ...{ resource: 'temporary instance', name: identifier, status },
      })),
      ...others.flat(),
    ],
    instances: [
      ...(instance === undefined ? [] : standing('source instance', instance)),
      ...temporary.flatMap((one) => standing('temporary instance', one)),
    ],
    acu: scaling === undefined ? undefined : [scaling.min, scaling.max],
  };
}

/** A stopped instance is paid for by its storage alone. */
function standing(what: string, { instanceClass, multiAz, status }: DbInstance): StandingInstance[] {
  return status === 'stopped' ? [] : [{ what, instanceClass, multiAz }];
}

async function findStack(
  { cloudFormation }: Aws,
  resource: string,
  name: string | undefined,
): Promise<LiveResource[]> {
  if (name === undefined) return [];
  const stack = await cloudFormation.findStack(name);
  return [{ resource, name, status: stack?.status ?? notThere }];
}

async function findApplication({ ecs }: Aws, app: Config['app']): Promise<LiveResource[]> {
  if (app === undefined) return [];
  const service = await ecs.findService(app.ecsCluster, app.ecsService);
  const status =
    service === undefined
      ? notThere
      : `${service.status}, ${String(service.runningCount)} of ${String(service.desiredCount)} tasks running`;
  return [{ resource: 'application', name: `${app.ecsCluster}/${app.ecsService}`, status }];
}

async function findSnapshot({ rds }: Aws, name: string): Promise<LiveResource[]> {
  const snapshot = await rds.findSnapshot(name);
  if (snapshot === undefined) return [];
  const { status, percent } = snapshot;
  return [
    { resource: 'snapshot', name, status: status === 'creating' ? `${status}, ${String(percent)}%` : status },
  ];
}

/** Instances that were made from a snapshot on the way. */
async function findTemporary(
  { rds }: Aws,
  { source, target }: Config,
  state: RunState,
): Promise<DbInstance[]> {
  const known = [source.instance, target.instance];
  const names = keysOf(state, /^rds:RestoreDBInstanceFromDBSnapshot$/).filter(
    (name) => !known.includes(name),
  );
  const found = await Promise.all(names.map((name) => rds.findInstance(name)));
  return found.filter((one) => one !== undefined);
}

/** What the calls of the run were about. */
function keysOf(state: RunState, call: RegExp): readonly string[] {
  const calls = state.steps.flatMap((step) => step.calls);
  return [...new Set(calls.filter((one) => call.test(one.call)).map(({ key }) => key))];
}
