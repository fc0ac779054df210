import { optionalFlag, optionalText } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { changedAttributes } from './attributes.js';
import { changeLogExports } from './log-exports.js';
import { startFailure } from './bring-up.js';
import { upgradedVersion } from './upgrade.js';
import { invalidCombination } from './errors.js';
import { masterPassword, required } from './identifiers.js';
import { instanceView } from './instance-view.js';
import { minutes, seconds } from './lifecycle.js';
import { chooseSecurityGroups } from './network.js';
import { chooseParameterGroup, groupMember } from './parameter-groups.js';
import { requireInstanceState } from './power-instance.js';
import { readInstanceClass } from './read-instance-class.js';
import type { Rds } from './rds.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import type { Attributes, DbInstance } from './resources.js';
import { leaderOf, settingsOf } from './running-settings.js';

/** What waits for the maintenance window unless ApplyImmediately is set (RDS User Guide, "Settings for DB instances"). */
const deferrable = [
  'AllocatedStorage',
  'StorageType',
  'Iops',
  'StorageThroughput',
  'MultiAZ',
  'BackupRetentionPeriod',
];

const ofCluster = [
  'MasterUserPassword',
  'BackupRetentionPeriod',
  'EngineVersion',
  'DeletionProtection',
  'AllocatedStorage',
  'VpcSecurityGroupIds',
];

interface Change {
  /** Done with the call, whatever ApplyImmediately says. */
  readonly now: Attributes;
  /** Done soon, or with the maintenance window. */
  readonly later: Attributes;
  readonly password: string | undefined;
  readonly securityGroups: string[] | undefined;
  readonly parameterGroup: string | undefined;
}

async function readChange(rds: Rds, instance: DbInstance, input: AwsStruct): Promise<Change> {
  refuseUnsupported(input, [
    'NewDBInstanceIdentifier',
    'ManageMasterUserPassword',
    'DBPortNumber',
    'DBSubnetGroupName',
    'Domain',
    'Engine',
  ]);
  if (instance.clusterIdentifier !== undefined) {
    const misplaced = ofCluster.find((member) => input[member] !== undefined && input[member] !== '');
    if (misplaced)
      throw invalidCombination(
        `The requested DB Instance is a member of a DB Cluster. Set ${misplaced} with ModifyDBCluster.`,
      );
  }
  const attributes = changedAttributes(input, 'instance');
  const later = Object.fromEntries(Object.entries(attributes).filter(([name]) => deferrable.includes(name)));
  const now = Object.fromEntries(Object.entries(attributes).filter(([name]) => !deferrable.includes(name)));
  const { engine } = instance;
  if (optionalText(input, 'DBInstanceClass') !== undefined) {
    const instanceClass = readInstanceClass(input, { engine, version: instance.engineVersion });
    if (instanceClass !== instance.instanceClass) later['DBInstanceClass'] = instanceClass;
  }
  const version = await upgradedVersion(rds, instance, input);
  if (version !== undefined) later['EngineVersion'] = version;
  const vpcId = rds.store.subnetGroups.get(instance.subnetGroup)?.vpcId ?? '';
  return {
    now: { ...now, ...changeLogExports(input, instance.attributes) },
    later,
    password: masterPassword(input, 128),
    securityGroups:
      input['VpcSecurityGroupIds'] === undefined ? undefined : await chooseSecurityGroups(rds, input, vpcId),
    parameterGroup:
      optionalText(input, groupMember('instance')) === undefined
        ? undefined
        : chooseParameterGroup(rds, 'instance', input, engine, version ?? instance.engineVersion),
  };
}

async function applyLater(rds: Rds, instance: DbInstance, later: Attributes): Promise<void> {
  const { DBInstanceClass, EngineVersion, ...attributes } = later;
  Object.assign(instance.attributes, attributes);
  if (typeof EngineVersion === 'string') instance.engineVersion = EngineVersion;
  if (typeof DBInstanceClass === 'string') instance.instanceClass = DBInstanceClass;
  const isLeader = leaderOf(rds, instance) === instance;
  if (isLeader && (DBInstanceClass ?? EngineVersion))
    await instance.database.reboot(settingsOf(rds, instance, 'start'));
}

function beginChange(
  rds: Rds,
  instance: DbInstance,
  { later, password }: Pick<Change, 'later' | 'password'>,
): void {
  rds.lifecycle.begin(instance, startFailure(rds, instance), async ({ wait, become }) => {
    // The call returns before the state changes: whoever looks at once still sees `available`.
    await wait(seconds(10));
    if (password !== undefined) {
      become('resetting-master-credentials');
      await instance.database.setPassword(instance.masterUsername, password);
      await wait(seconds(30));
      rds.events.add(instance, 'configuration change', 'Reset master credentials');
    }
    if (Object.keys(later).length > 0) {
      become(later['EngineVersion'] === undefined ? 'modifying' : 'upgrading');
      await wait(minutes(2));
      await applyLater(rds, instance, later);
    }
    instance.pending = {};
    become('available');
  });
}

/** ModifyDBInstance. A password and most settings change at once; what costs a restart may wait. */
export const modifyInstance =
  (rds: Rds): Action =>
  async (input) => {
    const instance = rds.store.instance(required(input, 'DBInstanceIdentifier'));
    requireInstanceState(rds, instance, 'available', 'storage-full', 'incompatible-parameters');
    const change = await readChange(rds, instance, input);
    if (rds.store.instances.get(instance.identifier) !== instance)
      throw new AwsError('DBInstanceNotFound', 'gone', 404);
    Object.assign(instance.attributes, change.now);
    instance.securityGroups = change.securityGroups ?? instance.securityGroups;
    if (change.parameterGroup !== undefined && change.parameterGroup !== instance.parameterGroup) {
      instance.parameterGroup = change.parameterGroup;
      instance.parameterApplyStatus = 'pending-reboot';
    }
    const isImmediate = optionalFlag(input, 'ApplyImmediately') ?? false;
    const { later, password } = change;
    instance.pending = {
      ...instance.pending,
      ...later,
      ...(password === undefined ? {} : { MasterUserPassword: '****' }),
    };
    const { MasterUserPassword: _, ...due } = instance.pending;
    const soon = isImmediate ? due : {};
    if (password !== undefined || Object.keys(soon).length > 0)
      beginChange(rds, instance, { later: soon, password });
    return { DBInstance: instanceView(rds, instance) };
  };
