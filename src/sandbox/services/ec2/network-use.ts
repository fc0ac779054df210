import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalStruct, optionalText, structs, texts } from '../read-input.js';

/** What holds network interfaces in the sandbox: databases and the tasks of ECS services. */
export interface NetworkUse {
  readonly groups: ReadonlySet<string>;
  readonly subnets: ReadonlySet<string>;
}

/** Security groups and subnets that a database or an ECS service is using now. */
export async function networkUse(context: SandboxContext): Promise<NetworkUse> {
  const databases = [
    ...structs(await ask(context, 'rds', 'DescribeDBInstances', {}), 'DBInstances'),
    ...structs(await ask(context, 'rds', 'DescribeDBClusters', {}), 'DBClusters'),
  ];
  const services = await ecsServices(context);
  const groups = [
    ...databases.flatMap((database) =>
      structs(database, 'VpcSecurityGroups').map((group) => optionalText(group, 'VpcSecurityGroupId') ?? ''),
    ),
    ...services.flatMap((service) => texts(service, 'securityGroups')),
  ];
  const subnets = [
    ...databases.flatMap((database) =>
      structs(optionalStruct(database, 'DBSubnetGroup') ?? {}, 'Subnets').map(
        (subnet) => optionalText(subnet, 'SubnetIdentifier') ?? '',
      ),
    ),
    ...services.flatMap((service) => texts(service, 'subnets')),
  ];
  return { groups: new Set(groups), subnets: new Set(subnets) };
}

/** The `awsvpcConfiguration` of every service. */
async function ecsServices(context: SandboxContext): Promise<AwsStruct[]> {
  const clusters = texts(await ask(context, 'ecs', 'ListClusters', {}), 'clusterArns');
  const found: AwsStruct[] = [];
  for (const cluster of clusters) {
    const services = texts(await ask(context, 'ecs', 'ListServices', { cluster }), 'serviceArns');
    if (services.length === 0) continue;
    const described = structs(
      await ask(context, 'ecs', 'DescribeServices', { cluster, services }),
      'services',
    );
    found.push(...described.filter((service) => service.status === 'ACTIVE' && service.runningCount !== 0));
  }
  return found.map((service) => {
    const network = optionalStruct(service, 'networkConfiguration') ?? {};
    return optionalStruct(network, 'awsvpcConfiguration') ?? {};
  });
}

/** An empty answer where the sandbox was made without that service. */
async function ask(
  context: SandboxContext,
  service: string,
  action: string,
  input: AwsStruct,
): Promise<AwsStruct> {
  try {
    return await context.call(service, action, input);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'InvalidAction') return {};
    throw error;
  }
}
