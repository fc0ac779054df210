import type { AwsGateways } from '../aws/aws-gateways.js';
import { createTargetChecks } from '../checks/target-checks.js';
import type { Config } from '../config/schema.js';
import type { CheckResult } from '../steps/refs.js';

/** The runbook's checks that ask AWS alone. What the configuration does not name is left out, not passed. */
export async function checkAws(
  aws: AwsGateways,
  { app, target: { stack, deploy, endpointOutput } }: Config,
  target: { readonly clusterIdentifier: string; readonly instanceIdentifier: string },
  since: Date,
): Promise<readonly CheckResult[]> {
  const checks = createTargetChecks(aws);
  const results = [
    await checks.checkCluster(target.clusterIdentifier),
    await checks.checkInstance(target.instanceIdentifier),
  ];
  if (stack !== undefined && deploy.api !== true)
    results.push(await checks.checkEndpoint(stack, endpointOutput, target.clusterIdentifier));
  if (app?.logGroup !== undefined && app.readyPattern !== undefined)
    results.push(await checks.checkLogs(app.logGroup, app.readyPattern, since));
  return results;
}
