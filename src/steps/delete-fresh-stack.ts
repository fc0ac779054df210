import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import { noteStackDeletion } from './by-hand.js';
import { wasExecuted, withdrawLeftovers } from './change-set.js';
import { deleteOwnStack } from './delete-own-stack.js';
import type { FreshStackDeps } from './fresh-stack.js';
import { isOfStep } from './ownership.js';

/**
 * Takes back what `deployFresh` made; any other stack of that name is left alone.
 * @param made the id that this step has written down: a later deployment of the same stack may have taken the tags away
 */
export async function deleteFreshStack(
  deps: FreshStackDeps,
  io: StepIo,
  name: string,
  made: string | undefined,
): Promise<void> {
  const stack = await deps.cloudFormation.findStack(name);
  if (stack === undefined) return;
  const underReview = stack.status === 'REVIEW_IN_PROGRESS' && io.intents().length > 0;
  if (isOfStep(stack, io) || stack.id === made || underReview) {
    const rested =
      stack.status.endsWith('_IN_PROGRESS') && !underReview && stack.status !== 'DELETE_IN_PROGRESS';
    await deleteOwnStack(deps, io, rested ? await deps.waits.untilStackSettled(io, stack.id) : stack);
    return;
  }
  await withdrawLeftovers(deps, io);
  io.note(`the stack ${name} was not made by this step and is left alone`);
}

/** The same by hand; before a change set is executed there is no cluster whose protection could be lifted. */
export function noteFreshStack(stack: string, cluster: string, intents: readonly RecordedIntent[]): string[] {
  return noteStackDeletion(stack, wasExecuted(intents) ? cluster : undefined);
}
