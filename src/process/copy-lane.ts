import type { ServerRef } from '../steps/refs.js';
import { makeNamedPipe } from './named-pipe.js';
import type { PostgresClients } from './postgres-clients.js';
import { pipeFailure } from './pipe-programs.js';
import { psqlProgram } from './psql-program.js';
import { startTalk } from './talk.js';

/** The environments by which the client programs log in to both servers. */
export interface BothLogins {
  readonly source: Readonly<Record<string, string>>;
  readonly target: Readonly<Record<string, string>>;
}

export interface CopyLaneRequest {
  readonly source: ServerRef;
  readonly target: ServerRef;
  readonly clients: PostgresClients;
  readonly logins: BothLogins;
  readonly snapshot: string;
}

/** What is copied in one transaction of the target. */
export interface CopyOrder {
  /** Names it in errors. */
  readonly what: string;
  /** `COPY … TO STDOUT`, one for each COPY of `into`. More than one only in text form. */
  readonly out: readonly string[];
  /** What goes before, and one `COPY … FROM STDIN` for each of `out`. */
  readonly into: readonly string[];
  /** The end of the transaction, COMMIT apart. */
  readonly marking: string;
  readonly signal: AbortSignal;
}

/** A session of each server, for one part after the other. */
export interface CopyLane {
  /** Gives the number of rows. A lane that has failed is of no more use. */
  copy(order: CopyOrder): Promise<number>;
  close(): Promise<void>;
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
 * One psql reads out of the snapshot, another writes, and rows go from one to the other through a named pipe, not through
 * this process. The writing one is told to commit only after the reading one has said that it is done, so that a cut-off
 * stream, which looks like one that is over, or the death of this process commits nothing.
 */
export async function openCopyLane(request: CopyLaneRequest): Promise<CopyLane> {
  const { source, target, clients, logins, snapshot } = request;
  const pipe = await makeNamedPipe(logins.target['HOME'] ?? '');
  const stop = new AbortController();
  let rows = 0;
  let count = 0;
  const from = startTalk(psqlProgram(clients, source, utf8(logins.source), ['--quiet']), stop.signal);
  const to = startTalk(psqlProgram(clients, target, utf8(logins.target), []), stop.signal, (line) => {
    rows += Number(/^COPY (\d+)$/.exec(line)?.[1] ?? 0);
  });
  const both = Promise.allSettled([from.end, to.end]);
  // Whichever ends ends the other, which would wait for ever at its end of the pipe.
  for (const { end } of [from, to])
    void end.then(
      () => stop.abort(),
      () => stop.abort(),
    );
  from.tell(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;\nSET TRANSACTION SNAPSHOT '${snapshot}';\n`);
  const move = async ({ into, out, marking }: CopyOrder): Promise<boolean> => {
    count += 1;
    rows = 0;
    const over = `part ${String(count)} is over`;
    to.tell(`BEGIN;\n\\i ${word(pipe)}\n`);
    from.tell(`\\o ${word(pipe)}\n${readingOf(into, out)}\\o\n\\echo ${word(over)}\n`);
    if (!(await from.says(over))) return false;
    to.tell(`${marking};\nCOMMIT;\n\\echo ${word(over)}\n`);
    return to.says(over);
  };
  return {
    copy: async (order) => {
      const { signal, what } = order;
      signal.throwIfAborted();
      const abort = (): void => stop.abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        if (await move(order)) return rows;
        stop.abort();
        await both;
        signal.throwIfAborted();
        throw pipeFailure({ from: await from.end, to: await to.end }, what);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close: async () => {
      from.hangUp();
      to.hangUp();
      await both;
    },
  };
}

/** Statements are sent in UTF-8; rows are in the encoding that a COPY names. */
const utf8 = (login: Readonly<Record<string, string>>): Record<string, string> => ({
  ...login,
  PGCLIENTENCODING: 'UTF8',
});

/** What the reading psql writes into the pipe is a script for the other: each statement, and after a COPY its rows. */
function readingOf(into: readonly string[], out: readonly string[]): string {
  const before = into.length - out.length;
  const lines = into.flatMap((sql, index) => [
    // Ends the rows of the one before; the end of the pipe ends the last.
    ...(index > before ? [String.raw`\qecho '\\.'`] : []),
    `\\qecho ${word(`${sql};`)}`,
    ...(index < before ? [] : [`${out[index - before] ?? ''};`]),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** An argument of a command of psql (PostgreSQL: psql, Meta-Commands). */
function word(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "''").replace(/\n/g, '\\n')}'`;
}
