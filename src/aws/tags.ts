/** Tags as our code sees them. */
export type Tags = Readonly<Record<string, string>>;

/** Every resource that a run makes carries both, in the call that creates it. */
export const runTag = 'rds2aurora:run';
export const stepTag = 'rds2aurora:step';

/** AWS's list of tags as a record. */
export function readTags(list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** A record as AWS's list of tags. */
export function writeTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
