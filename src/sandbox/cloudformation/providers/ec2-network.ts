import type { AwsStruct, SandboxContext } from '../../service.js';
import { structsAt, textAt } from './answers.js';
import { tagSpecification, updateEc2Tags } from './ec2-tags.js';
import { pick } from './generated-name.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { boolean, object, tags, text } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** AWS::EC2::VPC. */
export const vpc: ResourceProvider = {
  type: 'AWS::EC2::VPC',
  schema: object({
    CidrBlock: text,
    EnableDnsHostnames: boolean,
    EnableDnsSupport: boolean,
    InstanceTenancy: text,
    Tags: tags,
  }),
  createOnly: ['CidrBlock'],
  conditionalCreateOnly: ['InstanceTenancy'],
  attributes: ['VpcId', 'CidrBlock', 'DefaultSecurityGroup', 'DefaultNetworkAcl'],
  identifier: ['VpcId'],
  create: async (request) => {
    const { context, properties } = request;
    const input = {
      ...pick(properties, ['CidrBlock', 'InstanceTenancy']),
      ...tagSpecification('vpc', request),
    };
    const physicalId = textAt(await context.call('ec2', 'CreateVpc', input), 'Vpc', 'VpcId');
    request.started(physicalId);
    await setDns(context, physicalId, properties);
    return liveVpc(context, physicalId);
  },
  update: async (request) => {
    await setDns(request.context, request.physicalId, request.properties);
    await updateEc2Tags(request.context, request.physicalId, request);
    return liveVpc(request.context, request.physicalId);
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('ec2', 'DeleteVpc', { VpcId: physicalId }));
  },
  read: async ({ context, physicalId }) => {
    const found = await unlessMissing(async () =>
      context.call('ec2', 'DescribeVpcs', { VpcId: [physicalId] }),
    );
    const cidr = found && textAt(structsAt(found, 'Vpcs')[0] ?? {}, 'CidrBlock');
    return cidr === undefined || cidr === ''
      ? undefined
      : { ...(await liveVpc(context, physicalId)), properties: { CidrBlock: cidr } };
  },
};

/** ModifyVpcAttribute takes one attribute a call. */
async function setDns(context: SandboxContext, vpcId: string, properties: AwsStruct): Promise<void> {
  for (const name of ['EnableDnsSupport', 'EnableDnsHostnames'])
    if (properties[name] !== undefined)
      await context.call('ec2', 'ModifyVpcAttribute', { VpcId: vpcId, [name]: { Value: properties[name] } });
}

async function liveVpc(context: SandboxContext, physicalId: string): Promise<LiveResource> {
  const described =
    structsAt(await context.call('ec2', 'DescribeVpcs', { VpcId: [physicalId] }), 'Vpcs')[0] ?? {};
  const filter = [
    { Name: 'vpc-id', Value: [physicalId] },
    { Name: 'group-name', Value: ['default'] },
  ];
  const groups = structsAt(
    await context.call('ec2', 'DescribeSecurityGroups', { Filter: filter }),
    'SecurityGroups',
  );
  return {
    physicalId,
    attributes: {
      VpcId: physicalId,
      CidrBlock: textAt(described, 'CidrBlock'),
      DefaultSecurityGroup: textAt(groups[0] ?? {}, 'GroupId'),
    },
  };
}

/** AWS::EC2::Subnet. */
export const subnet: ResourceProvider = {
  type: 'AWS::EC2::Subnet',
  schema: object(
    { VpcId: text, CidrBlock: text, AvailabilityZone: text, MapPublicIpOnLaunch: boolean, Tags: tags },
    ['VpcId'],
  ),
  createOnly: ['VpcId', 'CidrBlock', 'AvailabilityZone'],
  attributes: ['SubnetId', 'AvailabilityZone', 'VpcId', 'CidrBlock'],
  identifier: ['SubnetId'],
  create: async (request) => {
    const { context, properties } = request;
    const input = {
      ...pick(properties, ['VpcId', 'CidrBlock', 'AvailabilityZone']),
      ...tagSpecification('subnet', request),
    };
    const physicalId = textAt(await context.call('ec2', 'CreateSubnet', input), 'Subnet', 'SubnetId');
    request.started(physicalId);
    await setPublicIp(context, physicalId, properties);
    return liveSubnet(context, physicalId);
  },
  update: async (request) => {
    await setPublicIp(request.context, request.physicalId, request.properties);
    await updateEc2Tags(request.context, request.physicalId, request);
    return liveSubnet(request.context, request.physicalId);
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('ec2', 'DeleteSubnet', { SubnetId: physicalId }));
  },
};

async function setPublicIp(context: SandboxContext, subnetId: string, properties: AwsStruct): Promise<void> {
  const value = properties['MapPublicIpOnLaunch'];
  if (value !== undefined)
    await context.call('ec2', 'ModifySubnetAttribute', {
      SubnetId: subnetId,
      MapPublicIpOnLaunch: { Value: value },
    });
}

async function liveSubnet(context: SandboxContext, physicalId: string): Promise<LiveResource> {
  const found =
    structsAt(await context.call('ec2', 'DescribeSubnets', { SubnetId: [physicalId] }), 'Subnets')[0] ?? {};
  const attributes = {
    AvailabilityZone: textAt(found, 'AvailabilityZone'),
    VpcId: textAt(found, 'VpcId'),
    CidrBlock: textAt(found, 'CidrBlock'),
  };
  return { physicalId, attributes: { SubnetId: physicalId, ...attributes } };
}
