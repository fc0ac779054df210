import type { Action, AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import { removeStack } from '../engine/delete-stack.js';
import type { Environment } from '../engine/environment.js';
import { startOperation } from '../engine/operation.js';
import { setStackStatus } from '../stacks/record-event.js';
import type { Stack, StackSettings } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { givenTexts, optionalText, requiredText } from './request.js';

export function deleteStackAction(env: Environment): Action {
  return (input) => {
    const stack = env.store.find(requiredText(input, 'StackName'));
    // Deleting what is not there, or deleting twice, is no error (DeleteStack).
    if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {};
    const retain = givenTexts(input, 'RetainResources') ?? [];
    const force = forceOf(input);
    if (stack.terminationProtection)
      throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS')
      throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    requireDeleteFailed(stack, retain, force);
    const token = optionalText(input, 'ClientRequestToken');
    const used = usedExport(env, stack);
    if (used !== undefined) cancelDelete(env, stack, used, token);
    else beginDelete(env, stack, new Set(retain), force, token);
    return {};
  };
}

function forceOf(input: AwsStruct): boolean {
  return optionalText(input, 'DeletionMode') === 'FORCE_DELETE_STACK';
}

function requireDeleteFailed(stack: Stack, retain: readonly string[], force: boolean): void {
  if (stack.status === 'DELETE_FAILED') return;
  if (force)
    throw validationError(
      `Invalid operation on stack [${stack.id}]. You can only force delete a stack in the DELETE_FAILED state.`,
    );
  if (retain.length > 0)
    throw validationError(
      `Invalid operation on stack [${stack.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
}

function usedExport(env: Environment, stack: Stack): string | undefined {
  for (const { exportName } of stack.outputs) {
    const users =
      exportName === undefined ? [] : env.store.importersOf(exportName).filter((other) => other !== stack);
    if (exportName !== undefined && users.length > 0)
      return `Cannot delete export ${exportName} as it is in use by ${inWords(users.map(({ name }) => name))}.`;
  }
  return undefined;
}

function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
}

/** The stack falls back to the status it had: there is no DELETE_FAILED for an export in use. */
function cancelDelete(env: Environment, stack: Stack, reason: string, token: string | undefined): void {
  setStackStatus(env.context, stack, stack.status, `Delete canceled. ${reason}`, token);
}

function beginDelete(
  env: Environment,
  stack: Stack,
  retain: ReadonlySet<string>,
  force: boolean,
  token: string | undefined,
): void {
  for (const changeSet of stack.changeSets.values()) changeSet.executionStatus = 'OBSOLETE';
  setStackStatus(env.context, stack, 'DELETE_IN_PROGRESS', 'User Initiated', token);
  const settings = stack.settings;
  if (!settings) return finishEmpty(env, stack, token);
  inBackground(
    env,
    stack,
    async () => removeStack(await deletion(env, stack, settings, token), retain, force),
    (reason) => setStackStatus(env.context, stack, 'DELETE_FAILED', reason, token),
  );
}

function finishEmpty(env: Environment, stack: Stack, token: string | undefined): void {
  stack.deletedAt = env.context.clock.now();
  setStackStatus(env.context, stack, 'DELETE_COMPLETE', undefined, token);
}

/** A stack whose template no longer evaluates (its imports are gone, say) can still be deleted. */
async function deletion(env: Environment, stack: Stack, settings: StackSettings, token: string | undefined) {
  const empty = { ...settings, template: { ...settings.template, resources: new Map(), outputs: new Map() } };
  return { ...(await startOperation(env, stack, empty, token)), settings };
}
