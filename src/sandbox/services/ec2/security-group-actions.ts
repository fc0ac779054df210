import { XmlList } from '../../http/xml-list.js';
import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalText, requiredText, texts } from '../read-input.js';
import { writeTags } from '../tags.js';
import { applyFilters, tagFields, type FilterFields } from './ec2-filters.js';
import { tagsFor, type NetworkStore, type SecurityGroup } from './network-store.js';
import { authorize, permissions, readRules, revoke, ruleShape } from './security-group-rules.js';
import { pages } from './vpc-actions.js';

/** Security groups and their rules. */
export function securityGroupActions(
  store: NetworkStore,
  checkUnused: (group: SecurityGroup) => Promise<void>,
): Record<string, Action> {
  return {
    CreateSecurityGroup: (input) => createGroup(store, input),
    DescribeSecurityGroups: (input) => describeGroups(store, input),
    DeleteSecurityGroup: async (input) => {
      const group = groupOf(store, input);
      await deleteGroup(store, group, checkUnused);
      return { Return: true, GroupId: group.id };
    },
    AuthorizeSecurityGroupIngress: (input) => addRules(store, input, false),
    AuthorizeSecurityGroupEgress: (input) => addRules(store, input, true),
    RevokeSecurityGroupIngress: (input) => removeRules(store, input, false),
    RevokeSecurityGroupEgress: (input) => removeRules(store, input, true),
    DescribeSecurityGroupRules: (input) => describeRules(store, input),
  };
}

function groupOf(store: NetworkStore, input: AwsStruct): SecurityGroup {
  const name = optionalText(input, 'GroupName');
  const id = optionalText(input, 'GroupId');
  if (id !== undefined || name === undefined) {
    return store.group(id ?? requiredText(input, 'GroupId', 'MissingParameter'));
  }
  const home = [...store.vpcs.values()].find(({ isDefault }) => isDefault);
  const group = [...store.groups.values()].find((other) => other.name === name && other.vpcId === home?.id);
  return group ?? store.group(name);
}

function createGroup(store: NetworkStore, input: AwsStruct): AwsStruct {
  const name = requiredText(input, 'GroupName', 'MissingParameter');
  const description = requiredText(input, 'Description', 'MissingParameter');
  const home = [...store.vpcs.values()].find(({ isDefault }) => isDefault);
  const vpc = store.vpc(optionalText(input, 'VpcId') ?? home?.id ?? '');
  if ([...store.groups.values()].some((group) => group.name === name && group.vpcId === vpc.id)) {
    throw new AwsError(
      'InvalidGroup.Duplicate',
      `The security group '${name}' already exists for VPC '${vpc.id}'`,
    );
  }
  const group = store.addGroup(name, description, vpc.id, tagsFor(input, 'security-group'));
  return { GroupId: group.id, Tags: new XmlList('item', writeTags(group.tags)) };
}

async function deleteGroup(
  store: NetworkStore,
  group: SecurityGroup,
  checkUnused: (group: SecurityGroup) => Promise<void>,
): Promise<void> {
  if (group.name === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  const isReferenced = [...store.groups.values()].some(
    (other) => other !== group && other.rules.some(({ peer }) => peer.id === group.id),
  );
  if (isReferenced) throw dependencyViolation(group.id);
  await checkUnused(group);
  store.groups.delete(group.id);
}

export function dependencyViolation(id: string): AwsError {
  return new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
}

function describeGroups(store: NetworkStore, input: AwsStruct): AwsStruct {
  const ids = texts(input, 'GroupIds');
  const names = texts(input, 'GroupNames');
  const all = [...store.groups.values()];
  const missing = names.find((name) => !all.some((group) => group.name === name));
  if (missing !== undefined) {
    throw new AwsError('InvalidGroup.NotFound', `The security group '${missing}' does not exist`);
  }
  const named = ids.length > 0 ? ids.map((id) => store.group(id)) : all;
  const chosen = named.filter(({ name }) => names.length === 0 || names.includes(name));
  const { items, next } = paginate(applyFilters(chosen, input, groupFields), input, pages);
  return {
    SecurityGroups: new XmlList(
      'item',
      items.map((group) => groupShape(store, group)),
    ),
    NextToken: next,
  };
}

function groupFields(group: SecurityGroup): FilterFields {
  const inbound = group.rules.filter(({ isEgress }) => !isEgress);
  return {
    'group-id': [group.id],
    'group-name': [group.name],
    'vpc-id': [group.vpcId],
    description: [group.description],
    'ip-permission.group-id': inbound.filter(({ peer }) => peer.kind === 'group').map(({ peer }) => peer.id),
    'ip-permission.cidr': inbound.filter(({ peer }) => peer.kind === 'ipv4').map(({ peer }) => peer.id),
    'ip-permission.from-port': inbound.map(({ fromPort }) => String(fromPort ?? -1)),
    'ip-permission.to-port': inbound.map(({ toPort }) => String(toPort ?? -1)),
    ...tagFields(group.tags),
  };
}

function groupShape({ context }: NetworkStore, group: SecurityGroup): AwsStruct {
  const { accountId, region } = context;
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: accountId,
    VpcId: group.vpcId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${group.id}`,
    IpPermissions: permissions(group, false, accountId),
    IpPermissionsEgress: permissions(group, true, accountId),
    Tags: new XmlList('item', writeTags(group.tags)),
  };
}

function addRules(store: NetworkStore, input: AwsStruct, isEgress: boolean): AwsStruct {
  const group = groupOf(store, input);
  const rules = authorize(store, group, readRules(store, input, isEgress), input);
  return {
    Return: true,
    SecurityGroupRules: new XmlList(
      'item',
      rules.map((rule) => ruleShape(store, group, rule)),
    ),
  };
}

function removeRules(store: NetworkStore, input: AwsStruct, isEgress: boolean): AwsStruct {
  revoke(store, groupOf(store, input), input, isEgress);
  return { Return: true };
}

function describeRules(store: NetworkStore, input: AwsStruct): AwsStruct {
  const ids = texts(input, 'SecurityGroupRuleIds');
  const all = [...store.groups.values()].flatMap((group) => group.rules.map((rule) => ({ group, rule })));
  const missing = ids.find((id) => !all.some(({ rule }) => rule.id === id));
  if (missing !== undefined) {
    throw new AwsError(
      'InvalidSecurityGroupRuleId.NotFound',
      `The security group rule ID '${missing}' does not exist`,
    );
  }
  const chosen = all.filter(({ rule }) => ids.length === 0 || ids.includes(rule.id));
  const found = applyFilters(chosen, input, ({ group, rule }) => ({
    'group-id': [group.id],
    'security-group-rule-id': [rule.id],
    ...tagFields(rule.tags),
  }));
  const { items, next } = paginate(found, input, pages);
  return {
    SecurityGroupRules: new XmlList(
      'item',
      items.map(({ group, rule }) => ruleShape(store, group, rule)),
    ),
    NextToken: next,
  };
}
