import type { AwsGateways } from '../aws/aws-gateways.js';
import { createApplicationServiceCheck } from './application-service.js';
import { createFreeIdentifiersCheck } from './free-identifiers.js';
import { createQuotaCheck, type QuotaName } from './quota.js';
import type { ReadinessCheck, ReadinessContext } from './readiness-check.js';
import { createSourceSecretCheck } from './source-secret.js';
import { createStackStatesCheck } from './stack-states.js';
import { createTargetNetworkCheck } from './target-network.js';

/** In what the paths differ. */
export interface PathNeeds {
  /** What the path needs one more of. */
  readonly quotas: readonly QuotaName[];
  /** Whether the path gives the master password of the secret to the new cluster, which takes fewer than RDS does. */
  readonly setsMasterPassword: (context: ReadinessContext) => boolean;
}

/** All checks that ask AWS alone. */
export function createAwsChecks(aws: AwsGateways, needs: PathNeeds): readonly ReadinessCheck[] {
  return [
    createFreeIdentifiersCheck(aws.rds),
    createQuotaCheck(aws.rds, needs.quotas),
    createSourceSecretCheck(aws.secrets, needs.setsMasterPassword),
    createStackStatesCheck(aws.cloudFormation),
    createTargetNetworkCheck(aws),
    createApplicationServiceCheck(aws.ecs),
  ];
}

export const dumpRestoreNeeds: PathNeeds = {
  quotas: ['DBClusters', 'DBInstances'],
  setsMasterPassword: ({ config }) => config.target.deploy.api === true,
};

/** With its final snapshot. */
export const freshNeeds: PathNeeds = {
  ...dumpRestoreNeeds,
  quotas: ['DBClusters', 'DBInstances', 'ManualSnapshots'],
};

export const snapshotNeeds: PathNeeds = {
  quotas: ['DBClusters', 'DBInstances', 'ManualSnapshots'],
  setsMasterPassword: () => true,
};
