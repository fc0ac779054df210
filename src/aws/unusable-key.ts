export interface UnusableKey {
  readonly why: string;
  /** What to do, in order; ends where `resume` goes on. */
  readonly next: readonly string[];
}

const unusable = 'inaccessible-encryption-credentials';

/**
 * What a database in one of the two states means whose KMS key RDS cannot use, and the way out; undefined in any other
 * state. `start`: the command that starts such a database again, where it outlives the state. It can be started for
 * seven days; after that RDS gives it up, and only what it was made from brings it back.
 * Source: "How do I resolve an inaccessible-encryption-credentials state" (AWS re:Post Knowledge Center, Amazon RDS).
 */
export function explainUnusableKey(
  found: { readonly status: string; readonly kmsKeyId: string | undefined },
  start: string,
): UnusableKey | undefined {
  if (!found.status.startsWith(unusable)) return undefined;
  const key = found.kmsKeyId ?? 'KEY';
  const why = `RDS cannot use its KMS key ${found.kmsKeyId ?? '(not shown)'}: disabled, about to be deleted or deleted, or no longer granted to RDS`;
  const repair = [
    `aws kms describe-key --key-id ${key} --query KeyMetadata.KeyState; aws kms list-grants --key-id ${key}`,
    `make it usable: aws kms cancel-key-deletion (then enable-key) or aws kms enable-key --key-id ${key}, or give RDS its grant back in the key policy`,
  ];
  if (found.status === unusable)
    return {
      why: `${why}. In this state nothing starts the database again`,
      next: [
        ...repair,
        'then resume: what this run has made from a snapshot or a dump is deleted and made again from it',
      ],
    };
  return {
    why: `${why}. It can be started again for 7 days; then RDS gives it up`,
    next: [...repair, `within 7 days: ${start}; then resume`],
  };
}
