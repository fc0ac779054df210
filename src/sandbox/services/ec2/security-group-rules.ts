import { XmlList } from '../../http/xml-list.js';
import { AwsError, type AwsStruct } from '../../service.js';
import { optionalNumber, optionalText, structs, texts } from '../read-input.js';
import { writeTags } from '../tags.js';
import { parseCidr } from './cidr.js';
import { tagsFor, type NetworkStore, type SecurityGroup, type SecurityGroupRule } from './network-store.js';

type Peer = SecurityGroupRule['peer'];
type Draft = Omit<SecurityGroupRule, 'id' | 'tags'>;

/** Where a permission lists its peers of each kind, and how it names one of them. */
const peerMembers = [
  { kind: 'ipv4', list: 'IpRanges', id: 'CidrIp' },
  { kind: 'ipv6', list: 'Ipv6Ranges', id: 'CidrIpv6' },
  { kind: 'prefix-list', list: 'PrefixListIds', id: 'PrefixListId' },
  { kind: 'group', list: 'UserIdGroupPairs', id: 'GroupId' },
] as const;

/** The rules that a request describes: in `IpPermissions`, or for one simple rule in members of its own. */
export function readRules(store: NetworkStore, input: AwsStruct, isEgress: boolean): Draft[] {
  const permissions = structs(input, 'IpPermissions');
  const drafts = (permissions.length > 0 ? permissions : [simplePermission(input)]).flatMap((permission) =>
    readPermission(permission, isEgress),
  );
  if (drafts.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions');
  for (const { peer } of drafts) {
    if (peer.kind === 'group') store.group(peer.id);
    if (peer.kind === 'ipv4') parseCidr(peer.id);
  }
  return drafts;
}

function simplePermission(input: AwsStruct): AwsStruct {
  const cidr = optionalText(input, 'CidrIp');
  const source = optionalText(input, 'SourceSecurityGroupName');
  if (source !== undefined) {
    throw new AwsError('InvalidParameterValue', 'The sandbox takes source groups in IpPermissions only');
  }
  return { ...input, IpRanges: cidr === undefined ? [] : [{ CidrIp: cidr }] };
}

function readPermission(permission: AwsStruct, isEgress: boolean): Draft[] {
  const protocol = protocolName(optionalText(permission, 'IpProtocol') ?? '-1');
  const all = protocol === '-1';
  const ports = {
    fromPort: all ? undefined : optionalNumber(permission, 'FromPort'),
    toPort: all ? undefined : optionalNumber(permission, 'ToPort'),
  };
  return peerMembers.flatMap(({ kind, list, id }) =>
    structs(permission, list).map((entry) => ({
      isEgress,
      protocol,
      ...ports,
      peer: { kind, id: optionalText(entry, id) ?? '' },
      description: optionalText(entry, 'Description'),
    })),
  );
}

function protocolName(text: string): string {
  return { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' }[text.toLowerCase()] ?? text.toLowerCase();
}

/** @throws AwsError `InvalidPermission.Duplicate` when one of the rules stands already; then none is added. */
export function authorize(
  store: NetworkStore,
  group: SecurityGroup,
  drafts: readonly Draft[],
  input: AwsStruct,
): SecurityGroupRule[] {
  for (const draft of drafts) {
    if (group.rules.some((rule) => isSame(rule, draft))) {
      throw new AwsError(
        'InvalidPermission.Duplicate',
        `the specified rule "${describeRule(draft)}" already exists`,
      );
    }
  }
  const rules = drafts.map((draft) => ({
    id: store.newId('sgr'),
    ...draft,
    tags: tagsFor(input, 'security-group-rule'),
  }));
  group.rules.push(...rules);
  return rules;
}

/** Removes the rules by id or by what they say. @throws AwsError `InvalidPermission.NotFound`. */
export function revoke(store: NetworkStore, group: SecurityGroup, input: AwsStruct, isEgress: boolean): void {
  const ids = texts(input, 'SecurityGroupRuleIds');
  const tests: ((rule: SecurityGroupRule) => boolean)[] =
    ids.length > 0
      ? ids.map((id) => (rule) => rule.id === id)
      : readRules(store, input, isEgress).map((draft) => (rule) => isSame(rule, draft));
  for (const test of tests) {
    const index = group.rules.findIndex(test);
    if (index === -1) {
      throw new AwsError(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      );
    }
    group.rules.splice(index, 1);
  }
}

function isSame(rule: SecurityGroupRule, draft: Draft): boolean {
  return rule.isEgress === draft.isEgress && describeRule(rule) === describeRule(draft);
}

function describeRule({ peer, protocol, fromPort, toPort }: Draft): string {
  const ports =
    fromPort === undefined ? '' : `, from port: ${String(fromPort)}, to port: ${String(toPort ?? fromPort)}`;
  return `peer: ${peer.id}, ${protocol === '-1' ? 'ALL' : protocol.toUpperCase()}${ports}, ALLOW`;
}

/** The rules of one direction as `IpPermissions`: one entry a protocol and port range, as EC2 groups them. */
export function permissions(group: SecurityGroup, isEgress: boolean, accountId: string): XmlList {
  const rules = group.rules.filter((rule) => rule.isEgress === isEgress);
  const byPorts = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = [rule.protocol, rule.fromPort, rule.toPort].join(':');
    byPorts.set(key, [...(byPorts.get(key) ?? []), rule]);
  }
  return new XmlList(
    'item',
    [...byPorts.values()].map((same) => permission(same, accountId)),
  );
}

function permission(rules: readonly SecurityGroupRule[], accountId: string): AwsStruct {
  const [first] = rules;
  const lists = peerMembers.map(({ kind, list, id }) => {
    const peers = rules.filter(({ peer }) => peer.kind === kind);
    const entries = peers.map(({ peer, description }) => ({
      [id]: peer.id,
      Description: description,
      ...(kind === 'group' ? { UserId: accountId } : {}),
    }));
    return [list, new XmlList('item', entries)] as const;
  });
  return {
    IpProtocol: first?.protocol,
    FromPort: first?.fromPort,
    ToPort: first?.toPort,
    ...Object.fromEntries(lists),
  };
}

/** One rule as DescribeSecurityGroupRules shows it. */
export function ruleShape(store: NetworkStore, group: SecurityGroup, rule: SecurityGroupRule): AwsStruct {
  const { accountId, region } = store.context;
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${rule.id}`,
    GroupId: group.id,
    GroupOwnerId: accountId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...peerShape(store, rule.peer),
    Description: rule.description,
    Tags: new XmlList('item', writeTags(rule.tags)),
  };
}

function peerShape(store: NetworkStore, { kind, id }: Peer): AwsStruct {
  switch (kind) {
    case 'ipv4':
      return { CidrIpv4: id };
    case 'ipv6':
      return { CidrIpv6: id };
    case 'prefix-list':
      return { PrefixListId: id };
    case 'group':
      return { ReferencedGroupInfo: { GroupId: id, UserId: store.context.accountId } };
  }
}
