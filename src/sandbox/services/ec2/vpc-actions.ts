import { XmlList } from '../../http/xml-list.js';
import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalFlag, optionalStruct, optionalText, requiredText, texts } from '../read-input.js';
import { writeTags } from '../tags.js';
import { contains, overlaps, parseCidr } from './cidr.js';
import { applyFilters, tagFields } from './ec2-filters.js';
import type { NetworkStore, Subnet, Vpc } from './network-store.js';
import { tagsFor } from './network-store.js';

export const pages = {
  size: 'MaxResults',
  token: 'NextToken',
  defaultSize: 1000,
  badToken: 'InvalidNextToken',
};

/** VPCs, subnets and Availability Zones. */
export function vpcActions(
  store: NetworkStore,
  checkUnused: (subnet: Subnet) => Promise<void>,
): Record<string, Action> {
  return {
    CreateVpc: (input) => {
      const cidr = requiredText(input, 'CidrBlock', 'MissingParameter');
      parseCidr(cidr);
      return { Vpc: vpcShape(store, store.addVpc(cidr, tagsFor(input, 'vpc'), false)) };
    },
    DescribeVpcs: (input) => describeVpcs(store, input),
    DescribeVpcAttribute: (input) => describeVpcAttribute(store, input),
    ModifyVpcAttribute: (input) => modifyVpcAttribute(store, input),
    DeleteVpc: (input) => deleteVpc(store, input),
    CreateSubnet: (input) => createSubnet(store, input),
    DescribeSubnets: (input) => describeSubnets(store, input),
    ModifySubnetAttribute: (input) => {
      const subnet = store.subnet(requiredText(input, 'SubnetId', 'MissingParameter'));
      subnet.publicIps = flagValue(input, 'MapPublicIpOnLaunch') ?? subnet.publicIps;
      return {};
    },
    DeleteSubnet: async (input) => {
      const subnet = store.subnet(requiredText(input, 'SubnetId', 'MissingParameter'));
      await checkUnused(subnet);
      store.subnets.delete(subnet.id);
      return {};
    },
    DescribeAvailabilityZones: (input) => describeZones(store, input),
  };
}

function vpcShape({ context }: NetworkStore, { id, cidr, isDefault, tags }: Vpc): AwsStruct {
  return {
    VpcId: id,
    State: 'available',
    CidrBlock: cidr,
    IsDefault: isDefault,
    OwnerId: context.accountId,
    InstanceTenancy: 'default',
    Tags: new XmlList('item', writeTags(tags)),
  };
}

function describeVpcs(store: NetworkStore, input: AwsStruct): AwsStruct {
  const ids = texts(input, 'VpcIds');
  const vpcs = ids.length > 0 ? ids.map((id) => store.vpc(id)) : [...store.vpcs.values()];
  const found = applyFilters(vpcs, input, ({ id, cidr, isDefault, tags }) => ({
    'vpc-id': [id],
    cidr: [cidr],
    'cidr-block': [cidr],
    isDefault: [String(isDefault)],
    'is-default': [String(isDefault)],
    state: ['available'],
    ...tagFields(tags),
  }));
  const { items, next } = paginate(found, input, pages);
  return {
    Vpcs: new XmlList(
      'item',
      items.map((vpc) => vpcShape(store, vpc)),
    ),
    NextToken: next,
  };
}

