import { MigrationError, type Problem } from '../errors.js';

/** Every resource that a run makes carries both tags, in the call that creates it. */
const runTag = 'rds2aurora:run';
const stepTag = 'rds2aurora:step';

type Tags = Readonly<Record<string, string>>;

export function ownTags(io: { readonly runId: string; readonly stepId: string }): Tags {
  return { [runTag]: io.runId, [stepTag]: io.stepId };
}

/** True when this run made the resource; a name alone proves nothing. */
export function isOurs(resource: { readonly tags: Tags }, runId: string): boolean {
  return resource.tags[runTag] === runId;
}

/** An identifier of the target is in use: readiness and the step that would take it say so in the same words. */
export function takenIdentifier(what: 'cluster' | 'instance', identifier: string): Problem {
  return {
    code: what === 'cluster' ? 'ClusterTaken' : 'InstanceTaken',
    what: `the ${what} ${identifier} exists already, and was not made by this run`,
    why: 'The tool fills only a cluster that its own run has created',
    fix: `choose another target.${what}, or resume the run that made it (rds2aurora runs)`,
  };
}

/** True when this very step of this run made the resource; several steps may make a stack of one name in turn. */
export function isOfStep(
  resource: { readonly tags: Tags },
  io: { readonly runId: string; readonly stepId: string },
): boolean {
  return isOurs(resource, io.runId) && resource.tags[stepTag] === io.stepId;
}

/** True when a wait has ended because the resource itself failed: what stands can be deleted. */
export function isFailedResource(error: unknown): boolean {
  return error instanceof MigrationError && error.code === 'ResourceFailed';
}
