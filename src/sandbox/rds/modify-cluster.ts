import { optionalFlag, optionalText } from '../services/read-input.js';
import type { Action, AwsStruct } from '../service.js';
import { changedAttributes } from './attributes.js';
import { clusterView } from './cluster-view.js';
import { invalidClusterState } from './errors.js';
import { masterPassword, required } from './identifiers.js';
import { minutes, seconds } from './lifecycle.js';
import { changeLogExports } from './log-exports.js';
import { chooseSecurityGroups } from './network.js';
import { chooseParameterGroup, groupMember } from './parameter-groups.js';
import { statusOf, type Rds } from './rds.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import type { DbCluster } from './resources.js';
import { settingsOf } from './running-settings.js';
import { readScaling } from './scaling.js';
import { upgradedVersion } from './upgrade.js';

const unsupportedChanges = [
  'NewDBClusterIdentifier',
  'ManageMasterUserPassword',
  'Port',
  'Domain',
  'EnableGlobalWriteForwarding',
  'DBClusterInstanceClass',
];

async function upgrade(rds: Rds, cluster: DbCluster, version: string): Promise<void> {
  cluster.engineVersion = version;
  const members = cluster.members
    .map((member) => rds.store.instances.get(member))
    .filter((one) => one !== undefined);
  for (const member of members) member.engineVersion = version;
  const [writer] = members;
  if (writer) await cluster.database.reboot(settingsOf(rds, writer, 'start'));
}

interface Work {
  readonly password: string | undefined;
  readonly version: string | undefined;
}

function beginChange(rds: Rds, cluster: DbCluster, { password, version }: Work): void {
  rds.lifecycle.begin(cluster, 'failed', async ({ wait, become }) => {
    // The call returns before the state changes: whoever looks at once still sees `available`.
    await wait(seconds(10));
    if (password !== undefined) {
      become('resetting-master-credentials');
      await cluster.database.setPassword(cluster.masterUsername, password);
      await wait(seconds(30));
      rds.events.add(cluster, 'configuration change', 'Reset master credentials');
    }
    if (version !== undefined) {
      become('upgrading');
      await wait(minutes(5));
      await upgrade(rds, cluster, version);
    }
    cluster.pending = {};
    become('available');
  });
}

/** Settings that change while the cluster runs and without a state of their own. */
async function applyNow(rds: Rds, cluster: DbCluster, input: AwsStruct): Promise<void> {
  const { version } = { version: cluster.engineVersion };
  const scaling = readScaling(input, version, cluster.scaling);
  const group = optionalText(input, groupMember('cluster'));
  const parameterGroup =
    group === undefined ? undefined : chooseParameterGroup(rds, 'cluster', input, cluster.engine, version);
  const vpcId = rds.store.subnetGroups.get(cluster.subnetGroup)?.vpcId ?? '';
  const securityGroups =
    input['VpcSecurityGroupIds'] === undefined ? undefined : await chooseSecurityGroups(rds, input, vpcId);
  Object.assign(
    cluster.attributes,
    changedAttributes(input, 'cluster'),
    changeLogExports(input, cluster.attributes),
  );
  cluster.scaling = scaling;
  cluster.securityGroups = securityGroups ?? cluster.securityGroups;
  for (const member of cluster.members.map((one) => rds.store.instances.get(one))) {
    if (!member) continue;
    member.securityGroups = cluster.securityGroups;
    if (parameterGroup !== undefined && parameterGroup !== cluster.parameterGroup)
      member.parameterApplyStatus = 'pending-reboot';
  }
  cluster.parameterGroup = parameterGroup ?? cluster.parameterGroup;
}

/** ModifyDBCluster. A new password applies at once whatever ApplyImmediately says (RDS API Reference). */
export const modifyCluster =
  (rds: Rds): Action =>
  async (input) => {
    const cluster = rds.store.cluster(required(input, 'DBClusterIdentifier'));
    const status = statusOf(rds, cluster);
    if (status !== 'available')
      throw invalidClusterState(
        `DB cluster ${cluster.identifier} is not in the available state (it is ${status}).`,
      );
    refuseUnsupported(input, unsupportedChanges);
    const password = masterPassword(input, 41);
    const asked = await upgradedVersion(rds, cluster, input);
    const isImmediate = optionalFlag(input, 'ApplyImmediately') ?? false;
    await applyNow(rds, cluster, input);
    cluster.pending = {
      ...cluster.pending,
      ...(password === undefined ? {} : { MasterUserPassword: '****' }),
      ...(asked === undefined ? {} : { EngineVersion: asked }),
    };
    const version = isImmediate ? optionalText(cluster.pending, 'EngineVersion') : undefined;
    if (password !== undefined || version !== undefined) beginChange(rds, cluster, { password, version });
    return { DBCluster: clusterView(rds, cluster) };
  };
