import { optionalText, structs, texts } from '../services/read-input.js';
import { AwsError, type AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';
import { arnOf, type Rds } from './rds.js';
import type { SubnetGroup } from './resources.js';

/** What EC2 says of these subnets. @throws AwsError `InvalidSubnet` for one that does not exist. */
export async function readSubnets(
  rds: Rds,
  subnetIds: readonly string[],
): Promise<{ vpcId: string; subnets: SubnetGroup['subnets'] }> {
  const answer = await rds.context
    .call('ec2', 'DescribeSubnets', { SubnetIds: subnetIds })
    .catch((error: unknown) => {
      if (error instanceof AwsError && /^InvalidSubnet/.test(error.code)) {
        throw new AwsError('InvalidSubnet', `Some input subnets in :[${subnetIds.join(', ')}] are invalid.`);
      }
      throw error;
    });
  const found = structs(answer, 'Subnets');
  const vpcs = new Set(found.map((subnet) => optionalText(subnet, 'VpcId') ?? ''));
  if (vpcs.size !== 1 || found.length !== new Set(subnetIds).size) {
    throw new AwsError('InvalidSubnet', `Some input subnets in :[${subnetIds.join(', ')}] are invalid.`);
  }
  const subnets = found.map((subnet) => ({
    id: optionalText(subnet, 'SubnetId') ?? '',
    zone: optionalText(subnet, 'AvailabilityZone') ?? '',
  }));
  return { vpcId: [...vpcs][0] ?? '', subnets };
}

/** A subnet group must span two zones (RDS User Guide, "Working with DB subnet groups"). */
export function requireTwoZones(subnets: SubnetGroup['subnets']): void {
  const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
  if (zones.length >= 2) return;
  throw new AwsError(
    'DBSubnetGroupDoesNotCoverEnoughAZs',
    `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(', ')}. Add subnets to cover at least 2 AZs.`,
  );
}

/** The group that is asked for; without one, the group `default` over the subnets of the default VPC. */
export async function chooseSubnetGroup(rds: Rds, input: AwsStruct): Promise<SubnetGroup> {
  const name = optionalText(input, 'DBSubnetGroupName');
  if (name !== undefined) return rds.store.subnetGroup(name);
  const known = rds.store.subnetGroups.get('default');
  if (known) return known;
  const filters = [{ Name: 'default-for-az', Values: ['true'] }];
  const found = structs(await rds.context.call('ec2', 'DescribeSubnets', { Filters: filters }), 'Subnets');
  const ids = found.map((subnet) => optionalText(subnet, 'SubnetId') ?? '');
  if (ids.length === 0) {
    throw new AwsError(
      'InvalidSubnet',
      'No default subnet detected in VPC. Please contact AWS Support to recreate the default Subnets.',
    );
  }
  const { vpcId, subnets } = await readSubnets(rds, ids);
  const group: SubnetGroup = {
    name: 'default',
    arn: arnOf(rds, 'subgrp', 'default'),
    description: 'default',
    vpcId,
    subnets,
    tags: new Map(),
  };
  rds.store.subnetGroups.set('default', group);
  return group;
}

/** The security groups that are asked for, which must exist; without any, the VPC's group `default`. */
export async function chooseSecurityGroups(rds: Rds, input: AwsStruct, vpcId: string): Promise<string[]> {
  const asked = texts(input, 'VpcSecurityGroupIds');
  const request =
    asked.length > 0
      ? { GroupIds: asked }
      : {
          Filters: [
            { Name: 'vpc-id', Values: [vpcId] },
            { Name: 'group-name', Values: ['default'] },
          ],
        };
  const answer = await rds.context.call('ec2', 'DescribeSecurityGroups', request).catch((error: unknown) => {
    if (!(error instanceof AwsError) || !/^InvalidGroup/.test(error.code)) throw error;
    throw invalidValue(`Invalid security group , groupId= ${asked.join(', ')}, groupName=.`);
  });
  return structs(answer, 'SecurityGroups').map((group) => optionalText(group, 'GroupId') ?? '');
}
