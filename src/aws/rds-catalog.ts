import type { DBEngineVersion } from '@aws-sdk/client-rds';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

/** An Aurora PostgreSQL version as this Region offers it. */
export interface AuroraVersion {
  readonly version: string;
  readonly status: string;
  readonly parameterGroupFamily: string;
  /** Capacity limits of Serverless v2 in ACU; absent when the version has none. `min` 0 means it can pause itself. */
  readonly serverless: { readonly min: number; readonly max: number } | undefined;
}

export interface Quota {
  readonly name: string;
  readonly used: number;
  readonly max: number;
}

export interface CatalogCalls {
  listAuroraVersions(): Promise<readonly AuroraVersion[]>;
  isServerlessOrderable(engineVersion: string): Promise<boolean>;
  listQuotas(): Promise<readonly Quota[]>;
  findSubnetGroup(
    name: string,
  ): Promise<{ readonly vpcId: string; readonly zones: readonly string[] } | undefined>;
  /** Messages of the last hours about one instance or cluster, oldest first. */
  listEvents(
    kind: 'db-instance' | 'db-cluster',
    identifier: string,
    minutes: number,
  ): Promise<readonly string[]>;
}

export function createCatalogCalls(clients: Pick<AwsClients, 'rds'>): CatalogCalls {
  return {
    listAuroraVersions: async () => {
      const rds = await clients.rds();
      const versions: AuroraVersion[] = [];
      let marker: string | undefined;
      do {
        const page = await callAws('rds:DescribeDBEngineVersions', undefined, () =>
          rds.describeDBEngineVersions({
            Engine: 'aurora-postgresql',
            ...(marker === undefined ? {} : { Marker: marker }),
          }),
        );
        versions.push(...(page.DBEngineVersions ?? []).map(toAuroraVersion));
        marker = page.Marker;
      } while (marker !== undefined && marker !== '');
      return versions;
    },

    isServerlessOrderable: async (engineVersion) => {
      const rds = await clients.rds();
      const options = await callAws('rds:DescribeOrderableDBInstanceOptions', engineVersion, () =>
        rds.describeOrderableDBInstanceOptions({
          Engine: 'aurora-postgresql',
          EngineVersion: engineVersion,
          DBInstanceClass: 'db.serverless',
        }),
      );
      return (options.OrderableDBInstanceOptions ?? []).length > 0;
    },

    listQuotas: async () => {
      const rds = await clients.rds();
      const answer = await callAws('rds:DescribeAccountAttributes', undefined, () =>
        rds.describeAccountAttributes({}),
      );
      return (answer.AccountQuotas ?? []).map((quota) => ({
        name: quota.AccountQuotaName ?? '',
        used: quota.Used ?? 0,
        max: quota.Max ?? 0,
      }));
    },

    findSubnetGroup: async (name) => {
      try {
        const rds = await clients.rds();
        const answer = await callAws('rds:DescribeDBSubnetGroups', name, () =>
          rds.describeDBSubnetGroups({ DBSubnetGroupName: name }),
        );
        const group = answer.DBSubnetGroups?.[0];
        if (group === undefined) return undefined;
        const zones = (group.Subnets ?? []).flatMap((subnet) => subnet.SubnetAvailabilityZone?.Name ?? []);
        return { vpcId: group.VpcId ?? '', zones: [...new Set(zones)] };
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },

    listEvents: async (kind, identifier, minutes) => {
      const rds = await clients.rds();
      const answer = await callAws('rds:DescribeEvents', identifier, () =>
        rds.describeEvents({ SourceType: kind, SourceIdentifier: identifier, Duration: minutes }),
      );
      return (answer.Events ?? []).flatMap((event) => event.Message ?? []);
    },
  };
}

function toAuroraVersion(version: DBEngineVersion): AuroraVersion {
  const features = version.ServerlessV2FeaturesSupport;
  return {
    version: version.EngineVersion ?? '',
    status: version.Status ?? 'available',
    parameterGroupFamily: version.DBParameterGroupFamily ?? '',
    serverless:
      features === undefined
        ? undefined
        : { min: features.MinCapacity ?? 0.5, max: features.MaxCapacity ?? 128 },
  };
}
