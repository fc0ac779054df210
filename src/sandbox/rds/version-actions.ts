import { XmlList } from '../http/xml-list.js';
import { optionalFlag, optionalText } from '../services/read-input.js';
import type { Action, AwsStruct } from '../service.js';
import {
  compareVersions, defaultVersion, familyOf, listEngineVersions, serverlessRange, upgradeTargets, type EngineVersion,
} from './engine-versions.js'; // prettier-ignore
import { invalidValue } from './errors.js';
import { required } from './identifiers.js';
import { listInstanceClasses } from './instance-classes.js';
import { applyFilters, page } from './pages.js';
import { arnOf, type Rds } from './rds.js';
import type { Engine } from './resources.js';

const certificates = ['rds-ca-ecc384-g1', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1'];
const label: Readonly<Record<Engine, string>> = {
  postgres: 'PostgreSQL',
  'aurora-postgresql': 'Aurora PostgreSQL',
};

function targetView({ engine, version, major }: EngineVersion, from: EngineVersion): AwsStruct {
  return {
    Engine: engine,
    EngineVersion: version,
    Description: `${label[engine]} ${version}`,
    AutoUpgrade: false,
    IsMajorVersionUpgrade: major !== from.major,
    SupportedEngineModes: new XmlList('member', engine === 'postgres' ? [] : ['provisioned']),
  };
}

function view(rds: Rds, one: EngineVersion, majors: readonly number[]): AwsStruct {
  const { engine, version, major, available } = one;
  const isAurora = engine === 'aurora-postgresql';
  const range = isAurora ? serverlessRange(version) : undefined;
  return {
    Engine: engine,
    MajorEngineVersion: String(major),
    EngineVersion: version,
    DBParameterGroupFamily: familyOf(engine, version),
    DBEngineDescription: label[engine],
    DBEngineVersionDescription: `${label[engine]} ${version}`,
    DBEngineVersionArn: arnOf(rds, 'engine', `${engine}:${version}`),
    ValidUpgradeTarget: new XmlList(
      'UpgradeTarget',
      upgradeTargets(one, majors).map((target) => targetView(target, one)),
    ),
    ExportableLogTypes: new XmlList(
      'member',
      isAurora
        ? ['postgresql', 'instance', 'iam-db-auth-error']
        : ['postgresql', 'upgrade', 'iam-db-auth-error'],
    ),
    SupportsLogExportsToCloudwatchLogs: true,
    SupportsReadReplica: !isAurora,
    SupportedEngineModes: new XmlList('member', isAurora ? ['provisioned'] : []),
    SupportedFeatureNames: new XmlList(
      'member',
      isAurora ? ['Lambda', 's3Export', 's3Import'] : ['Lambda', 's3Export', 's3Import'],
    ),
    Status: available ? 'available' : 'deprecated',
    SupportsParallelQuery: false,
    SupportsGlobalDatabases: isAurora,
    SupportsBabelfish: false,
    SupportsCertificateRotationWithoutRestart: true,
    SupportedCACertificateIdentifiers: new XmlList('member', certificates),
    SupportsIntegrations: false,
    ServerlessV2FeaturesSupport: range && { MinCapacity: range.min, MaxCapacity: range.max },
  };
}

function select(input: AwsStruct, majors: readonly number[]): EngineVersion[] {
  const engine = optionalText(input, 'Engine');
  const version = optionalText(input, 'EngineVersion');
  const family = optionalText(input, 'DBParameterGroupFamily');
  const withOld = optionalFlag(input, 'IncludeAll') ?? false;
  if (engine !== undefined && !(engine in label)) throw invalidValue(`Unrecognized engine name: ${engine}`);
  let found = listEngineVersions(majors).filter((one) => withOld || one.available);
  if (engine !== undefined) found = found.filter((one) => one.engine === engine);
  if (version !== undefined)
    found = found.filter((one) => one.version === version || String(one.major) === version);
  if (family !== undefined) found = found.filter((one) => familyOf(one.engine, one.version) === family);
  if (!(optionalFlag(input, 'DefaultOnly') ?? false)) return found;
  return found.filter(
    (one) => compareVersions(defaultVersion(one.engine, majors).version, one.version) === 0,
  );
}

const describeVersions =
  (rds: Rds): Action =>
  async (input) => {
    const { majors } = await rds.runtime();
    const found = applyFilters(input, select(input, majors), {
      'db-parameter-group-family': ({ engine, version }) => [familyOf(engine, version)],
      engine: ({ engine }) => [engine],
      'engine-mode': ({ engine }) => (engine === 'postgres' ? [] : ['provisioned']),
      'engine-version': ({ version }) => [version],
      status: ({ available }) => [available ? 'available' : 'deprecated'],
    });
    return page(
      input,
      'DBEngineVersions',
      'DBEngineVersion',
      found.map((one) => view(rds, one, majors)),
    );
  };

function orderableView(rds: Rds, { engine, version }: EngineVersion, instanceClass: string): AwsStruct {
  const isAurora = engine === 'aurora-postgresql';
  const zones = ['a', 'b', 'c'].map((letter) => ({ Name: `${rds.context.region}${letter}` }));
  return {
    Engine: engine,
    EngineVersion: version,
    DBInstanceClass: instanceClass,
    LicenseModel: 'postgresql-license',
    AvailabilityZones: new XmlList('AvailabilityZone', zones),
    MultiAZCapable: !isAurora,
    ReadReplicaCapable: !isAurora,
    Vpc: true,
    SupportsStorageEncryption: true,
    StorageType: isAurora ? 'aurora' : 'gp3',
    SupportsIops: false,
    SupportsEnhancedMonitoring: true,
    SupportsIAMDatabaseAuthentication: true,
    SupportsPerformanceInsights: true,
    MinStorageSize: isAurora ? undefined : 20,
    MaxStorageSize: isAurora ? undefined : 65_536,
    SupportedEngineModes: new XmlList('member', ['provisioned']),
    SupportsStorageAutoscaling: !isAurora,
    SupportsClusters: isAurora,
    SupportedNetworkTypes: new XmlList('member', ['IPV4']),
  };
}

const describeOrderable =
  (rds: Rds): Action =>
  async (input) => {
    const engine = required(input, 'Engine');
    if (!(engine in label)) throw invalidValue(`Unrecognized engine name: ${engine}`);
    const { majors } = await rds.runtime();
    const wanted = optionalText(input, 'DBInstanceClass');
    const { Engine, EngineVersion } = input;
    const options = select({ Engine, EngineVersion }, majors).flatMap((one) =>
      listInstanceClasses(one.engine)
        .filter((name) => wanted === undefined || name === wanted)
        .filter((name) => name !== 'db.serverless' || serverlessRange(one.version) !== undefined)
        .map((name) => orderableView(rds, one, name)),
    );
    return page(input, 'OrderableDBInstanceOptions', 'OrderableDBInstanceOption', options);
  };

export const versionActions = (rds: Rds): Record<string, Action> => ({
  DescribeDBEngineVersions: describeVersions(rds),
  DescribeOrderableDBInstanceOptions: describeOrderable(rds),
});
