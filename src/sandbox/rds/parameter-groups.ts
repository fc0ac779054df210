import { optionalText } from '../services/read-input.js';
import { AwsError, type AwsStruct } from '../service.js';
import { familyOf } from './engine-versions.js';
import { invalidCombination } from './errors.js';
import { arnOf, type Rds } from './rds.js';
import type { Engine, ParameterGroup } from './resources.js';

export type GroupLevel = ParameterGroup['level'];

export const groupMember = (level: GroupLevel): 'DBParameterGroupName' | 'DBClusterParameterGroupName' =>
  level === 'instance' ? 'DBParameterGroupName' : 'DBClusterParameterGroupName';

const families = [13, 15, 16, 17, 18].flatMap((major) => [`postgres${major}`, `aurora-postgresql${major}`]);

export const isFamily = (text: string): boolean => families.includes(text);

const groupsOf = (rds: Rds, level: GroupLevel): Map<string, ParameterGroup> =>
  level === 'instance' ? rds.store.parameterGroups : rds.store.clusterParameterGroups;

/** The group by name; `default.FAMILY` always exists. */
export function findParameterGroup(rds: Rds, level: GroupLevel, name: string): ParameterGroup | undefined {
  const known = groupsOf(rds, level).get(name.toLowerCase());
  const family = /^default\.(.+)$/.exec(name)?.[1];
  if (known || !family || !isFamily(family) || (level === 'cluster' && !family.startsWith('aurora')))
    return known;
  return addParameterGroup(rds, {
    level,
    name,
    family,
    description: `Default parameter group for ${family}`,
  });
}

export function addParameterGroup(
  rds: Rds,
  { level, name, family, description }: Pick<ParameterGroup, 'level' | 'name' | 'family' | 'description'>,
): ParameterGroup {
  const arn = arnOf(rds, level === 'instance' ? 'pg' : 'cluster-pg', name);
  const group: ParameterGroup = { level, name, arn, family, description, values: new Map(), tags: new Map() };
  groupsOf(rds, level).set(name, group);
  return group;
}

/** @throws AwsError by the code of the parameter group's own actions. */
export function parameterGroup(rds: Rds, level: GroupLevel, name: string): ParameterGroup {
  const group = findParameterGroup(rds, level, name);
  const kind = level === 'instance' ? 'DBParameterGroup' : 'DBClusterParameterGroup';
  if (!group) throw new AwsError('DBParameterGroupNotFound', `${kind} not found: ${name}`, 404);
  return group;
}

/** Name of the group that an instance or a cluster asks for, or of the default one; must be of the engine's family. */
export function chooseParameterGroup(
  rds: Rds,
  level: GroupLevel,
  input: AwsStruct,
  engine: Engine,
  version: string,
): string {
  const family = familyOf(engine, version);
  const name = optionalText(input, groupMember(level)) ?? `default.${family}`;
  const group = findParameterGroup(rds, level, name);
  if (!group) {
    if (level === 'instance')
      throw new AwsError('DBParameterGroupNotFound', `DBParameterGroup not found: ${name}`, 404);
    throw new AwsError('DBClusterParameterGroupNotFound', `DBClusterParameterGroup not found: ${name}`, 404);
  }
  if (group.family !== family) {
    throw invalidCombination(
      `The parameter group ${name} with DBParameterGroupFamily ${group.family} can't be used for this instance. ` +
        `Please use a parameter group with DBParameterGroupFamily ${family}`,
    );
  }
  return group.name;
}
