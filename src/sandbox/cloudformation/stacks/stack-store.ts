import { validationError } from '../template/template-error.js';
import type { Stack, StackOutput } from './stack.js';

/** All stacks of the sandbox. A deleted stack is found by id only (DescribeStacks: 90 days; here: for good). */
export class StackStore {
  readonly #stacks: Stack[] = [];

  add(stack: Stack): void {
    this.#stacks.push(stack);
  }

  /** Every stack there ever was, newest first. */
  all(): readonly Stack[] {
    return this.#stacks.toReversed();
  }

  live(): readonly Stack[] {
    return this.all().filter((stack) => stack.status !== 'DELETE_COMPLETE');
  }

  find(nameOrId: string): Stack | undefined {
    return nameOrId.startsWith('arn:')
      ? this.#stacks.find((stack) => stack.id === nameOrId)
      : this.live().find((stack) => stack.name === nameOrId);
  }

  /** Throws `ValidationError`: there is no NotFound for stacks. */
  get(nameOrId: string): Stack {
    const stack = this.find(nameOrId);
    if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  findExport(name: string): { stack: Stack; output: StackOutput } | undefined {
    for (const stack of this.live())
      for (const output of stack.outputs) if (output.exportName === name) return { stack, output };
    return undefined;
  }

  /** Stacks that use an export. */
  importersOf(name: string): readonly Stack[] {
    return this.live().filter((stack) => stack.imports.has(name));
  }
}
