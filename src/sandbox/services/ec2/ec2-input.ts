import type { AwsStruct, AwsValue } from '../../service.js';

/**
 * Wire names of lists in EC2 requests. The protocol flattens them under a name in the singular (`GroupId.1`, `Filter.1`),
 * while a caller in process gives the names of the API.
 */
const listNames: Readonly<Record<string, string>> = {
  Filter: 'Filters',
  Value: 'Values',
  GroupId: 'GroupIds',
  GroupName: 'GroupNames',
  Groups: 'UserIdGroupPairs',
  ResourceId: 'ResourceIds',
  SecurityGroupRuleId: 'SecurityGroupRuleIds',
  SubnetId: 'SubnetIds',
  Tag: 'Tags',
  TagSpecification: 'TagSpecifications',
  VpcId: 'VpcIds',
  ZoneName: 'ZoneNames',
};

/** A request with every list under its API name. */
export function apiNames(input: AwsStruct): AwsStruct {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      const name = Array.isArray(value) ? (listNames[key] ?? key) : key;
      return [name === 'GroupDescription' ? 'Description' : name, deep(value)];
    }),
  );
}

function deep(value: AwsValue): AwsValue {
  if (Array.isArray(value)) return value.map((item: AwsValue) => deep(item));
  return isStruct(value) ? apiNames(value) : value;
}

function isStruct(value: AwsValue): value is AwsStruct {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
