import type { ResourceStates } from './poll.js';

const states = (success: readonly string[], failure: readonly string[]): ResourceStates => ({
  success: new Set(success),
  failure: new Set(failure),
});

/**
 * Terminal states of a DB cluster: those of AWS's CloudFormation handler, and four that never lead to `available` by
 * themselves. Source: "Viewing DB cluster status" (Aurora User Guide).
 */
export const clusterAvailable = states(
  ['available'],
  [
    'cloning-failed',
    'deleted',
    'deleting',
    'failed',
    'inaccessible-encryption-credentials',
    'inaccessible-encryption-credentials-recoverable',
    'incompatible-network',
    'incompatible-parameters',
    'incompatible-restore',
    'migration-failed',
    'restore-failed',
    'stopped',
    'upgrade-failed',
    'upgrade_failed',
  ],
);

/**
 * Terminal states of a DB instance, from the same handler. `storage-full` is none. `incompatible-parameters` can pass
 * on Serverless v2 when memory ran out at the maximum capacity, but only after somebody raises it.
 * Source: "Viewing DB instance status" (RDS User Guide).
 */
export const instanceAvailable = states(
  ['available', 'storage-optimization'],
  [
    'deleted',
    'deleting',
    'failed',
    'inaccessible-encryption-credentials',
    'inaccessible-encryption-credentials-recoverable',
    'incompatible-create',
    'incompatible-credentials',
    'incompatible-network',
    'incompatible-option-group',
    'incompatible-parameters',
    'incompatible-restore',
    'insufficient-capacity',
    'modify-failed',
    'restore-error',
    'stopped',
    'upgrade-failed',
    'upgrade_failed',
  ],
);

/**
 * States of a DB snapshot. AWS lists none; `deleting`, `deleted` and `failed` come from its waiters, `unavailable` from
 * "Upgrades of the RDS for PostgreSQL DB snapshot engine version", the other two from encryption that cannot be used.
 */
export const snapshotAvailable = states(
  ['available'],
  [
    'deleted',
    'deleting',
    'failed',
    'unavailable',
    'inaccessible-encryption-credentials',
    'incompatible-restore',
  ],
);

/** Waiting for the end of a cluster, an instance or a snapshot: any state may be seen for a while after the delete was accepted. */
export const databaseGone = states(['deleted'], []);

/** Source: StackStatus in the CloudFormation API reference. */
const stackTroubles = [
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'DELETE_FAILED',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_COMPLETE',
  'IMPORT_ROLLBACK_FAILED',
];
const stackSuccesses = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE'];

/** The end of a create or an update that brought what was wanted. */
export const stackDeployed = states(stackSuccesses, [
  ...stackTroubles,
  'DELETE_COMPLETE',
  'REVIEW_IN_PROGRESS',
]);

/** The end of any operation, good or bad. */
export const stackSettled = states(
  [...stackSuccesses, ...stackTroubles, 'DELETE_COMPLETE', 'REVIEW_IN_PROGRESS'],
  [],
);

export const stackGone = states(['DELETE_COMPLETE'], ['DELETE_FAILED']);

export const driftDetected = states(['DETECTION_COMPLETE'], ['DETECTION_FAILED']);

/** A change set that has been worked out; one without changes ends in FAILED and is told apart by its reason. */
export const changeSetWorkedOut = states(['CREATE_COMPLETE', 'FAILED'], ['DELETE_COMPLETE', 'DELETE_FAILED']);
