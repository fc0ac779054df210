import { AwsError, type SandboxContext } from '../../service.js';
import { ResourceFailure } from '../engine/resource-failure.js';

/** How often a handler looks, and for how long (36 hours: the RDS handlers' own limit), in AWS time. */
const everyMs = 15_000;
const longestMs = 36 * 3_600_000;

/** Looks until `look` says it is done. Throws what `look` throws, or `ResourceFailure` after 36 hours. */
export async function waitUntil(
  context: SandboxContext,
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  for (let waitedMs = 0; waitedMs <= longestMs; waitedMs += everyMs) {
    if (await look()) return;
    await context.clock.after(everyMs);
  }
  throw new ResourceFailure(`Exceeded attempts to wait: ${what} did not stabilize`);
}

/** A service takes a moment to show the change it was just asked for; until then it still looks settled. */
export async function letChangeBegin(context: SandboxContext): Promise<void> {
  await context.clock.after(2 * everyMs);
}

/** Runs a read; undefined when the service says that the thing is not there. */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a service says that the thing is not there. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof AwsError &&
    /NotFound|NoSuchEntity|ResourceNotFound|ParameterNotFound|ClusterNotFound/.test(error.code)
  );
}
