import { optionalText } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { addInstance, requireRoomForInstance } from './add-instance.js';
import { newAttributes } from './attributes.js';
import { bringUpInstance } from './bring-up.js';
import { Database } from './database.js';
import { majorOf } from './engine-versions.js';
import { invalidValue } from './errors.js';
import { databasePort, newIdentifier, required } from './identifiers.js';
import { instanceView } from './instance-view.js';
import { chooseSecurityGroups, chooseSubnetGroup } from './network.js';
import { chooseParameterGroup } from './parameter-groups.js';
import { readInstanceClass } from './read-instance-class.js';
import { statusOf, type Rds } from './rds.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import type { DbInstance, Snapshot } from './resources.js';
import { readTags } from './tags.js';

function findSnapshot(rds: Rds, input: AwsStruct): Snapshot {
  const snapshot = rds.store.snapshot(required(input, 'DBSnapshotIdentifier'));
  if (statusOf(rds, snapshot) !== 'available') {
    throw new AwsError(
      'InvalidDBSnapshotState',
      `Snapshot ${snapshot.identifier} is not in the available state.`,
    );
  }
  const engine = optionalText(input, 'Engine') ?? snapshot.engine;
  if (engine !== snapshot.engine)
    throw invalidValue(`Invalid DB engine: ${engine} for a snapshot of ${snapshot.engine}`);
  return snapshot;
}

async function addRestored(
  rds: Rds,
  input: AwsStruct,
  identifier: string,
  snapshot: Snapshot,
): Promise<DbInstance> {
  const { engine, engineVersion, masterUsername, databaseName } = snapshot;
  const runtime = await rds.runtime();
  const defaults = { DBInstanceClass: 'db.t4g.micro', ...input };
  const instanceClass = readInstanceClass(defaults, { engine, version: engineVersion });
  const subnetGroup = await chooseSubnetGroup(rds, input);
  const securityGroups = await chooseSecurityGroups(rds, input, subnetGroup.vpcId);
  const listener = await runtime.allotAddress(databasePort(input, 'Port', snapshot.port), `db:${identifier}`);
  const { AvailabilityZone: _, ...inherited } = snapshot.attributes;
  return addInstance(rds, {
    identifier,
    engine,
    engineVersion,
    instanceClass,
    masterUsername,
    databaseName,
    database: new Database(runtime, majorOf(engineVersion), listener),
    clusterIdentifier: undefined,
    subnetGroup: subnetGroup.name,
    securityGroups,
    parameterGroup: chooseParameterGroup(rds, 'instance', input, engine, engineVersion),
    attributes: {
      AvailabilityZone: subnetGroup.subnets[0]?.zone,
      ...newAttributes(input, 'instance'),
      ...inherited,
    },
    tags: readTags(input),
  });
}

/** RestoreDBInstanceFromDBSnapshot: data and users are the snapshot's; groups and windows are the request's or defaults. */
export const restoreInstance =
  (rds: Rds): Action =>
  async (input) => {
    const identifier = newIdentifier(input, 'DBInstanceIdentifier');
    requireRoomForInstance(rds, identifier);
    refuseUnsupported(input, ['DBClusterSnapshotIdentifier', 'ManageMasterUserPassword', 'Domain', 'DBName']);
    const snapshot = findSnapshot(rds, input);
    const instance = await addRestored(rds, input, identifier, snapshot);
    bringUpInstance(rds, instance, async () => {
      if (!snapshot.volume) throw new Error(`snapshot ${snapshot.identifier} has no storage`);
      await instance.database.restore(snapshot.volume);
    });
    return { DBInstance: instanceView(rds, instance) };
  };