function describeVpcAttribute(store: NetworkStore, input: AwsStruct): AwsStruct {
  const { id, dnsSupport, dnsHostnames } = store.vpc(requiredText(input, 'VpcId', 'MissingParameter'));
  switch (requiredText(input, 'Attribute', 'MissingParameter')) {
    case 'enableDnsSupport':
      return { VpcId: id, EnableDnsSupport: { Value: dnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId: id, EnableDnsHostnames: { Value: dnsHostnames } };
    default:
      throw new AwsError(
        'InvalidParameterValue',
        'The sandbox knows only enableDnsSupport and enableDnsHostnames',
      );
  }
}

function modifyVpcAttribute(store: NetworkStore, input: AwsStruct): AwsStruct {
  const vpc = store.vpc(requiredText(input, 'VpcId', 'MissingParameter'));
  vpc.dnsSupport = flagValue(input, 'EnableDnsSupport') ?? vpc.dnsSupport;
  vpc.dnsHostnames = flagValue(input, 'EnableDnsHostnames') ?? vpc.dnsHostnames;
  return {};
}

/** EC2's AttributeBooleanValue: `{Value: true}`. */
function flagValue(input: AwsStruct, member: string): boolean | undefined {
  return optionalFlag(optionalStruct(input, member) ?? {}, 'Value');
}

function deleteVpc(store: NetworkStore, input: AwsStruct): AwsStruct {
  const { id } = store.vpc(requiredText(input, 'VpcId', 'MissingParameter'));
  const groups = [...store.groups.values()].filter(({ vpcId }) => vpcId === id);
  const hasSubnets = [...store.subnets.values()].some(({ vpcId }) => vpcId === id);
  if (hasSubnets || groups.some(({ name }) => name !== 'default')) {
    throw new AwsError('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
  }
  for (const group of groups) store.groups.delete(group.id);
  store.vpcs.delete(id);
  return {};
}

function createSubnet(store: NetworkStore, input: AwsStruct): AwsStruct {
  const vpc = store.vpc(requiredText(input, 'VpcId', 'MissingParameter'));
  const cidr = requiredText(input, 'CidrBlock', 'MissingParameter');
  const zone = optionalText(input, 'AvailabilityZone') ?? store.zones[0] ?? '';
  if (!store.zones.includes(zone)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${store.zones.join(', ')}.`,
    );
  }
  if (!contains(parseCidr(vpc.cidr), parseCidr(cidr))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  }
  const neighbours = [...store.subnets.values()].filter(({ vpcId }) => vpcId === vpc.id);
  if (neighbours.some((other) => overlaps(parseCidr(other.cidr), parseCidr(cidr)))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  }
  const subnet = store.addSubnet({ vpcId: vpc.id, cidr, zone, isDefault: false }, tagsFor(input, 'subnet'));
  return { Subnet: subnetShape(store, subnet) };
}

function subnetShape(store: NetworkStore, subnet: Subnet): AwsStruct {
  const { accountId, region } = store.context;
  const { first, last } = parseCidr(subnet.cidr);
  return {
    SubnetId: subnet.id,
    SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnet.id}`,
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneId(store, subnet.zone),
    State: 'available',
    AvailableIpAddressCount: last - first + 1 - reservedAddresses,
    MapPublicIpOnLaunch: subnet.publicIps,
    DefaultForAz: subnet.isDefault,
    OwnerId: accountId,
    Tags: new XmlList('item', writeTags(subnet.tags)),
  };
}

/** AWS keeps the first four addresses and the last of every subnet (Amazon VPC User Guide, "Subnet CIDR blocks"). */
const reservedAddresses = 5;

function zoneId(store: NetworkStore, zone: string): string {
  const short = store.context.region.replace(/^([a-z]{2})-([a-z])[a-z]*-(\d)$/, '$1$2$3');
  return `${short}-az${String(store.zones.indexOf(zone) + 1)}`;
}

function describeSubnets(store: NetworkStore, input: AwsStruct): AwsStruct {
  const ids = texts(input, 'SubnetIds');
  const subnets = ids.length > 0 ? ids.map((id) => store.subnet(id)) : [...store.subnets.values()];
  const found = applyFilters(subnets, input, (subnet) => ({
    'subnet-id': [subnet.id],
    'vpc-id': [subnet.vpcId],
    'availability-zone': [subnet.zone],
    availabilityZone: [subnet.zone],
    'cidr-block': [subnet.cidr],
    'default-for-az': [String(subnet.isDefault)],
    state: ['available'],
    ...tagFields(subnet.tags),
  }));
  const { items, next } = paginate(found, input, pages);
  return {
    Subnets: new XmlList(
      'item',
      items.map((subnet) => subnetShape(store, subnet)),
    ),
    NextToken: next,
  };
}

function describeZones(store: NetworkStore, input: AwsStruct): AwsStruct {
  const names = texts(input, 'ZoneNames');
  const unknown = names.find((name) => !store.zones.includes(name));
  if (unknown !== undefined)
    throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  const zones = store.zones.filter((zone) => names.length === 0 || names.includes(zone));
  const { region } = store.context;
  const found = applyFilters(zones, input, (zone) => ({
    'zone-name': [zone],
    'region-name': [region],
    state: ['available'],
    'zone-type': ['availability-zone'],
    'opt-in-status': ['opt-in-not-required'],
  }));
  const shape = (zone: string): AwsStruct => ({
    ZoneName: zone,
    ZoneId: zoneId(store, zone),
    State: 'available',
    RegionName: region,
    ZoneType: 'availability-zone',
    GroupName: region,
    OptInStatus: 'opt-in-not-required',
  });
  return { AvailabilityZones: new XmlList('item', found.map(shape)) };
}
