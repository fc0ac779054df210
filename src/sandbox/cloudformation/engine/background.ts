import type { Stack } from '../stacks/stack.js';
import type { Environment } from './environment.js';

/**
 * Lets an operation run after the action has answered. `onError` puts an error that the operation did not turn into a
 * status itself where a caller can see it.
 */
export function inBackground(
  env: Environment,
  stack: Stack,
  work: () => Promise<void>,
  onError: (reason: string) => void,
): void {
  work().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    env.context.log(`cloudformation: ${stack.name}: ${message}`);
    onError(message);
  });
}
