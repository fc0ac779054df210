import { optionalText } from '../services/read-input.js';
import type { Action, AwsStruct } from '../service.js';
import { addInstance, requireRoomForInstance } from './add-instance.js';
import { newAttributes } from './attributes.js';
import { bringUpInstance } from './bring-up.js';
import { createMember } from './create-member.js';
import { Database } from './database.js';
import { resolveVersion } from './engine-versions.js';
import { invalidCombination, invalidValue } from './errors.js';
import {
  databaseName,
  databasePort,
  masterPassword,
  masterUsername,
  newIdentifier,
  required,
} from './identifiers.js';
import { readInstanceClass } from './read-instance-class.js';
import { instanceView } from './instance-view.js';
import { chooseSecurityGroups, chooseSubnetGroup } from './network.js';
import { chooseParameterGroup } from './parameter-groups.js';
import type { Rds } from './rds.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import type { DbInstance } from './resources.js';
import { readTags } from './tags.js';

function readStorage(input: AwsStruct): void {
  const size = Number(optionalText(input, 'AllocatedStorage') ?? 0);
  const type = optionalText(input, 'StorageType') ?? 'gp2';
  const smallest = /^io/.test(type) ? 100 : 20;
  if (!(size >= smallest && size <= 65_536)) {
    throw invalidValue(`Invalid storage size for engine name postgres and storage type ${type}: ${size}`);
  }
}

async function addRdsInstance(
  rds: Rds,
  input: AwsStruct,
  identifier: string,
): Promise<{ instance: DbInstance; password: string }> {
  const runtime = await rds.runtime();
  const { version, major } = resolveVersion('postgres', optionalText(input, 'EngineVersion'), runtime.majors);
  const instanceClass = readInstanceClass(input, { engine: 'postgres', version });
  readStorage(input);
  const password = masterPassword(input, 128);
  if (password === undefined)
    throw invalidValue('The parameter MasterUserPassword must be provided and must not be blank.');
  const name = { masterUsername: masterUsername(input), databaseName: databaseName(input, 'DBName') };
  const subnetGroup = await chooseSubnetGroup(rds, input);
  const securityGroups = await chooseSecurityGroups(rds, input, subnetGroup.vpcId);
  const listener = await runtime.allotAddress(databasePort(input), `db:${identifier}`);
  const instance = addInstance(rds, {
    ...name,
    identifier,
    engine: 'postgres',
    engineVersion: version,
    instanceClass,
    database: new Database(runtime, major, listener),
    clusterIdentifier: undefined,
    subnetGroup: subnetGroup.name,
    securityGroups,
    parameterGroup: chooseParameterGroup(rds, 'instance', input, 'postgres', version),
    attributes: { AvailabilityZone: subnetGroup.subnets[0]?.zone, ...newAttributes(input, 'instance') },
    tags: readTags(input),
  });
  return { instance, password };
}

/** CreateDBInstance: an RDS instance, or a member of an Aurora cluster. */
export const createInstance =
  (rds: Rds): Action =>
  async (input) => {
    const identifier = newIdentifier(input, 'DBInstanceIdentifier');
    requireRoomForInstance(rds, identifier);
    if (optionalText(input, 'DBClusterIdentifier') !== undefined) {
      return { DBInstance: instanceView(rds, await createMember(rds, input, identifier)) };
    }
    const engine = required(input, 'Engine');
    if (engine === 'aurora-postgresql')
      throw invalidCombination('DBClusterIdentifier is required for engine aurora-postgresql.');
    if (engine !== 'postgres') throw invalidValue(`Invalid DB engine: ${engine}`);
    refuseUnsupported(input, [
      'ManageMasterUserPassword',
      'Domain',
      'CustomIamInstanceProfile',
      'DBSystemId',
    ]);
    const { instance, password } = await addRdsInstance(rds, input, identifier);
    const { masterUsername: username, databaseName: database } = instance;
    bringUpInstance(rds, instance, () => instance.database.create({ username, password, database }));
    return { DBInstance: instanceView(rds, instance) };
  };
