import { validationError } from '../template/template-error.js';
import type { Action, AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import { createStack, type OnFailure } from '../engine/create-stack.js';
import type { Environment } from '../engine/environment.js';
import { startOperation } from '../engine/operation.js';
import { setStackStatus } from '../stacks/record-event.js';
import type { Stack, StackSettings } from '../stacks/stack.js';
import { answeredBefore, rememberToken } from './idempotency.js';
import { newStack } from './new-stack.js';
import { readSettings } from './read-settings.js';
import { flag, optionalText } from './request.js';

export function createStackAction(env: Environment): Action {
  return async (input) => {
    const repeated = answeredBefore(env, 'CreateStack', input);
    if (repeated) return { StackId: repeated.id };
    const onFailure = onFailureOf(input);
    const settings = await readSettings(env, input, undefined);
    const stack = newStack(env, input);
    rememberToken(stack, 'CreateStack', input);
    beginCreate(env, stack, settings, onFailure, optionalText(input, 'ClientRequestToken'));
    return { StackId: stack.id };
  };
}

/** Starts the creation of a stack that has no resources yet. */
export function beginCreate(
  env: Environment,
  stack: Stack,
  settings: StackSettings,
  onFailure: OnFailure,
  token: string | undefined,
): void {
  stack.settings = settings;
  setStackStatus(env.context, stack, 'CREATE_IN_PROGRESS', 'User Initiated', token);
  inBackground(
    env,
    stack,
    async () => createStack(await startOperation(env, stack, settings, token), onFailure),
    (reason) => {
      setStackStatus(
        env.context,
        stack,
        'ROLLBACK_IN_PROGRESS',
        `${reason} Rollback requested by user.`,
        token,
      );
      setStackStatus(env.context, stack, 'ROLLBACK_COMPLETE', undefined, token);
    },
  );
}

function onFailureOf(input: AwsStruct): OnFailure {
  const value = optionalText(input, 'OnFailure');
  if (value !== undefined && input['DisableRollback'] !== undefined)
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
  if (flag(input, 'DisableRollback')) return 'DO_NOTHING';
  if (value === undefined || value === 'ROLLBACK' || value === 'DELETE' || value === 'DO_NOTHING')
    return value ?? 'ROLLBACK';
  throw validationError(
    `1 validation error detected: Value '${value}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]`,
  );
}
