import type { Problem } from '../errors.js';
import type { DatabaseHazards } from '../postgres/database-hazards.js';
import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';

/** A dump that may not read a table stops half way, with the application already paused. */
export function createSourceDatabaseCheck(
  readHazards: (server: ServerRef) => Promise<DatabaseHazards>,
): ReadinessCheck {
  return {
    id: 'source-database',
    title: 'The login of the move can read every row, and no transaction is left prepared',
    find: async ({ server }) => {
      const { prepared, rowSecurity, unreadable } = await readHazards(server);
      return [
        ...(prepared.length > 0 ? [preparedTransactions(server, prepared)] : []),
        ...(rowSecurity.length > 0 ? [hiddenRows(server, rowSecurity)] : []),
        ...(unreadable.length > 0 ? [unreadableTables(server, unreadable)] : []),
      ];
    },
  };
}

function preparedTransactions({ database }: ServerRef, ids: readonly string[]): Problem {
  return {
    code: 'PreparedTransactions',
    what: `${database} has prepared transactions: ${listSome(ids)}`,
    why: 'What they have written is not visible yet and would be left behind, and they hold their locks',
    fix: 'end each with COMMIT PREPARED or ROLLBACK PREPARED',
  };
}

function hiddenRows({ database, user }: ServerRef, tables: readonly string[]): Problem {
  return {
    code: 'RowSecurityHidesRows',
    what: `row security of ${database} applies to ${user} on ${listSome(tables)}`,
    why: 'Rows that a policy hides would be neither moved nor compared; pg_dump refuses such tables',
    fix: `let ${user} own these tables without FORCE ROW LEVEL SECURITY, or ALTER ROLE ${user} BYPASSRLS`,
  };
}

function unreadableTables({ database, user }: ServerRef, tables: readonly string[]): Problem {
  return {
    code: 'TablesNotReadable',
    what: `${user} may not read in ${database}: ${listSome(tables)}`,
    why: 'pg_dump stops at the first table or sequence that it may not read',
    fix: `GRANT pg_read_all_data TO ${user}, or GRANT SELECT on each`,
  };
}

function listSome(names: readonly string[]): string {
  const more = names.length - 5;
  return more > 0 ? `${names.slice(0, 5).join(', ')} and ${more} more` : names.join(', ');
}
