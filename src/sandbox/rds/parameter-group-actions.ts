import { optionalText } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';
import { lookupIdentifier, required } from './identifiers.js';
import { applyFilters, page } from './pages.js';
import {
  addParameterGroup,
  findParameterGroup,
  groupMember,
  isFamily,
  parameterGroup,
  type GroupLevel,
} from './parameter-groups.js';
import type { Rds } from './rds.js';
import type { ParameterGroup } from './resources.js';
import { readTags } from './tags.js';

const structure = (level: GroupLevel): string =>
  level === 'instance' ? 'DBParameterGroup' : 'DBClusterParameterGroup';

const view = (group: ParameterGroup): AwsStruct => ({
  [groupMember(group.level)]: group.name,
  DBParameterGroupFamily: group.family,
  Description: group.description,
  [`${structure(group.level)}Arn`]: group.arn,
});

const create =
  (rds: Rds, level: GroupLevel): Action =>
  (input) => {
    const name = lookupIdentifier(input, groupMember(level));
    if (!/^[a-z](?:-?[a-z0-9.])*$/.test(name) || name.length > 255) {
      throw invalidValue(`The parameter ${groupMember(level)} is not a valid identifier.`);
    }
    const family = required(input, 'DBParameterGroupFamily');
    if (!isFamily(family))
      throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
    if (findParameterGroup(rds, level, name)) {
      throw new AwsError('DBParameterGroupAlreadyExists', `Parameter group ${name} already exists`);
    }
    const tags = readTags(input);
    const group = addParameterGroup(rds, {
      level,
      name,
      family,
      description: required(input, 'Description'),
    });
    group.tags = tags;
    return { [structure(level)]: view(group) };
  };

const remove =
  (rds: Rds, level: GroupLevel): Action =>
  (input) => {
    const name = lookupIdentifier(input, groupMember(level));
    if (name.startsWith('default.'))
      throw new AwsError('InvalidDBParameterGroupState', 'Default parameter groups cannot be deleted.');
    const group = parameterGroup(rds, level, name);
    const users = level === 'instance' ? rds.store.instances : rds.store.clusters;
    if ([...users.values()].some((user) => user.parameterGroup === group.name)) {
      throw new AwsError(
        'InvalidDBParameterGroupState',
        `One or more database instances are still members of this parameter group ${name}, so the group cannot be deleted`,
      );
    }
    (level === 'instance' ? rds.store.parameterGroups : rds.store.clusterParameterGroups).delete(group.name);
    return {};
  };

const describe =
  (rds: Rds, level: GroupLevel): Action =>
  (input) => {
    const name = optionalText(input, groupMember(level));
    const all = level === 'instance' ? rds.store.parameterGroups : rds.store.clusterParameterGroups;
    const groups = name === undefined ? [...all.values()] : [parameterGroup(rds, level, name)];
    return page(input, `${structure(level)}s`, structure(level), applyFilters(input, groups, {}).map(view));
  };

export const parameterGroupActions = (rds: Rds): Record<string, Action> => ({
  CreateDBParameterGroup: create(rds, 'instance'),
  DeleteDBParameterGroup: remove(rds, 'instance'),
  DescribeDBParameterGroups: describe(rds, 'instance'),
  CreateDBClusterParameterGroup: create(rds, 'cluster'),
  DeleteDBClusterParameterGroup: remove(rds, 'cluster'),
  DescribeDBClusterParameterGroups: describe(rds, 'cluster'),
});
