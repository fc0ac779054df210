import type { AwsClients } from './aws-clients.js';
import { createChangeSetCalls, type ChangeSetCalls } from './cloudformation-change-sets.js';
import { createDriftCalls, type DriftCalls } from './cloudformation-drift.js';
import { createStackDetailCalls, type StackDetailCalls } from './cloudformation-stack-details.js';
import { createStackCalls, type StackCalls } from './cloudformation-stacks.js';

/** CloudFormation in our words. */
export type CloudFormationGateway = StackCalls & StackDetailCalls & ChangeSetCalls & DriftCalls;

export function createCloudFormationGateway(
  clients: Pick<AwsClients, 'cloudFormation'>,
): CloudFormationGateway {
  return {
    ...createStackCalls(clients),
    ...createStackDetailCalls(clients),
    ...createChangeSetCalls(clients),
    ...createDriftCalls(clients),
  };
}
