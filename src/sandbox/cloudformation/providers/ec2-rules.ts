import type { AwsStruct } from '../../service.js';
import type { TemplateObject } from '../template/template-value.js';
import { structsAt, textAt } from './answers.js';
import { pick, textOf } from './generated-name.js';
import type { ResourceProvider } from './resource-provider.js';
import { all, integer, object, text, words } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** Properties of a rule, inside a group or as a resource of its own. */
export const ingressRule = {
  ...all(
    text,
    words(`CidrIp CidrIpv6 Description IpProtocol SourcePrefixListId SourceSecurityGroupId
    SourceSecurityGroupOwnerId`),
  ),
  ...all(integer, ['FromPort', 'ToPort']),
};
export const egressRule = {
  ...all(
    text,
    words('CidrIp CidrIpv6 Description DestinationPrefixListId DestinationSecurityGroupId IpProtocol'),
  ),
  ...all(integer, ['FromPort', 'ToPort']),
};

/** A rule of a template as an `IpPermission` of EC2. */
export function ipPermission(rule: TemplateObject): AwsStruct {
  const note = pick(rule, ['Description']);
  const peer = textOf(rule, 'SourceSecurityGroupId') ?? textOf(rule, 'DestinationSecurityGroupId');
  const prefixList = textOf(rule, 'SourcePrefixListId') ?? textOf(rule, 'DestinationPrefixListId');
  return {
    IpProtocol: textOf(rule, 'IpProtocol'),
    ...pick(rule, ['FromPort', 'ToPort']),
    ...(rule['CidrIp'] !== undefined && { IpRanges: [{ CidrIp: rule['CidrIp'], ...note }] }),
    ...(rule['CidrIpv6'] !== undefined && { Ipv6Ranges: [{ CidrIpv6: rule['CidrIpv6'], ...note }] }),
    ...(peer !== undefined && {
      UserIdGroupPairs: [{ GroupId: peer, ...note }],
      Groups: [{ GroupId: peer, ...note }],
    }),
    ...(prefixList !== undefined && { PrefixListIds: [{ PrefixListId: prefixList, ...note }] }),
  };
}

export const securityGroupIngress = ruleProvider('Ingress');
export const securityGroupEgress = ruleProvider('Egress');

/** AWS::EC2::SecurityGroupIngress and …Egress: one rule of a group. `Ref` is the rule's id. */
function ruleProvider(direction: 'Ingress' | 'Egress'): ResourceProvider {
  const properties = direction === 'Ingress' ? ingressRule : egressRule;
  return {
    type: `AWS::EC2::SecurityGroup${direction}`,
    schema: object({ ...properties, GroupId: text }, ['IpProtocol', 'GroupId']),
    createOnly: [...Object.keys(properties).filter((name) => name !== 'Description'), 'GroupId'],
    attributes: ['Id'],
    identifier: ['Id'],
    create: async ({ context, properties: rule, started, suffix }) => {
      const input = { GroupId: textOf(rule, 'GroupId'), IpPermissions: [ipPermission(rule)] };
      const answer = await context.call('ec2', `AuthorizeSecurityGroup${direction}`, input);
      const id =
        textAt(structsAt(answer, 'SecurityGroupRules')[0] ?? {}, 'SecurityGroupRuleId') ||
        `sgr-${suffix.toLowerCase()}`;
      started(id);
      return { physicalId: id, attributes: { Id: id } };
    },
    update: async ({ context, physicalId, properties: rule, previous }) => {
      const groupId = textOf(rule, 'GroupId');
      await context.call('ec2', `RevokeSecurityGroup${direction}`, {
        GroupId: groupId,
        IpPermissions: [ipPermission(previous)],
      });
      await context.call('ec2', `AuthorizeSecurityGroup${direction}`, {
        GroupId: groupId,
        IpPermissions: [ipPermission(rule)],
      });
      return { physicalId, attributes: { Id: physicalId } };
    },
    delete: async ({ context, properties: rule }) => {
      const input = { GroupId: textOf(rule, 'GroupId'), IpPermissions: [ipPermission(rule)] };
      await unlessMissing(async () => context.call('ec2', `RevokeSecurityGroup${direction}`, input));
    },
  };
}
