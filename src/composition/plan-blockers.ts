import { BlockedError, PreconditionError } from '../errors.js';
import { assertNotBlocked, type PathPlan } from '../pipeline/plan-path.js';

/** What stands in the way, as one error; undefined when nothing does. */
export function blockersOf(plan: PathPlan): BlockedError | undefined {
  try {
    assertNotBlocked(plan);
    return undefined;
  } catch (error) {
    if (error instanceof BlockedError) return error;
    throw error;
  }
}

/** A plan tells of blockers (exit 3); a run that is refused because of them has met a precondition (exit 10). */
export function refuseWhenBlocked(plan: PathPlan): void {
  const blocked = blockersOf(plan);
  if (blocked === undefined) return;
  const [only] = plan.problems;
  const code = plan.problems.length === 1 && only !== undefined ? only.code : 'Blocked';
  throw new PreconditionError(code, blocked.message, {
    ...(blocked.why === undefined ? {} : { why: blocked.why }),
    next: blocked.next,
    changed: false,
  });
}
