import type { AwsGateways } from '../aws/aws-gateways.js';
import { createApplicationServiceCheck } from './application-service.js';
import { createFreeIdentifiersCheck } from './free-identifiers.js';
import { createQuotaCheck } from './quota.js';
import type { ReadinessCheck } from './readiness-check.js';
import { createSourceSecretCheck } from './source-secret.js';
import { createStackStatesCheck } from './stack-states.js';
import { createTargetNetworkCheck } from './target-network.js';

/** All checks that ask AWS alone. */
export function createAwsChecks(aws: AwsGateways): readonly ReadinessCheck[] {
  return [
    createFreeIdentifiersCheck(aws.rds),
    createQuotaCheck(aws.rds),
    createSourceSecretCheck(aws.secrets),
    createStackStatesCheck(aws.cloudFormation),
    createTargetNetworkCheck(aws),
    createApplicationServiceCheck(aws.ecs),
  ];
}
