import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ServerRef } from '../steps/refs.js';
import { CopyRows } from './copy-rows.js';
import { endOf, pipeFailure } from './pipe-programs.js';
import type { PipeEnd } from './pipe-programs.js';
import type { PostgresClients } from './postgres-clients.js';
import { psqlProgram } from './psql-program.js';
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
  const reader = await readerOf(load);
  const reading = startProgram(reader, { stdin: 'ignore', stdout: 'pipe' }, signal);
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
    outcome = await dealRows(reading.stdout, begin);
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
  script: Readable | null,
  begin: (copy: string) => readonly Writable[],
): Promise<'over' | 'unreadable' | 'cut off'> {
  const rows = new CopyRows();
  const dealer = new RowDealer();
  let isOver = false;
  for await (const piece of script ?? []) {
    for (const event of rows.push(piece as Buffer)) {
      if (event.kind === 'unreadable') return 'unreadable';
      if (event.kind === 'end') isOver = true;
      if (event.kind === 'rows') await dealer.give(event.bytes);
      if (event.kind !== 'begin') continue;
      const copy = writeCopy(event.copy, event.encoding);
      if (copy === undefined) return 'unreadable';
      dealer.seat(begin(copy));
    }
  }
  await dealer.settled();
  return isOver ? 'over' : 'cut off';
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

async function readerOf({ clients, directory, entry, environment }: TableLoad): Promise<Program> {
  const list = join(environment['HOME'] ?? '', 'table');
  await writeFile(list, `${entry}\n`, { mode: 0o600 });
  return {
    file: join(clients.binDir, 'pg_restore'),
    arguments: ['--format=directory', `--use-list=${list}`, '--file=-', '--', directory],
    environment,
  };
}

function writerOf({ clients, server, environment }: TableLoad, copy: string): Program {
  const utf8 = { ...environment, PGCLIENTENCODING: 'UTF8' };
  return psqlProgram(clients, server, utf8, ['--quiet', `--command=${copy}`]);
}
