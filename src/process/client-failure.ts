import { CredentialsError, StoppedError } from '../errors.js';
import type { ErrorDetails, MigrationError } from '../errors.js';
import { findTlsRefusal } from './tls-refusal.js';

export interface FailedClient {
  /** As it is to be called: `pg_dump`, `copying app.users`. */
  readonly what: string;
  /** Error code where going on is safe. */
  readonly stopped: string;
  readonly details: ErrorDetails;
}

/** libpq's first words of a login that failed. */
const login = /connection to server at "([^"]*)"(?: \([^)]*\))?, port (\d+) failed: ([\s\S]*)/;

/** The session ended, or never began, for a reason that passes (libpq, pg_dump, psql and the server, messages in English). */
const passing = [
  'connection to server',
  'could not connect',
  'could not (?:send|receive) data',
  'server closed the connection',
  'terminating connection',
  'no connection to the server',
  'connection in wrong state',
  'SSL (?:SYSCALL )?error',
  'lost synchronization',
  'no COPY in progress',
  'ended by SIG',
  // What a server says that is shut down while a session begins, and cannot read its catalogs any more.
  'invalid client encoding "[^"]*" specified',
  // A worker of pg_dump says no more than this, whether somebody has locked the table or its server is gone.
  'could not obtain lock on relation',
  'lock timeout',
  'statement timeout',
  'snapshot ".*" does not exist',
];
const lost = new RegExp(passing.join('|'));

/**
 * What a client program's failure means when it was the connection or the disk that failed; undefined when it was
 * something else.
 * @param text what it said, without any statement that it quotes
 */
export function findConnectionFailure(text: string, failed: FailedClient): MigrationError | undefined {
  const [, host, port, said] = login.exec(text) ?? [];
  if (said !== undefined) {
    const where = `${host ?? ''}:${port ?? ''}`;
    const refusal = findTlsRefusal(said, where, failed.details);
    if (refusal !== undefined) return refusal;
    if (/authentication failed|no pg_hba\.conf entry|is not permitted to log in/.test(said))
      return loginRefused(said, where, failed.details);
  }
  if (/No space left on device|Disk quota exceeded|File too large/.test(text))
    return new StoppedError('DiskFull', `${failed.what} ran out of disk space: ${text}`, failed.details);
  if (!lost.test(text)) return undefined;
  return new StoppedError(failed.stopped, `${failed.what} lost the server: ${text}`, failed.details);
}

function loginRefused(said: string, where: string, details: ErrorDetails): CredentialsError {
  return new CredentialsError('DatabaseLoginRefused', `${where} refused the login: ${said}`, {
    ...details,
    why: 'the password in the secret is not the one the server has, or the user may not log in from here',
    next: ["compare the user and password in the secret with the server's"],
  });
}
