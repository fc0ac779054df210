import { AwsError, type AwsStruct } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import type { ChangeSet } from '../stacks/change-set.js';
import type { Stack } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { optionalText, requiredText } from './request.js';

/** The change set a request names, by ARN or by name and stack. Throws `ChangeSetNotFound`. */
export function changeSetOf(env: Environment, input: AwsStruct): { stack: Stack; changeSet: ChangeSet } {
  const name = requiredText(input, 'ChangeSetName');
  if (name.startsWith('arn:')) {
    for (const stack of env.store.all()) {
      const changeSet = stack.changeSets.get(name);
      if (changeSet) return { stack, changeSet };
    }
    throw notFound(name);
  }
  const stackName = optionalText(input, 'StackName');
  if (stackName === undefined)
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  const stack = env.store.get(stackName);
  const changeSet = [...stack.changeSets.values()].find((one) => one.name === name);
  if (!changeSet) throw notFound(name);
  return { stack, changeSet };
}

function notFound(name: string): AwsError {
  return new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
}
