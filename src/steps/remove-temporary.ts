/**
 * Deletes the temporary instance. It runs only after the data was verified, and deletes only what carries this run's
 * tag; running again finds it gone. The snapshot that it was made from stays.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { isOurs } from './ownership.js';
import { hydrateSource, removeTemporary, validateTarget, verifyData, type Comparison } from './refs.js';
import { deleteTemporary, temporaryIdentifier, type TemporaryInstanceDeps } from './temporary-instance.js';

interface In {
  readonly identifier: string;
  readonly comparisons: readonly Comparison[];
}
type Out = ReturnType<typeof removeTemporary.output.parse>;

export function createRemoveTemporary(deps: TemporaryInstanceDeps): Step<In, Out, Config> {
  return {
    ...removeTemporary,
    title: 'Remove the temporary instance',
    typicalSeconds: [120, 600],
    overtakes: [hydrateSource.id],
    reversal: {
      kind: 'nothing-to-undo',
      because: 'the temporary instance is not needed to go back: the snapshot that it was made from is kept',
    },
    select: ({ outputOf, findOutputOf }) => ({
      identifier: outputOf(hydrateSource).instanceIdentifier,
      // A fresh start has the schema compared alone, by its validation.
      comparisons: (findOutputOf(verifyData) ?? outputOf(validateTarget)).comparisons,
    }),
    plan: (_io, { runId }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `deletes the temporary instance ${temporaryIdentifier(runId)}, once the data was found equal; the snapshot stays`,
        ],
        calls: ['rds:DeleteDBInstance'],
      }),
    run: async (io, { identifier, comparisons }) => {
      assertVerified(comparisons, identifier);
      await deleteTemporary(deps, io, identifier);
      return { instanceIdentifier: identifier };
    },
    verify: async (io, _input, { instanceIdentifier }) => {
      const found = await deps.rds.findInstance(instanceIdentifier);
      if (found === undefined || !isOurs(found, io.runId)) return;
      throw new VerifyError(
        'TemporaryRemains',
        `the instance ${instanceIdentifier} is ${found.status}, and costs money`,
        { resource: found.arn },
      );
    },
  };
}

function assertVerified(comparisons: readonly Comparison[], identifier: string): void {
  if (comparisons.length > 0 && comparisons.every(({ result }) => result === 'match')) return;
  throw new VerifyError('DataNotVerified', `the instance ${identifier} stays: its data was not found equal`, {
    resource: identifier,
    resumable: true,
  });
}
