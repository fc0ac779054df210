import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { MigrationError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { findConnectionFailure } from './client-failure.js';
import type { ClientLogin } from './client-login.js';
import { runClientProgram } from './client-program.js';
import { conninfo } from './conninfo.js';
import type { PostgresClients } from './postgres-clients.js';
import { filterRestoreList, hasEntries } from './restore-list.js';
import type { EntryChoice, RestorePart } from './restore-list.js';
import { RestoreOutput } from './restore-output.js';
import type { RestoreMessage } from './restore-output.js';

export interface RestoreRequest {
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** What pg_dump wrote. */
  readonly directory: string;
  /** Where tables of contents are kept for the next call. */
  readonly lists?: ArchiveLists;
  readonly part: RestorePart;
  readonly existingSchemas: readonly string[];
  readonly entries?: EntryChoice;
  /** Lines of the table of contents whose rows are in already. */
  readonly loaded?: ReadonlySet<string>;
  readonly jobs: number;
  /** Settings of every session of pg_restore. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The rule by which an error is harmless; undefined ends the restore at once. */
  readonly allow: (error: string) => HarmlessRule | undefined;
  readonly itemFinished: (item: string) => void;
}

export interface HarmlessRule {
  readonly name: string;
  /** Each connection has this error when it is opened; of those of its workers pg_restore counts none or some. */
  readonly ofConnection?: boolean;
}

export interface IgnoredError {
  readonly rule: string;
  readonly text: string;
}

const sections: Readonly<Record<RestorePart, readonly string[]>> = {
  schemas: ['pre-data'],
  'pre-data': ['pre-data'],
  'post-data': ['post-data'],
  'data and post-data': ['data', 'post-data'],
};

/** Restores one part of an archive. @throws MigrationError at the first error that no rule allows. */
export async function runPgRestore(login: ClientLogin, request: RestoreRequest): Promise<IgnoredError[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rds2aurora-list-'));
  try {
    const list = join(folder, 'list');
    const all = await (request.lists ?? new ArchiveLists()).read(request.directory, request);
    const chosen = filterRestoreList(all, request);
    if (!hasEntries(chosen)) return [];
    await writeFile(list, chosen, { mode: 0o600 });
    return await restore(login, request, list);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tables of contents. That of an archive is read once: nobody changes it, and each index asks for it. */
export class ArchiveLists {
  readonly #found = new Map<string, string>();

  async read(
    directory: string,
    { clients, signal }: Pick<RestoreRequest, 'clients' | 'signal'>,
  ): Promise<string> {
    const found = this.#found.get(directory);
    if (found !== undefined) return found;
    const { stdout } = await execa(join(clients.binDir, 'pg_restore'), ['--list', directory], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      extendEnv: false,
      cancelSignal: signal,
      maxBuffer: 1 << 30,
    });
    this.#found.set(directory, stdout);
    return stdout;
  }
}

async function restore(login: ClientLogin, request: RestoreRequest, list: string): Promise<IgnoredError[]> {
  const ignored: (IgnoredError & HarmlessRule)[] = [];
  let told = 0;
  const output = new RestoreOutput((message) => {
    if (message.kind === 'ignored') told = message.count;
    else hear(message, request, ignored);
  });
  const { exitCode, tail } = await login(request.server, request.settings, async (environment) => {
    const ended = await runClientProgram({
      file: join(request.clients.binDir, 'pg_restore'),
      arguments: restoreArguments(request, list),
      environment,
      signal: request.signal,
      line: (text) => output.line(text),
    });
    output.end();
    return ended;
  });
  // An exit code of 1 says only that something was ignored: it must be exactly what the rules allow.
  const least = ignored.filter(({ ofConnection }) => ofConnection !== true).length;
  const isExplained = told > 0 && told >= least && told <= ignored.length;
  if (exitCode === 0 || (exitCode === 1 && isExplained)) return summarize(ignored);
  throw restoreFailed(`pg_restore ended with exit code ${exitCode}: ${tail.slice(-5).join('\n')}`, request);
}

/** What every connection was told is one thing to tell. */
function summarize(ignored: readonly (IgnoredError & HarmlessRule)[]): IgnoredError[] {
  const firsts = ignored.filter(
    (one, index) => one.ofConnection !== true || ignored.findIndex(({ rule }) => rule === one.rule) === index,
  );
  return firsts.map(({ rule, text }) => ({ rule, text }));
}

function hear(
  message: RestoreMessage,
  request: RestoreRequest,
  ignored: (IgnoredError & HarmlessRule)[],
): void {
  if (message.kind === 'item-finished') request.itemFinished(message.item);
  if (message.kind !== 'error') return;
  const rule = request.allow(message.text);
  if (rule === undefined) throw restoreFailed(message.text, request);
  ignored.push({ ...rule, rule: rule.name, text: message.text.split('\n')[0] ?? '' });
}

/** Before the data pg_restore does one thing after the other, and its workers would only log in. */
const isSerial = (part: RestorePart): boolean => part === 'schemas' || part === 'pre-data';

function restoreArguments(request: RestoreRequest, list: string): string[] {
  return [
    '--format=directory',
    `--dbname=${conninfo(request.server)}`,
    ...sections[request.part].map((section) => `--section=${section}`),
    `--use-list=${list}`,
    `--jobs=${String(isSerial(request.part) ? 1 : request.jobs)}`,
    '--no-tablespaces',
    '--no-subscriptions',
    '--no-password',
    '--verbose',
    '--',
    request.directory,
  ];
}

function restoreFailed(text: string, request: RestoreRequest): MigrationError {
  // What follows may quote rows: one statement's beginning is enough to find it.
  const message = text.slice(0, 600);
  const details = { resource: `${request.server.host}/${request.server.database}`, resumable: true };
  const failed = { what: 'pg_restore', stopped: 'RestoreInterrupted', details };
  return (
    findConnectionFailure(message.replace(/\nCommand was: [\s\S]*/, ''), failed) ??
    new MigrationError('RestoreFailed', `${request.part} could not be restored: ${message}`, {
      ...details,
      why: 'only errors known to be harmless are passed over, and this is none of them',
    })
  );
}
