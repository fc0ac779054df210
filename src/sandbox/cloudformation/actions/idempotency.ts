import { AwsError, type AwsStruct } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import type { Stack } from '../stacks/stack.js';
import { optionalText } from './request.js';

/**
 * The stack an earlier call with the same `ClientRequestToken` worked on: the call is then answered, not repeated.
 * Throws `TokenAlreadyExistsException` when the token came with another request.
 */
export function answeredBefore(env: Environment, action: string, input: AwsStruct): Stack | undefined {
  const token = optionalText(input, 'ClientRequestToken');
  if (token === undefined) return undefined;
  const key = `${action} ${token}`;
  const name = optionalText(input, 'StackName') ?? '';
  const stack = env.store.all().find((one) => (one.name === name || one.id === name) && one.tokens.has(key));
  if (!stack) return undefined;
  if (stack.tokens.get(key) === fingerprint(input)) return stack;
  throw new AwsError(
    'TokenAlreadyExistsException',
    `The client request token ${token} was used with another request`,
    400,
  );
}

export function rememberToken(stack: Stack, action: string, input: AwsStruct): void {
  const token = optionalText(input, 'ClientRequestToken');
  if (token !== undefined) stack.tokens.set(`${action} ${token}`, fingerprint(input));
}

function fingerprint(input: AwsStruct): string {
  return JSON.stringify(Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
