import { optionalFlag, optionalText, structs } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { invalidCombination, invalidValue } from './errors.js';
import { lookupIdentifier, required } from './identifiers.js';
import { applyFilters, page } from './pages.js';
import type { ParameterDefinition } from './parameter-catalogue.js';
import { groupMember, isFamily, parameterGroup, type GroupLevel } from './parameter-groups.js';
import type { Rds } from './rds.js';
import type { DbInstance, ParameterGroup } from './resources.js';
import { leaderOf, settingsOf } from './running-settings.js';

/** One row of DescribeDBParameters. */
function view(definition: ParameterDefinition, group: Pick<ParameterGroup, 'values'>): AwsStruct {
  const { name, description, applyType, dataType, allowedValues, isModifiable, systemValue } = definition;
  const set = group.values.get(name);
  return {
    ParameterName: name,
    ParameterValue: set?.value ?? systemValue,
    Description: description,
    Source: set ? 'user' : systemValue === undefined ? 'engine-default' : 'system',
    ApplyType: applyType,
    DataType: dataType,
    AllowedValues: allowedValues,
    IsModifiable: isModifiable,
    ApplyMethod: set?.method ?? 'pending-reboot',
  };
}

const describe =
  (rds: Rds, level: GroupLevel): Action =>
  async (input) => {
    const group = parameterGroup(rds, level, lookupIdentifier(input, groupMember(level)));
    const source = optionalText(input, 'Source');
    const rows = (await rds.parameters.ofGroup(group)).map((definition) => view(definition, group));
    const wanted = source === undefined ? rows : rows.filter(({ Source }) => Source === source);
    const found = applyFilters(input, wanted, {
      'parameter-name': ({ ParameterName }) => [String(ParameterName)],
    });
    return page(input, 'Parameters', 'Parameter', found);
  };

/** DescribeEngineDefaultClusterParameters: a family as it is before anybody sets anything. */
const describeDefaults =
  (rds: Rds): Action =>
  async (input) => {
    const family = required(input, 'DBParameterGroupFamily');
    if (!isFamily(family) || !family.startsWith('aurora'))
      throw new AwsError('DBParameterGroupNotFound', `DBParameterGroupFamily not found: ${family}`, 404);
    const group: Pick<ParameterGroup, 'level' | 'family' | 'values'> = {
      level: 'cluster',
      family,
      values: new Map(),
    };
    const rows = (await rds.parameters.ofGroup(group)).map((definition) => view(definition, group));
    return {
      EngineDefaults: { DBParameterGroupFamily: family, ...page(input, 'Parameters', 'Parameter', rows) },
    };
  };

function checkValue({ name, dataType, allowedValues }: ParameterDefinition, value: string): void {
  if (value.includes('{') || value === '') return;
  const isBoolean = dataType === 'boolean' && /^(?:0|1|on|off|true|false)$/i.test(value);
  const [low, high] = /^(-?[\d.e+]+)-(-?[\d.e+]+)$/
    .exec(allowedValues ?? '')
    ?.slice(1)
    .map(Number) ?? [-Infinity, Infinity];
  const isNumber =
    dataType !== 'boolean' && Number(value) >= (low ?? -Infinity) && Number(value) <= (high ?? Infinity);
  if (isBoolean || dataType === 'string' || isNumber) return;
  throw invalidValue(
    `Value: ${value} is outside of range: ${allowedValues ?? dataType} for parameter: ${name}`,
  );
}

interface Setting {
  readonly definition: ParameterDefinition;
  readonly value: string;
  readonly method: 'immediate' | 'pending-reboot';
}

function readSetting(parameter: AwsStruct, definitions: ReadonlyMap<string, ParameterDefinition>): Setting {
  const name = required(parameter, 'ParameterName');
  const definition = definitions.get(name);
  if (!definition) throw invalidValue(`Could not find parameter with name: ${name}`);
  if (!definition.isModifiable) throw invalidValue(`The parameter ${name} cannot be modified.`);
  const value = String(parameter['ParameterValue'] ?? '');
  checkValue(definition, value);
  const method = optionalText(parameter, 'ApplyMethod') === 'immediate' ? 'immediate' : 'pending-reboot';
  if (method === 'immediate' && definition.applyType === 'static') {
    throw invalidCombination('cannot use immediate apply method for static parameter');
  }
  return { definition, value, method };
}

const usersOf = (rds: Rds, group: ParameterGroup): DbInstance[] =>
  [...rds.store.instances.values()].filter((instance) => {
    const cluster = rds.store.clusters.get(instance.clusterIdentifier ?? '');
    return (group.level === 'instance' ? instance : cluster)?.parameterGroup === group.name;
  });

/** Servers take what can be taken at once; instances tell of what waits for a reboot. */
async function tellUsers(rds: Rds, group: ParameterGroup, needsReboot: boolean): Promise<void> {
  for (const instance of usersOf(rds, group)) {
    if (needsReboot) instance.parameterApplyStatus = 'pending-reboot';
    if (leaderOf(rds, instance) === instance)
      await instance.database.apply(settingsOf(rds, instance, 'running'));
  }
}

const modify =
  (rds: Rds, level: GroupLevel): Action =>
  async (input) => {
    const group = parameterGroup(rds, level, lookupIdentifier(input, groupMember(level)));
    if (group.name.startsWith('default.')) {
      throw new AwsError('InvalidDBParameterGroupState', 'Default parameter groups cannot be modified.');
    }
    const definitions = new Map((await rds.parameters.ofGroup(group)).map((one) => [one.name, one]));
    const parameters = structs(input, 'Parameters');
    if (parameters.length === 0 || parameters.length > 20)
      throw invalidValue('Between 1 and 20 parameters can be modified in one request.');
    const settings = parameters.map((parameter) => readSetting(parameter, definitions));
    for (const { definition, value, method } of settings)
      group.values.set(definition.name, { value, method });
    await tellUsers(
      rds,
      group,
      settings.some(({ method }) => method === 'pending-reboot'),
    );
    return { [groupMember(level)]: group.name };
  };

/** ResetDBParameterGroup, ResetDBClusterParameterGroup: back to the defaults, with the next reboot. */
const reset =
  (rds: Rds, level: GroupLevel): Action =>
  async (input) => {
    const group = parameterGroup(rds, level, lookupIdentifier(input, groupMember(level)));
    if (optionalFlag(input, 'ResetAllParameters') ?? false) group.values.clear();
    for (const parameter of structs(input, 'Parameters'))
      group.values.delete(required(parameter, 'ParameterName'));
    await tellUsers(rds, group, true);
    return { [groupMember(level)]: group.name };
  };

export const parameterActions = (rds: Rds): Record<string, Action> => ({
  DescribeDBParameters: describe(rds, 'instance'),
  ModifyDBParameterGroup: modify(rds, 'instance'),
  ResetDBParameterGroup: reset(rds, 'instance'),
  DescribeDBClusterParameters: describe(rds, 'cluster'),
  DescribeEngineDefaultClusterParameters: describeDefaults(rds),
  ModifyDBClusterParameterGroup: modify(rds, 'cluster'),
  ResetDBClusterParameterGroup: reset(rds, 'cluster'),
});
