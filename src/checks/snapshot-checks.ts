import { managedPasswordCheck } from './managed-password.js';
import type { ReadinessCheck } from './readiness-check.js';
import { restoringDeploymentCheck } from './restoring-deployment.js';
import { createShippedExtensionsCheck, type ReadExtensions } from './shipped-extensions.js';
import { createUnloggedTablesCheck, type ListUnloggedTables } from './unlogged-tables.js';

export interface SnapshotCheckDeps {
  readonly listUnloggedTables: ListUnloggedTables;
  readonly readExtensions: ReadExtensions;
}

/** What stands in the way of a snapshot alone. */
export function createSnapshotChecks(deps: SnapshotCheckDeps): readonly ReadinessCheck[] {
  return [
    restoringDeploymentCheck,
    managedPasswordCheck,
    createUnloggedTablesCheck(deps.listUnloggedTables),
    createShippedExtensionsCheck(deps.readExtensions),
  ];
}
