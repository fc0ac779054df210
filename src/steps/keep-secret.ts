/**
 * Gives the secret and its attachments `DeletionPolicy: Retain` in the stack that owns the source, and proves it: when
 * an attachment goes, with the stack or by a later template, CloudFormation takes host and port out of the secret that
 * the application reads. The edit adds lines to the live template and is taken back by their exact reverse.
 */
import type { Config } from '../config/schema.js';
import { MigrationError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { checkFinalization, keepSecret, type Finalization } from './refs.js';
import {
  noteRestored,
  restoreInStack,
  retainInStack,
  verifyRetained,
  type RetainInStackDeps,
} from './retain-in-stack.js';

type In = Pick<Finalization, 'stack' | 'keep'>;
type Out = ReturnType<typeof keepSecret.output.parse>;

export function createKeepSecret(deps: RetainInStackDeps): Step<In, Out, Config> {
  return {
    ...keepSecret,
    title: 'Make the old stack keep the secret',
    typicalSeconds: [2, 120],
    reversal: {
      kind: 'undo',
      note: ({ stack }, { intents }) =>
        stack === null ? ['# no stack was changed'] : noteRestored(deps, keepSecret.id, stack.name, intents),
      undo: async (io, { stack }) => {
        if (stack !== null) await restoreInStack(deps, io, stack.name);
      },
    },
    select: ({ outputOf }) => {
      const { stack, keep } = outputOf(checkFinalization);
      return { stack, keep };
    },
    plan: (_io, { config }) =>
      Promise.resolve(
        config.source.stack === undefined
          ? { kind: 'satisfied', because: 'no stack owns the source' }
          : {
              kind: 'change',
              effects: [
                `where ${config.source.stack} owns the secret or an attachment of it: DeletionPolicy and UpdateReplacePolicy Retain`,
              ],
              calls: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
            },
      ),
    run: async (io, { stack, keep }) => {
      if (stack === null || keep.length === 0) return { stackId: stack?.id ?? null, retained: [] };
      const live = await deps.cloudFormation.findStack(stack.name);
      if (live === undefined)
        throw new MigrationError('StackNotFound', `there is no stack ${stack.name}`, {
          resource: stack.id,
          resumable: true,
        });
      await retainInStack(deps, io, live, { ids: keep, marked: stack.source });
      return { stackId: stack.id, retained: keep };
    },
    verify: async (_io, { stack }, { retained }) => {
      if (stack !== null && retained.length > 0) await verifyRetained(deps, stack.name, retained);
    },
  };
}
