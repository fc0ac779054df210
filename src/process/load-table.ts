import { closeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { ServerRef } from '../steps/refs.js';
import { CopyRows } from './copy-rows.js';
import type { ScriptEvent } from './copy-rows.js';
import { openNamedPipe } from './named-pipe.js';
import { endOf, pipeFailure } from './pipe-programs.js';
import type { PipeEnd } from './pipe-programs.js';
import type { PostgresClients } from './postgres-clients.js';
import { psqlProgram } from './psql-program.js';
import { readReusing } from './reused-reads.js';
import { RowDealer } from './row-dealer.js';
import { startProgram } from './start-program.js';
import type { Program } from './start-program.js';

export interface TableLoad {
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** By which the client programs log in; with its HOME, which is theirs alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** What pg_dump wrote. */
  readonly directory: string;
  /** The line of the table's data in the archive's table of contents. */
  readonly entry: string;
  readonly sessions: number;
  readonly signal: AbortSignal;
}

/** Pieces of rows that may wait for each session, so that it never waits for this process. */
const piecesAhead = 8;

type Child = ReturnType<typeof startProgram>;

/**
 * Loads the rows of one table by several sessions at once, which pg_restore gives to a single one: it reads them out of the
 * archive, and each session is given whole rows whenever it has taken the last. They are no one transaction.
 * @returns false where nothing was loaded since the rows cannot be told apart: a name holds a newline, or cannot be written in UTF-8
 * @throws MigrationError `CopyFailed`; StoppedError `CopyInterrupted`, `DiskFull`
 */
export async function loadTable(load: TableLoad): Promise<boolean> {
  load.signal.throwIfAborted();
  const stop = new AbortController();
  const signal = AbortSignal.any([load.signal, stop.signal]);
  const pipe = await openNamedPipe(load.environment['HOME'] ?? '');
  const reader = await readerOf(load, pipe.path);
  const reading = startProgram(reader, { stdin: 'ignore', stdout: 'ignore' }, signal);
  void reading.then(() => closeSync(pipe.write));
  const writers: { readonly child: Child; readonly end: Promise<PipeEnd> }[] = [];
  const inputs = (): Writable[] => writers.flatMap(({ child }) => child.stdin ?? []);
  const begin = (copy: string): Writable[] => {
    for (let n = 0; n < load.sessions; n += 1) {
      const program = writerOf(load, copy);
      const child = startProgram(program, { stdin: 'pipe', stdout: 'ignore' }, signal);
      writers.push({ child, end: endOf(program, child) });
      // Whichever ends badly ends the others.
      void child.then(({ exitCode }) => (exitCode === 0 ? undefined : stop.abort()));
    }
    return inputs();
  };
  const readEnd = endOf(reader, reading);
  let outcome: 'over' | 'unreadable' | 'cut off' = 'cut off';
  try {
    outcome = await dealRows(pipe.read, load.sessions * piecesAhead, begin);
    if (outcome !== 'unreadable' && (await readEnd).exitCode !== 0) outcome = 'cut off';
    if (outcome === 'over') for (const input of inputs()) input.end();
    else stop.abort();
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    await Promise.allSettled([readEnd, ...writers.map(({ end }) => end)]);
    load.signal.throwIfAborted();
  }
  if (outcome === 'unreadable') return false;
  const ends = await Promise.all(writers.map(({ end }) => end));
  const from = await readEnd;
  const failed = ends.filter(({ exitCode }) => exitCode !== 0);
  if (outcome === 'over' && failed.length === 0) return true;
  const to = { exitCode: 1, tail: failed.flatMap(({ tail }) => tail) };
  throw pipeFailure({ from, to }, `loading ${nameOf(load.entry)}`);
}

/** What stands in the script, dealt out to the inputs that `begin` gives for its COPY. */
async function dealRows(
  script: number,
  ahead: number,
  begin: (copy: string) => readonly Writable[],
): Promise<'over' | 'unreadable' | 'cut off'> {
  const rows = new CopyRows();
  const dealer = new RowDealer();
  let outcome: 'over' | 'unreadable' | 'cut off' = 'cut off';
  const hear = (event: ScriptEvent, giveBack: () => void): void => {
    if (event.kind === 'unreadable') outcome = 'unreadable';
    if (event.kind === 'end') outcome = 'over';
    if (event.kind === 'rows') dealer.give(event.pieces, giveBack);
    if (event.kind !== 'begin') return;
    const copy = writeCopy(event.copy, event.encoding);
    if (copy === undefined) outcome = 'unreadable';
    else dealer.seat(begin(copy));
  };
  await readReusing(script, ahead, (piece, giveBack) => {
    const events = rows.push(piece);
    for (const event of events) if (outcome !== 'unreadable') hear(event, giveBack);
    if (!events.some(({ kind }) => kind === 'rows')) giveBack();
    return outcome !== 'unreadable';
  });
  return outcome;
}

/** Schema and table; the owner comes last. */
function nameOf(entry: string): string {
  return /TABLE DATA (.*) \S+$/.exec(entry)?.[1]?.replace(' ', '.') ?? entry;
}

/** The statement is sent in UTF-8, the rows are in the encoding of the archive. */
function writeCopy(copy: Buffer, encoding: string): string | undefined {
  const isAscii = copy.every((byte) => byte < 0x80);
  if (encoding === '' || (encoding !== 'UTF8' && !isAscii)) return undefined;
  return `${copy.toString('utf8')} WITH (ENCODING '${encoding}')`;
}

async function readerOf(
  { clients, directory, entry, environment }: TableLoad,
  script: string,
): Promise<Program> {
  const list = join(environment['HOME'] ?? '', 'table');
  await writeFile(list, `${entry}\n`, { mode: 0o600 });
  return {
    file: join(clients.binDir, 'pg_restore'),
    arguments: ['--format=directory', `--use-list=${list}`, `--file=${script}`, '--', directory],
    environment,
  };
}

function writerOf({ clients, server, environment }: TableLoad, copy: string): Program {
  const utf8 = { ...environment, PGCLIENTENCODING: 'UTF8' };
  return psqlProgram(clients, server, utf8, ['--quiet', `--command=${copy}`]);
}
