import type { Prompter } from './confirm.js';

/**
 * Asks on the terminal: questions on stderr, so that stdout stays the result. Undefined when stdin or stderr is not a
 * terminal. The prompt library is loaded when the first question is asked.
 */
export function findPrompter(): Prompter | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    async yesNo(message, signal) {
      const { confirm } = await import('@inquirer/prompts');
      return confirm({ message, default: false }, { output: process.stderr, signal });
    },
    async text(message, signal) {
      const { input } = await import('@inquirer/prompts');
      return input({ message }, { output: process.stderr, signal });
    },
  };
}
