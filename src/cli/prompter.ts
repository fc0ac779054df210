import { InterruptedError } from '../errors.js';
import type { Offer, OfferPrompter } from './chooser.js';
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
      return answered(confirm({ message, default: false }, { output: process.stderr, signal }), signal);
    },
    async text(message, signal) {
      const { input } = await import('@inquirer/prompts');
      return answered(input({ message }, { output: process.stderr, signal }), signal);
    },
  };
}

/** The same for a wizard, which asks for values; undefined without a terminal. */
export function findOfferPrompter(): OfferPrompter | undefined {
  const prompter = findPrompter();
  if (prompter === undefined) return undefined;
  return {
    async value(message, preset, signal) {
      const { input } = await import('@inquirer/prompts');
      const options = { message, required: true, ...(preset === undefined ? {} : { default: preset }) };
      return answered(input(options, { output: process.stderr, signal }), signal);
    },
    async select(message, offers, preset, signal) {
      const { select } = await import('@inquirer/prompts');
      const choices = offers.map(({ value, label }: Offer) => ({ value, name: label }));
      const options = { message, choices, ...(preset === undefined ? {} : { default: preset }) };
      return answered(select(options, { output: process.stderr, signal }), signal);
    },
  };
}

/** The library takes Ctrl-C for itself while it asks, and reports it as an error of its own. */
async function answered<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return answer.catch((error: unknown) => {
    signal.throwIfAborted();
    const ctrlC = error instanceof Error && error.name === 'ExitPromptError';
    throw ctrlC ? new InterruptedError('SIGINT', { resumable: false, changed: false, cause: error }) : error;
  });
}
