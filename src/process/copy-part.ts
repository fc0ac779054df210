import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerRef } from '../steps/refs.js';
import type { PostgresClients } from './postgres-clients.js';
import { pipeFailure, pipePrograms } from './pipe-programs.js';
import { psqlProgram } from './psql-program.js';

/** The environments by which the client programs log in to both servers. */
export interface BothLogins {
  readonly source: Readonly<Record<string, string>>;
  readonly target: Readonly<Record<string, string>>;
}

export interface CopyPartRequest {
  readonly source: ServerRef;
  readonly target: ServerRef;
  readonly clients: PostgresClients;
  readonly logins: BothLogins;
  readonly snapshot: string;
  /** Names it in errors. */
  readonly what: string;
  /** A file name for the commit, of no other part. */
  readonly name: string;
  /** `COPY … TO STDOUT`, one for each statement of `into`. More than one only in text form. */
  readonly out: readonly string[];
  /** What goes before, and one `COPY … FROM STDIN` for each of `out`. */
  readonly into: readonly string[];
  /** The end of the transaction, COMMIT apart. */
  readonly marking: string;
  readonly signal: AbortSignal;
}

/** Settings by which both sides read and write one text of every value. */
export const copySettings: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog,pg_temp',
  row_security: 'off',
  extra_float_digits: '3',
  DateStyle: 'ISO,YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  standard_conforming_strings: 'on',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/**
 * One part in one transaction of the target: psql reads it out of the snapshot, psql writes it. The last statements are
 * in a file that is not there before the source's psql has ended well, so that a cut-off stream, or the death of this
 * process, commits nothing. Gives the number of rows.
 */
export async function copyPart(request: CopyPartRequest): Promise<number> {
  const { clients, logins, what, signal } = request;
  const commit = join(logins.target['HOME'] ?? '', `commit-${request.name}.sql`);
  let rows = 0;
  try {
    const ends = await pipePrograms({
      from: psqlProgram(clients, request.source, logins.source, readingOf(request)),
      to: psqlProgram(clients, request.target, logins.target, [
        ...commands(['BEGIN', ...request.into]),
        `--file=${commit}`,
      ]),
      signal,
      complete: () => writeFile(commit, `${request.marking};\nCOMMIT;\n`, { mode: 0o600, flag: 'wx' }),
      heard: (line) => {
        rows += Number(/^COPY (\d+)$/.exec(line)?.[1] ?? 0);
      },
    });
    if (ends.from.exitCode !== 0 || ends.to.exitCode !== 0) throw pipeFailure(ends, what);
    return rows;
  } finally {
    await rm(commit, { force: true });
  }
}

/** Several COPYs share one stream: `\.` on a line of its own ends each but the last, which the end of the stream ends. */
function readingOf({ snapshot, out }: CopyPartRequest): string[] {
  const separated = out.flatMap((sql, index) => (index === 0 ? [sql] : [String.raw`\echo '\\.'`, sql]));
  const begin = [
    'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY',
    `SET TRANSACTION SNAPSHOT '${snapshot}'`,
  ];
  // What it says of itself would go where the rows go.
  return ['--quiet', ...commands([...begin, ...separated])];
}

function commands(statements: readonly string[]): string[] {
  return statements.map((sql) => `--command=${sql}`);
}
