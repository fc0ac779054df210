import { XmlList } from '../http/xml-list.js';
import { optionalText, texts } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { lookupIdentifier, required } from './identifiers.js';
import { invalidValue } from './errors.js';
import { readSubnets, requireTwoZones } from './network.js';
import { applyFilters, page } from './pages.js';
import { arnOf, type Rds } from './rds.js';
import type { SubnetGroup } from './resources.js';
import { readTags } from './tags.js';

export function subnetGroupView(group: SubnetGroup): AwsStruct {
  const subnets = group.subnets.map(({ id, zone }) => ({
    SubnetIdentifier: id,
    SubnetAvailabilityZone: { Name: zone },
    SubnetStatus: 'Active',
  }));
  return {
    DBSubnetGroupName: group.name,
    DBSubnetGroupDescription: group.description,
    VpcId: group.vpcId,
    SubnetGroupStatus: 'Complete',
    Subnets: new XmlList('Subnet', subnets),
    DBSubnetGroupArn: group.arn,
    SupportedNetworkTypes: new XmlList('member', ['IPV4']),
  };
}

const create =
  (rds: Rds): Action =>
  async (input) => {
    const name = lookupIdentifier(input, 'DBSubnetGroupName');
    if (!/^[a-z0-9][a-z0-9 ._-]{0,254}$/.test(name) || name === 'default') {
      throw invalidValue(`The parameter DBSubnetGroupName is not a valid name: ${name}`);
    }
    if (rds.store.subnetGroups.has(name)) {
      throw new AwsError('DBSubnetGroupAlreadyExists', `The DB subnet group '${name}' already exists.`);
    }
    const { vpcId, subnets } = await readSubnets(rds, texts(input, 'SubnetIds'));
    requireTwoZones(subnets);
    const description = required(input, 'DBSubnetGroupDescription');
    const group: SubnetGroup = {
      name,
      arn: arnOf(rds, 'subgrp', name),
      description,
      vpcId,
      subnets,
      tags: readTags(input),
    };
    rds.store.subnetGroups.set(name, group);
    return { DBSubnetGroup: subnetGroupView(group) };
  };

const modify =
  (rds: Rds): Action =>
  async (input) => {
    const group = rds.store.subnetGroup(required(input, 'DBSubnetGroupName'));
    const { subnets } = await readSubnets(rds, texts(input, 'SubnetIds'));
    requireTwoZones(subnets);
    group.subnets = subnets;
    group.description = optionalText(input, 'DBSubnetGroupDescription') ?? group.description;
    return { DBSubnetGroup: subnetGroupView(group) };
  };

const remove =
  (rds: Rds): Action =>
  (input) => {
    const group = rds.store.subnetGroup(required(input, 'DBSubnetGroupName'));
    const users = [...rds.store.instances.values(), ...rds.store.clusters.values()];
    const user = users.find(({ subnetGroup }) => subnetGroup === group.name);
    if (user) {
      throw new AwsError(
        'InvalidDBSubnetGroupStateFault',
        `Cannot delete the subnet group '${group.name}' because at least one database instance: ${user.identifier} is still using it.`,
      );
    }
    rds.store.subnetGroups.delete(group.name);
    return {};
  };

const describe =
  (rds: Rds): Action =>
  (input) => {
    const name = optionalText(input, 'DBSubnetGroupName');
    const groups = name === undefined ? [...rds.store.subnetGroups.values()] : [rds.store.subnetGroup(name)];
    return page(
      input,
      'DBSubnetGroups',
      'DBSubnetGroup',
      applyFilters(input, groups, {}).map(subnetGroupView),
    );
  };

export const subnetGroupActions = (rds: Rds): Record<string, Action> => ({
  CreateDBSubnetGroup: create(rds),
  ModifyDBSubnetGroup: modify(rds),
  DeleteDBSubnetGroup: remove(rds),
  DescribeDBSubnetGroups: describe(rds),
});
