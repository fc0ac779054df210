import { setStackStatus } from '../stacks/record-event.js';
import type { Stack } from '../stacks/stack.js';
import type { Environment } from './environment.js';

/**
 * Lets an operation run after the action has answered. An error that the operation did not turn into a status itself
 * puts the stack into `failedStatus` with its message.
 */
export function inBackground(
  env: Environment,
  stack: Stack,
  failedStatus: string,
  work: () => Promise<void>,
): void {
  work().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    env.context.log(
      `cloudformation: ${stack.name}: ${error instanceof Error ? (error.stack ?? message) : message}`,
    );
    setStackStatus(env.context, stack, failedStatus, message);
  });
}
