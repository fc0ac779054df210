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
