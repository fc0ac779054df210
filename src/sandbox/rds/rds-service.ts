import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresInstallation } from '../../process/postgres-installations.js';
import { createCertificateAuthority } from '../postgres/certificate-authority.js';
import { PostgresRuntime } from '../postgres/postgres-runtime.js';
import type { SandboxContext, ScriptedState, Service } from '../service.js';
import { createInstance } from './create-instance.js';
import { deleteInstance } from './delete-instance.js';
import { describeInstances } from './describe-instances.js';
import { EventLog } from './event-log.js';
import { Lifecycle } from './lifecycle.js';
import { ParameterCatalogue } from './parameter-catalogue.js';
import { rebootInstance, startInstance, stopInstance } from './power-instance.js';
import type { Rds } from './rds.js';
import { ScriptedStates } from './scripted-states.js';
import { Store } from './store.js';
import { subnetGroupActions } from './subnet-group-actions.js';

export interface RdsOptions {
  /** Which PostgreSQL to run; those of this machine when absent. */
  readonly findInstallations?: () => Promise<PostgresInstallation[]>;
  /** Where templates of data directories are kept between sandboxes; the system's temporary folder when absent. */
  readonly cache?: string;
}

/** File in the sandbox's folder that verifies the certificates of all its databases. */
export const caFileName = 'ca.pem';

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
    actions: actionsOf(rds),
    scriptState: (state) => {
      scriptState(rds, state);
    },
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
  RebootDBInstance: rebootInstance(rds),
  StartDBInstance: startInstance(rds),
  StopDBInstance: stopInstance(rds),
  ...subnetGroupActions(rds),
});

function scriptState({ store, scripted }: Rds, state: ScriptedState): void {
  const identifier = state.identifier.toLowerCase();
  const resources = [store.instances, store.clusters, store.snapshots, store.clusterSnapshots];
  const exists = resources.some((map) => map.get(identifier)?.kind === state.resource);
  scripted.script(state, exists);
}
