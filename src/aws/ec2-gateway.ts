import type { IpPermission } from '@aws-sdk/client-ec2';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

/** One rule of a security group. `ports` absent means every port. */
export interface TrafficRule {
  readonly protocol: string;
  readonly ports: { readonly from: number; readonly to: number } | undefined;
  readonly groups: readonly string[];
  readonly ranges: readonly string[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly ingress: readonly TrafficRule[];
  readonly egress: readonly TrafficRule[];
}

export interface Ec2Gateway {
  /** The groups that exist among `ids`; an unknown one makes the whole answer undefined, as in AWS. */
  findSecurityGroups(ids: readonly string[]): Promise<readonly SecurityGroup[] | undefined>;
}

export function createEc2Gateway(clients: Pick<AwsClients, 'ec2'>): Ec2Gateway {
  return {
    findSecurityGroups: async (ids) => {
      if (ids.length === 0) return [];
      try {
        const ec2 = await clients.ec2();
        const answer = await callAws('ec2:DescribeSecurityGroups', ids.join(' '), () =>
          ec2.describeSecurityGroups({ GroupIds: [...ids] }),
        );
        return (answer.SecurityGroups ?? []).map((group) => ({
          id: group.GroupId ?? '',
          name: group.GroupName ?? '',
          vpcId: group.VpcId ?? '',
          ingress: (group.IpPermissions ?? []).map(toRule),
          egress: (group.IpPermissionsEgress ?? []).map(toRule),
        }));
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },
  };
}

function toRule(permission: IpPermission): TrafficRule {
  const { FromPort: from, ToPort: to } = permission;
  return {
    protocol: permission.IpProtocol ?? '-1',
    ports:
      permission.IpProtocol === '-1' || from === undefined || to === undefined ? undefined : { from, to },
    groups: (permission.UserIdGroupPairs ?? []).flatMap((pair) => pair.GroupId ?? []),
    ranges: [
      ...(permission.IpRanges ?? []).flatMap((range) => range.CidrIp ?? []),
      ...(permission.Ipv6Ranges ?? []).flatMap((range) => range.CidrIpv6 ?? []),
    ],
  };
}
