import type { Parameter } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, writeTags, type Tags } from './tags.js';

/** A parameter that somebody has set. */
export interface ParameterSetting {
  readonly name: string;
  readonly value: string;
}

/** What an engine family makes of a parameter. */
export interface ParameterDefinition {
  readonly name: string;
  readonly isModifiable: boolean;
  /** A static parameter takes effect when the server starts. */
  readonly isStatic: boolean;
  /** `0,1`, `10-100`, words separated by commas; absent when anything goes. */
  readonly allowedValues: string | undefined;
}

export interface ClusterParameterGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly tags: Tags;
}

export interface NewClusterParameterGroup {
  readonly name: string;
  readonly family: string;
  readonly description: string;
  readonly tags: Tags;
}

export interface ParameterCalls {
  /** What a user has set in the parameter group of an instance. */
  listUserParameters(group: string): Promise<readonly ParameterSetting[]>;
  /** The same of a cluster's group. */
  listUserClusterParameters(group: string): Promise<readonly ParameterSetting[]>;
  /** All parameters of an Aurora family, such as `aurora-postgresql17`. */
  listClusterFamily(family: string): Promise<readonly ParameterDefinition[]>;
  findClusterParameterGroup(name: string): Promise<ClusterParameterGroup | undefined>;
  /** `taken` when a group of that name exists (perhaps from a lost reply). */
  createClusterParameterGroup(group: NewClusterParameterGroup): Promise<'created' | 'taken'>;
  /** Takes effect with the next start of the cluster's instances. At most 20 at a time. */
  setClusterParameters(group: string, settings: readonly ParameterSetting[]): Promise<void>;
  /** Absence is no error. */
  deleteClusterParameterGroup(name: string): Promise<void>;
}

interface Page {
  readonly Parameters?: Parameter[] | undefined;
  readonly Marker?: string | undefined;
}

export function createParameterCalls(clients: Pick<AwsClients, 'rds'>): ParameterCalls {
  return {
    listUserParameters: async (group) => {
      const rds = await clients.rds();
      const found = await allPages((Marker) =>
        callAws('rds:DescribeDBParameters', group, () =>
          rds.describeDBParameters({ DBParameterGroupName: group, Source: 'user', ...Marker }),
        ),
      );
      return found.flatMap(toSetting);
    },

    listUserClusterParameters: async (group) => {
      const rds = await clients.rds();
      const found = await allPages((Marker) =>
        callAws('rds:DescribeDBClusterParameters', group, () =>
          rds.describeDBClusterParameters({ DBClusterParameterGroupName: group, Source: 'user', ...Marker }),
        ),
      );
      return found.flatMap(toSetting);
    },

    listClusterFamily: async (family) => {
      const rds = await clients.rds();
      const found = await allPages(async (Marker) => {
        const answer = await callAws('rds:DescribeEngineDefaultClusterParameters', family, () =>
          rds.describeEngineDefaultClusterParameters({ DBParameterGroupFamily: family, ...Marker }),
        );
        return answer.EngineDefaults ?? {};
      });
      return found.map(toDefinition);
    },

    findClusterParameterGroup: (name) => findGroup(clients, name),

    createClusterParameterGroup: async ({ name, family, description, tags }) => {
      try {
        const rds = await clients.rds();
        await callAws('rds:CreateDBClusterParameterGroup', name, () =>
          rds.createDBClusterParameterGroup({
            DBClusterParameterGroupName: name,
            DBParameterGroupFamily: family,
            Description: description,
            Tags: writeTags(tags),
          }),
        );
        return 'created';
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return 'taken';
        throw error;
      }
    },

    setClusterParameters: async (group, settings) => {
      const rds = await clients.rds();
      await callAws('rds:ModifyDBClusterParameterGroup', group, () =>
        rds.modifyDBClusterParameterGroup({
          DBClusterParameterGroupName: group,
          Parameters: settings.map(({ name, value }) => ({
            ParameterName: name,
            ParameterValue: value,
            ApplyMethod: 'pending-reboot',
          })),
        }),
      );
    },

    deleteClusterParameterGroup: async (name) => {
      try {
        const rds = await clients.rds();
        await callAws('rds:DeleteDBClusterParameterGroup', name, () =>
          rds.deleteDBClusterParameterGroup({ DBClusterParameterGroupName: name }),
        );
      } catch (error) {
        if (!isAwsError(error, 'NotFound')) throw error;
      }
    },
  };
}

async function allPages(read: (marker: { Marker?: string }) => Promise<Page>): Promise<Parameter[]> {
  const found: Parameter[] = [];
  for (let marker: string | undefined = ''; marker !== undefined;) {
    const page = await read(marker === '' ? {} : { Marker: marker });
    found.push(...(page.Parameters ?? []));
    marker = page.Marker === '' ? undefined : page.Marker;
  }
  return found;
}

/** The description of a group holds no tags: they are asked for by its ARN. */
async function findGroup(
  clients: Pick<AwsClients, 'rds'>,
  name: string,
): Promise<ClusterParameterGroup | undefined> {
  try {
    const rds = await clients.rds();
    const answer = await callAws('rds:DescribeDBClusterParameterGroups', name, () =>
      rds.describeDBClusterParameterGroups({ DBClusterParameterGroupName: name }),
    );
    const [found] = answer.DBClusterParameterGroups ?? [];
    if (found === undefined) return undefined;
    const arn = found.DBClusterParameterGroupArn ?? '';
    const { TagList } = await callAws('rds:ListTagsForResource', arn, () =>
      rds.listTagsForResource({ ResourceName: arn }),
    );
    const family = found.DBParameterGroupFamily ?? '';
    return { name: found.DBClusterParameterGroupName ?? '', arn, family, tags: readTags(TagList) };
  } catch (error) {
    if (isAwsError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function toSetting({ ParameterName, ParameterValue }: Parameter): ParameterSetting[] {
  return ParameterName === undefined || ParameterValue === undefined
    ? []
    : [{ name: ParameterName, value: ParameterValue }];
}

function toDefinition(parameter: Parameter): ParameterDefinition {
  return {
    name: parameter.ParameterName ?? '',
    isModifiable: parameter.IsModifiable ?? false,
    isStatic: parameter.ApplyType === 'static',
    allowedValues: parameter.AllowedValues,
  };
}
