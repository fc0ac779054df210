import type { Action, AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import type { Environment } from '../engine/environment.js';
import { startOperation } from '../engine/operation.js';
import { rollBackUpdate } from '../engine/roll-back-update.js';
import { setStackStatus } from '../stacks/record-event.js';
import { validationError } from '../template/template-error.js';
import { answeredBefore, rememberToken } from './idempotency.js';
import { flag, givenTexts, optionalText, requiredText } from './request.js';

/** Actions that steer a stack that is there. */
export function stackControlActions(env: Environment): Readonly<Record<string, Action>> {
  return {
    UpdateTerminationProtection: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      requiredText(input, 'EnableTerminationProtection');
      stack.terminationProtection = flag(input, 'EnableTerminationProtection');
      return { StackId: stack.id };
    },
    GetStackPolicy: (input) => ({ StackPolicyBody: env.store.get(requiredText(input, 'StackName')).policy }),
    SetStackPolicy: (input) => {
      env.store.get(requiredText(input, 'StackName')).policy = requiredText(input, 'StackPolicyBody');
      return {};
    },
    CancelUpdateStack: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      if (stack.status !== 'UPDATE_IN_PROGRESS')
        throw validationError(`CancelUpdateStack cannot be called from current stack status ${stack.status}`);
      stack.isCancelled = true;
      return {};
    },
    ContinueUpdateRollback: (input) => continueUpdateRollback(env, input),
  };
}

/** Tries the rollback of a failed update again, leaving `ResourcesToSkip` as they are. */
function continueUpdateRollback(env: Environment, input: AwsStruct): AwsStruct {
  if (answeredBefore(env, 'ContinueUpdateRollback', input)) return {};
  const stack = env.store.get(requiredText(input, 'StackName'));
  const before = stack.pendingRollback;
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || !before)
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not continue rollback.`);
  const skip = givenTexts(input, 'ResourcesToSkip') ?? [];
  const wrong = skip.filter((name) => stack.resources.get(name)?.status !== 'UPDATE_FAILED');
  if (wrong.length > 0)
    throw validationError(`ResourcesToSkip must be in UPDATE_FAILED state: [${wrong.join(', ')}]`);
  rememberToken(stack, 'ContinueUpdateRollback', input);
  const token = optionalText(input, 'ClientRequestToken');
  setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated', token);
  inBackground(
    env,
    stack,
    async () =>
      rollBackUpdate(await startOperation(env, stack, before.settings, token), before, new Set(skip)),
    (reason) => setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_FAILED', reason, token),
  );
  return {};
}
