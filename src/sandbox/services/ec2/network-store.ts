import { resourceId } from '../../seeded-random.js';
import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalText, structs } from '../read-input.js';
import { readTags, type Tags } from '../tags.js';

export interface Vpc {
  readonly id: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly tags: Tags;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  readonly isDefault: boolean;
  readonly tags: Tags;
  publicIps: boolean;
}

export interface SecurityGroupRule {
  readonly id: string;
  readonly isEgress: boolean;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  /** One of: an IPv4 block, an IPv6 block, a prefix list, a group. */
  readonly peer: { readonly kind: 'ipv4' | 'ipv6' | 'prefix-list' | 'group'; readonly id: string };
  readonly description: string | undefined;
  readonly tags: Tags;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Tags;
  readonly rules: SecurityGroupRule[];
}

const zoneLetters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The network of one Region; like every Region of AWS it comes with a default VPC. */
export class NetworkStore {
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly groups = new Map<string, SecurityGroup>();
  readonly zones: readonly string[];

  constructor(readonly context: SandboxContext) {
    this.zones = zoneLetters.map((letter) => `${context.region}${letter}`);
    const vpc = this.addVpc('172.31.0.0/16', new Map(), true);
    this.zones.forEach((zone, index) => {
      this.addSubnet(
        { vpcId: vpc.id, cidr: `172.31.${String(index * 16)}.0/20`, zone, isDefault: true },
        new Map(),
      );
    });
  }

  /** A new VPC, with the security group `default` that every VPC has. */
  addVpc(cidr: string, tags: Tags, isDefault: boolean): Vpc {
    const vpc = { id: this.newId('vpc'), cidr, isDefault, tags, dnsSupport: true, dnsHostnames: isDefault };
    this.vpcs.set(vpc.id, vpc);
    const group = this.addGroup('default', 'default VPC security group', vpc.id, new Map());
    group.rules.push(this.allTraffic(false, { kind: 'group', id: group.id }));
    return vpc;
  }

  addSubnet(fields: Pick<Subnet, 'vpcId' | 'cidr' | 'zone' | 'isDefault'>, tags: Tags): Subnet {
    const subnet = { id: this.newId('subnet'), ...fields, tags, publicIps: fields.isDefault };
    this.subnets.set(subnet.id, subnet);
    return subnet;
  }

  /** A new group that lets everything out and nothing in. */
  addGroup(name: string, description: string, vpcId: string, tags: Tags): SecurityGroup {
    const rules = [this.allTraffic(true, { kind: 'ipv4', id: '0.0.0.0/0' })];
    const group = { id: this.newId('sg'), name, description, vpcId, tags, rules };
    this.groups.set(group.id, group);
    return group;
  }

  vpc(id: string): Vpc {
    return found(this.vpcs.get(id), 'InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  }

  subnet(id: string): Subnet {
    return found(this.subnets.get(id), 'InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  }

  group(id: string): SecurityGroup {
    return found(this.groups.get(id), 'InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  }

  newId(prefix: string): string {
    return resourceId(prefix, this.context.random);
  }

  private allTraffic(isEgress: boolean, peer: SecurityGroupRule['peer']): SecurityGroupRule {
    const all = { protocol: '-1', fromPort: undefined, toPort: undefined, description: undefined };
    return { id: this.newId('sgr'), isEgress, peer, ...all, tags: new Map() };
  }
}

function found<T>(value: T | undefined, code: string, message: string): T {
  if (value === undefined) throw new AwsError(code, message);
  return value;
}

/** Tags of a create call: `TagSpecifications` for this type of resource. */
export function tagsFor(input: AwsStruct, resourceType: string): Tags {
  const specification = structs(input, 'TagSpecifications').find(
    (candidate) => optionalText(candidate, 'ResourceType') === resourceType,
  );
  return readTags(specification ?? {});
}
