/** Tags as our code sees them. */
export type Tags = Readonly<Record<string, string>>;

/** AWS's list of tags as a record. */
export function readTags(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** A record as AWS's list of tags. */
export function writeTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
