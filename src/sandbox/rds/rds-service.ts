import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresInstallation } from '../../process/postgres-installations.js';
import { createCertificateAuthority } from '../postgres/certificate-authority.js';
import { PostgresRuntime } from '../postgres/postgres-runtime.js';
import { caFileName } from '../sandbox-environment.js';
import type { SandboxContext, ScriptedState, Service } from '../service.js';
import { accountActions } from './account-actions.js';
import { createCluster } from './create-cluster.js';
import { createInstance } from './create-instance.js';
import { deleteCluster } from './delete-cluster.js';
import { deleteInstance } from './delete-instance.js';
import { describeClusters } from './describe-clusters.js';
import { describeInstances } from './describe-instances.js';
import { EventLog } from './event-log.js';
import { Lifecycle } from './lifecycle.js';
import { modifyCluster } from './modify-cluster.js';
import { modifyInstance } from './modify-instance.js';
import { parameterActions } from './parameter-actions.js';
import { measureDatabases } from './measures.js';
import { ParameterCatalogue } from './parameter-catalogue.js';
import { parameterGroupActions } from './parameter-group-actions.js';
import { rebootInstance, startInstance, stopInstance } from './power-instance.js';
import { plantSnapshot } from './plant-snapshot.js';
import type { Rds } from './rds.js';
import { restoreCluster } from './restore-cluster.js';
import { restoreInstance } from './restore-instance.js';
import { ScriptedStates } from './scripted-states.js';
import { snapshotActions } from './snapshot-actions.js';
import { Store } from './store.js';
import { subnetGroupActions } from './subnet-group-actions.js';
import { tagActions } from './tag-actions.js';
import { refuseSystemTags } from './tags.js';
import { versionActions } from './version-actions.js';

export interface RdsOptions {
  /** Which PostgreSQL to run; those of this machine when absent. */
  readonly findInstallations?: () => Promise<PostgresInstallation[]>;
  /** Where templates of data directories are kept between sandboxes; the system's temporary folder when absent. */
  readonly cache?: string;
}

/** Amazon RDS with real PostgreSQL servers behind it. */
export function createRdsService(context: SandboxContext, options: RdsOptions = {}): Service {
  const { directory, clock } = context;
  const authority = createCertificateAuthority();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, caFileName), authority.certificate);
  let runtime: Promise<PostgresRuntime> | undefined;
  const rds: Rds = {
    context,
    store: new Store(),
    events: new EventLog(clock),
    scripted: new ScriptedStates(clock),
    lifecycle: new Lifecycle(context),
    parameters: new ParameterCatalogue(async (major) => (await rds.runtime()).describeConfiguration(major)),
    runtime: () => (runtime ??= PostgresRuntime.create({ directory, authority, ...options })),
  };
  return {
    name: 'rds',
    protocol: 'query',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
    actions: Object.fromEntries(
      Object.entries(actionsOf(rds)).map(([name, action]) => [name, refuseSystemTags(action)]),
    ),
    metrics: () => measureDatabases(rds),
    scriptState: (state) => {
      scriptState(rds, state);
    },
    plantSnapshot: (planted) => plantSnapshot(rds, planted),
    stop: async () => {
      rds.lifecycle.stop();
      await (await runtime)?.stop();
    },
  };
}

const actionsOf = (rds: Rds): Service['actions'] => ({
  CreateDBInstance: createInstance(rds),
  DeleteDBInstance: deleteInstance(rds),
  DescribeDBInstances: describeInstances(rds),
  ModifyDBInstance: modifyInstance(rds),
  RebootDBInstance: rebootInstance(rds),
  RestoreDBInstanceFromDBSnapshot: restoreInstance(rds),
  StartDBInstance: startInstance(rds),
  StopDBInstance: stopInstance(rds),
  CreateDBCluster: createCluster(rds),
  DeleteDBCluster: deleteCluster(rds),
  DescribeDBClusters: describeClusters(rds),
  ModifyDBCluster: modifyCluster(rds),
  RestoreDBClusterFromSnapshot: restoreCluster(rds),
  ...snapshotActions(rds),
  ...subnetGroupActions(rds),
  ...parameterGroupActions(rds),
  ...parameterActions(rds),
  ...versionActions(rds),
  ...tagActions(rds),
  ...accountActions(rds),
});

function scriptState({ store, scripted }: Rds, state: ScriptedState): void {
  const identifier = state.identifier.toLowerCase();
  const resources = [store.instances, store.clusters, store.snapshots, store.clusterSnapshots];
  const exists = resources.some((map) => map.get(identifier)?.kind === state.resource);
  scripted.script(state, exists);
}
