import type { Ec2Gateway, SecurityGroup } from '../aws/ec2-gateway.js';
import type { EcsGateway } from '../aws/ecs-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Problem } from '../errors.js';
import type { ReadinessCheck, ReadinessContext } from './readiness-check.js';

export interface TargetNetworkDeps {
  readonly rds: Pick<RdsGateway, 'findSubnetGroup'>;
  readonly ec2: Pick<Ec2Gateway, 'findSecurityGroups'>;
  readonly ecs: Pick<EcsGateway, 'findService'>;
}

/** Of a target that we create by the API ourselves; a template brings its own network. */
export function createTargetNetworkCheck(deps: TargetNetworkDeps): ReadinessCheck {
  return {
    id: 'target-network',
    title: 'The target gets subnets in two zones, and the application may reach it',
    find: async (context) => {
      if (context.config.target.deploy.api !== true) return [];
      return [...(await subnetProblems(deps, context)), ...(await groupProblems(deps, context))];
    },
  };
}

async function subnetProblems(
  { rds }: TargetNetworkDeps,
  { config, source }: ReadinessContext,
): Promise<Problem[]> {
  const name = config.target.subnetGroup ?? source.subnetGroup;
  if (name === undefined) return [];
  const group = await rds.findSubnetGroup(name);
  if (group !== undefined && group.zones.length >= 2) return [];
  return [
    {
      code: group === undefined ? 'SubnetGroupNotFound' : 'SubnetGroupTooNarrow',
      what:
        group === undefined
          ? `there is no DB subnet group ${name}`
          : `the DB subnet group ${name} spans one zone only`,
      why: 'An Aurora cluster needs subnets in at least two Availability Zones',
      fix: 'add a subnet in another zone, or set target.subnetGroup',
    },
  ];
}

async function groupProblems(
  { ec2, ecs }: TargetNetworkDeps,
  { config, source }: ReadinessContext,
): Promise<Problem[]> {
  const ids = config.target.securityGroups ?? source.securityGroups;
  const groups = await ec2.findSecurityGroups(ids);
  if (groups === undefined)
    return [
      {
        code: 'SecurityGroupNotFound',
        what: `one of the security groups ${ids.join(', ')} does not exist`,
        why: 'RDS would refuse the cluster',
        fix: 'correct target.securityGroups',
      },
    ];
  if (config.app === undefined) return [];
  const service = await ecs.findService(config.app.ecsCluster, config.app.ecsService);
  const callers = service?.securityGroups ?? [];
  if (callers.length === 0 || groups.some((group) => admits(group, callers, 5432))) return [];
  return [
    {
      code: 'TargetUnreachable',
      what: `no rule of ${ids.join(', ')} lets the application (${callers.join(', ')}) in on port 5432`,
      why: 'The application could not connect after the switch',
      fix: `aws ec2 authorize-security-group-ingress --group-id ${ids[0] ?? 'GROUP'} --protocol tcp --port 5432 --source-group ${callers[0] ?? 'GROUP'}`,
    },
  ];
}

/** True when a rule names one of the callers' groups, or any address range, for this port. */
export function admits(group: SecurityGroup, callers: readonly string[], port: number): boolean {
  return group.ingress.some(
    (rule) =>
      (rule.protocol === 'tcp' || rule.protocol === '-1') &&
      (rule.ports === undefined || (rule.ports.from <= port && port <= rule.ports.to)) &&
      (rule.ranges.length > 0 || rule.groups.some((id) => callers.includes(id))),
  );
}
