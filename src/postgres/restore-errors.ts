import type { HarmlessRule } from '../process/pg-restore.js';

/** An error of pg_restore that is known to do no harm. */
export interface RestoreRule extends HarmlessRule {
  readonly why: string;
  readonly matches: (error: string) => boolean;
}

/** pg_restore passes no SQLSTATE on, so the text decides; messages come in English (LC_ALL=C, RDS's lc_messages). */
export const restoreRules: readonly RestoreRule[] = [
  {
    name: 'transaction-timeout-unknown',
    ofConnection: true,
    why: 'clients of PostgreSQL 17 and later switch off a timeout that servers before 17 do not have',
    matches: (error) =>
      error.includes('unrecognized configuration parameter "transaction_timeout"') &&
      /Command was: SET transaction_timeout = 0;\s*$/.test(error),
  },
  {
    name: 'reserved-role-missing',
    why: 'a grant to or from a role of AWS, and the target has other such roles',
    matches: (error) =>
      /role "(rds\w*|pg_\w+)" does not exist/.test(error) && /Command was: (GRANT|REVOKE) /.test(error),
  },
];

/** The rule that allows the error. */
export function findRestoreRule(error: string): HarmlessRule | undefined {
  return restoreRules.find((rule) => rule.matches(error));
}

export const thereAlready = 'there-already';

/**
 * The same for a part of post-data that is begun again where an earlier attempt ended. What is there by the name is not
 * proven to be the same by that: the comparison of the catalogs proves it.
 */
export function findRuleAgain(error: string): HarmlessRule | undefined {
  const isThere =
    /already exists|multiple primary keys for table|is already member of publication|is already a partition/.test(
      error,
    );
  return isThere ? { name: thereAlready } : findRestoreRule(error);
}
