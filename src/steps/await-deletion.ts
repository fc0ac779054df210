import type { StackWaits } from '../aws/stack-waits.js';
import { MigrationError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';

/** Follows a deletion to its end. @throws MigrationError with the earliest real cause, and what to do about it */
export async function untilGone(
  { waits }: { readonly waits: Pick<StackWaits, 'untilStackGone'> },
  io: StepIo,
  stackId: string,
  stackName: string,
  again = 'resume',
): Promise<void> {
  try {
    await waits.untilStackGone(io, stackId);
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== 'ResourceFailed') throw error;
    throw new MigrationError('StackNotDeleted', `the deletion of ${stackName} has failed`, {
      ...(error.why === undefined ? {} : { why: error.why }),
      next: [
        `take away what holds the resource named above (a security group still in use, a bucket with objects, a protection), then ${again}: the deletion is tried again`,
        `aws cloudformation describe-stack-events --stack-name ${stackId}`,
      ],
      resource: stackId,
      resumable: true,
      changed: true,
      cause: error,
    });
  }
}
