import type { SandboxContext, Service } from '../service.js';
import { changeSetActions } from './actions/change-set-actions.js';
import { createStackAction } from './actions/create-stack-action.js';
import { deleteStackAction } from './actions/delete-stack-action.js';
import { describeActions } from './actions/describe-actions.js';
import { exportActions } from './actions/export-actions.js';
import { templateActions } from './actions/template-actions.js';
import { updateStackAction } from './actions/update-stack-action.js';
import { driftActions } from './actions/drift-actions.js';
import { stackControlActions } from './actions/stack-control-actions.js';
import type { Environment } from './engine/environment.js';
import { resourceProviders } from './providers/resource-providers.js';
import { StackStore } from './stacks/stack-store.js';

/** CloudFormation of the sandbox: stacks, change sets and the resource types a database stack uses. */
export function createCloudFormationService(context: SandboxContext): Service {
  const env: Environment = { context, store: new StackStore(), providers: resourceProviders() };
  return {
    name: 'cloudformation',
    protocol: 'query',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    actions: {
      CreateStack: createStackAction(env),
      UpdateStack: updateStackAction(env),
      DeleteStack: deleteStackAction(env),
      ...describeActions(env),
      ...changeSetActions(env),
      ...templateActions(env),
      ...exportActions(env),
      ...stackControlActions(env),
      ...driftActions(env),
    },
  };
}
