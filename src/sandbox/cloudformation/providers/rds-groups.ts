import type { AwsStruct, SandboxContext } from '../../service.js';
import { isTemplateObject, scalarText, type TemplateObject } from '../template/template-value.js';
import { structsAt, textAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick, textOf } from './generated-name.js';
import { updateRdsTags } from './rds-tags.js';
import type { LiveResource, ResourceProvider } from './resource-provider.js';
import { list, map, object, tags, text } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** AWS::RDS::DBSubnetGroup. */
export const dbSubnetGroup: ResourceProvider = {
  type: 'AWS::RDS::DBSubnetGroup',
  schema: object(
    { DBSubnetGroupName: text, DBSubnetGroupDescription: text, SubnetIds: list(text), Tags: tags },
    ['DBSubnetGroupDescription', 'SubnetIds'],
  ),
  createOnly: ['DBSubnetGroupName'],
  nameProperty: 'DBSubnetGroupName',
  attributes: [],
  writeOnly: ['SubnetIds'],
  identifier: ['DBSubnetGroupName'],
  create: async (request) => {
    const physicalId = nameOf(request, 'DBSubnetGroupName', 255).toLowerCase();
    const input = {
      ...pick(request.properties, ['DBSubnetGroupDescription', 'SubnetIds']),
      DBSubnetGroupName: physicalId,
    };
    await request.context.call('rds', 'CreateDBSubnetGroup', { ...input, Tags: awsTags(request.tags) });
    request.started(physicalId);
    return { physicalId, attributes: {} };
  },
  update: async (request) => {
    const { context, physicalId, properties } = request;
    const input = {
      ...pick(properties, ['DBSubnetGroupDescription', 'SubnetIds']),
      DBSubnetGroupName: physicalId,
    };
    await context.call('rds', 'ModifyDBSubnetGroup', input);
    await updateRdsTags(request, rdsArn(context, 'subgrp', physicalId));
    return { physicalId, attributes: {} };
  },
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () =>
      context.call('rds', 'DeleteDBSubnetGroup', { DBSubnetGroupName: physicalId }),
    );
  },
  read: async ({ context, physicalId }) => {
    const answer = await unlessMissing(async () =>
      context.call('rds', 'DescribeDBSubnetGroups', { DBSubnetGroupName: physicalId }),
    );
    const group = answer && structsAt(answer, 'DBSubnetGroups')[0];
    return (
      group && {
        physicalId,
        attributes: {},
        properties: { DBSubnetGroupDescription: textAt(group, 'DBSubnetGroupDescription') },
      }
    );
  },
};

/** What sets the two kinds of parameter group apart. */
interface GroupKind {
  readonly type: string;
  readonly name: string;
  readonly group: string;
  readonly arnType: string;
  readonly list: string;
}

export const dbParameterGroup = parameterGroup({
  type: 'AWS::RDS::DBParameterGroup',
  name: 'DBParameterGroupName',
  group: 'DBParameterGroup',
  arnType: 'pg',
  list: 'DBParameterGroups',
});

export const dbClusterParameterGroup = parameterGroup({
  type: 'AWS::RDS::DBClusterParameterGroup',
  name: 'DBClusterParameterGroupName',
  group: 'DBClusterParameterGroup',
  arnType: 'cluster-pg',
  list: 'DBClusterParameterGroups',
});

function parameterGroup(kind: GroupKind): ResourceProvider {
  const required =
    kind.arnType === 'pg' ? ['Description', 'Family'] : ['Description', 'Family', 'Parameters'];
  return {
    type: kind.type,
    schema: object(
      { [kind.name]: text, Description: text, Family: text, Parameters: map, Tags: tags },
      required,
    ),
    createOnly: [kind.name, 'Description', 'Family'],
    nameProperty: kind.name,
    attributes: [],
    identifier: [kind.name],
    create: async (request) => {
      const { context, properties } = request;
      const physicalId = nameOf(request, kind.name, 255).toLowerCase();
      const family = {
        DBParameterGroupFamily: textOf(properties, 'Family'),
        Description: textOf(properties, 'Description'),
      };
      await context.call('rds', `Create${kind.group}`, {
        [kind.name]: physicalId,
        ...family,
        Tags: awsTags(request.tags),
      });
      request.started(physicalId);
      await setParameters(context, kind, physicalId, {}, properties);
      return { physicalId, attributes: {} };
    },
    update: async (request): Promise<LiveResource> => {
      const { context, physicalId, previous, properties } = request;
      await setParameters(context, kind, physicalId, previous, properties);
      await updateRdsTags(request, rdsArn(context, kind.arnType, physicalId));
      return { physicalId, attributes: {} };
    },
    delete: async ({ context, physicalId }) => {
      await unlessMissing(async () =>
        context.call('rds', `Delete${kind.group}`, { [kind.name]: physicalId }),
      );
    },
    read: async ({ context, physicalId }) => {
      const answer = await unlessMissing(async () =>
        context.call('rds', `Describe${kind.group}s`, { [kind.name]: physicalId }),
      );
      const group = answer && structsAt(answer, kind.list)[0];
      const properties = {
        Description: textAt(group ?? {}, 'Description'),
        Family: textAt(group ?? {}, 'DBParameterGroupFamily'),
      };
      return group && { physicalId, attributes: {}, properties };
    },
  };
}

/** The APIs take twenty parameters a call; static ones wait for a reboot, as `pending-reboot` says. */
const parametersPerCall = 20;

async function setParameters(
  context: SandboxContext,
  kind: GroupKind,
  physicalId: string,
  previous: TemplateObject,
  properties: TemplateObject,
): Promise<void> {
  const before = parametersOf(previous);
  const after = parametersOf(properties);
  const changed = [...after].filter(([name, value]) => before.get(name) !== value);
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const set = changed.map(([name, value]) => ({
    ParameterName: name,
    ParameterValue: value,
    ApplyMethod: 'pending-reboot',
  }));
  const reset = gone.map((name) => ({ ParameterName: name, ApplyMethod: 'pending-reboot' }));
  for (const page of pagesOf(reset))
    await context.call('rds', `Reset${kind.group}`, { [kind.name]: physicalId, Parameters: page });
  for (const page of pagesOf(set))
    await context.call('rds', `Modify${kind.group}`, { [kind.name]: physicalId, Parameters: page });
}

function parametersOf(properties: TemplateObject): ReadonlyMap<string, string> {
  const parameters = properties['Parameters'];
  const entries = isTemplateObject(parameters) ? Object.entries(parameters) : [];
  return new Map(entries.map(([name, value]) => [name, scalarText(value) ?? '']));
}

function pagesOf(parameters: readonly AwsStruct[]): readonly (readonly AwsStruct[])[] {
  const pages = Math.ceil(parameters.length / parametersPerCall);
  return Array.from({ length: pages }, (_, page) =>
    parameters.slice(page * parametersPerCall, (page + 1) * parametersPerCall),
  );
}

function rdsArn({ region, accountId }: SandboxContext, type: string, name: string): string {
  return `arn:aws:rds:${region}:${accountId}:${type}:${name}`;
}
