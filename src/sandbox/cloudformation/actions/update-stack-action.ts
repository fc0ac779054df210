import type { Action } from '../../service.js';
import { inBackground } from '../engine/background.js';
import type { Environment } from '../engine/environment.js';
import { startOperation } from '../engine/operation.js';
import { planChanges } from '../engine/plan-changes.js';
import { updateStack } from '../engine/update-stack.js';
import { setStackStatus } from '../stacks/record-event.js';
import type { Stack, StackSettings } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { answeredBefore, rememberToken } from './idempotency.js';
import { readSettings } from './read-settings.js';
import { flag, optionalText, requiredText } from './request.js';

/** States an update may start from. The others name what helps ("Stack … is in X state and can not be updated."). */
const updatable = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
  'UPDATE_FAILED',
]);

export function updateStackAction(env: Environment): Action {
  return async (input) => {
    const repeated = answeredBefore(env, 'UpdateStack', input);
    if (repeated) return { StackId: repeated.id };
    const stack = env.store.get(requiredText(input, 'StackName'));
    requireUpdatable(stack);
    const settings = await readSettings(env, input, stack.settings);
    requireSameTypes(stack, settings);
    const changes = await planChanges(env, stack, settings);
    if (changes.length === 0) throw validationError('No updates are to be performed.');
    requireUpdatable(stack);
    rememberToken(stack, 'UpdateStack', input);
    stack.disableRollback = flag(input, 'DisableRollback');
    beginUpdate(env, stack, settings, optionalText(input, 'ClientRequestToken'));
    return { StackId: stack.id };
  };
}

/** Throws `ValidationError` for a stack that is busy or beyond updates. */
export function requireUpdatable(stack: Stack): void {
  if (!updatable.has(stack.status))
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** Throws `ValidationError` when a logical id changes its type. */
export function requireSameTypes(stack: Stack, settings: StackSettings): void {
  const changed = [...stack.resources.values()].filter(
    ({ logicalId, type }) => (settings.template.resources.get(logicalId)?.type ?? type) !== type,
  );
  if (changed.length > 0)
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.map(({ logicalId }) => logicalId).join(', ')}]`,
    );
}

/** Starts the update of a stack towards `settings`. */
export function beginUpdate(
  env: Environment,
  stack: Stack,
  settings: StackSettings,
  token: string | undefined,
): void {
  const before = {
    settings: stack.settings ?? settings,
    resources: new Map(stack.resources),
    outputs: stack.outputs,
    imports: stack.imports,
  };
  for (const changeSet of stack.changeSets.values())
    if (changeSet.executionStatus === 'AVAILABLE') changeSet.executionStatus = 'OBSOLETE';
  stack.settings = settings;
  stack.updatedAt = env.context.clock.now();
  setStackStatus(env.context, stack, 'UPDATE_IN_PROGRESS', 'User Initiated', token);
  inBackground(
    env,
    stack,
    async () => updateStack(await startOperation(env, stack, settings, token), before),
    (reason) => {
      stack.settings = before.settings;
      setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason, token);
      setStackStatus(env.context, stack, 'UPDATE_ROLLBACK_COMPLETE', undefined, token);
    },
  );
}
