import { AwsError, type Action, type AwsStruct, type SandboxContext, type Service } from '../../service.js';
import { texts } from '../read-input.js';
import { mergeTags, readTags, type Tags } from '../tags.js';
import { apiNames } from './ec2-input.js';
import { NetworkStore } from './network-store.js';
import { networkUse } from './network-use.js';
import { dependencyViolation, securityGroupActions } from './security-group-actions.js';
import { vpcActions } from './vpc-actions.js';

/** Amazon EC2, as far as the network of a database goes: VPCs, subnets, security groups, Availability Zones. */
export function createEc2Service(context: SandboxContext): Service {
  const store = new NetworkStore(context);
  const actions: Record<string, Action> = {
    ...vpcActions(store, async (subnet) => {
      if ((await networkUse(context)).subnets.has(subnet.id)) {
        throw new AwsError(
          'DependencyViolation',
          `The subnet '${subnet.id}' has dependencies and cannot be deleted.`,
        );
      }
    }),
    ...securityGroupActions(store, async (group) => {
      if ((await networkUse(context)).groups.has(group.id)) throw dependencyViolation(group.id);
    }),
    ...tagActions(store),
  };
  return {
    name: 'ec2',
    protocol: 'ec2',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    wireNames,
    actions: Object.fromEntries(
      Object.entries(actions).map(([name, run]): [string, Action] => [
        name,
        (input, caller) => run(apiNames(input), caller),
      ]),
    ),
  };
}

/** Members whose element is not the API name with a small first letter (Amazon EC2 API Reference). */
const wireNames = {
  AvailabilityZones: 'availabilityZoneInfo',
  'AvailabilityZones.State': 'zoneState',
  SecurityGroups: 'securityGroupInfo',
  'SecurityGroups.Description': 'groupDescription',
  SecurityGroupRules: 'securityGroupRuleSet',
  Subnets: 'subnetSet',
  Tags: 'tagSet',
  UserIdGroupPairs: 'groups',
  Vpcs: 'vpcSet',
};

function tagActions(store: NetworkStore): Record<string, Action> {
  return {
    CreateTags: (input) => {
      for (const tags of taggedResources(store, input)) mergeTags(tags, readTags(input));
      return { Return: true };
    },
    DeleteTags: (input) => {
      const keys = [...readTags(input).keys()];
      for (const tags of taggedResources(store, input)) for (const key of keys) tags.delete(key);
      return { Return: true };
    },
  };
}

function taggedResources(store: NetworkStore, input: AwsStruct): Tags[] {
  const rules = [...store.groups.values()].flatMap((group) => group.rules);
  return texts(input, 'ResourceIds').map((id) => {
    const resource =
      store.vpcs.get(id) ??
      store.subnets.get(id) ??
      store.groups.get(id) ??
      rules.find((rule) => rule.id === id);
    if (resource === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    return resource.tags;
  });
}
