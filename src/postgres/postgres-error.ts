import { CredentialsError, MigrationError, StoppedError } from '../errors.js';
import type { ErrorDetails } from '../errors.js';
import { findTlsRefusal } from '../process/tls-refusal.js';
import type { ServerRef } from '../steps/refs.js';

/** SQLSTATE classes and codes after which the same call may work later (PostgreSQL: Appendix A, Error Codes). */
const passing = /^(08...|57P0[123]|53...|40001|40P01|55P03|57014)$/;
const network = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const lost =
  /Connection terminated|is not queryable|timeout expired|Query read timeout|timeout exceeded when trying to connect/;
const sqlState = /^[0-9A-Z]{5}$/;

/** Turns whatever a driver threw into an error of ours. The server's `detail` is left out: it quotes rows. */
export function postgresError(cause: unknown, server: ServerRef): MigrationError {
  if (cause instanceof MigrationError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  const where = `${server.host}:${server.port}/${server.database}`;
  const details: ErrorDetails = { cause, resource: where };
  const refusal = tellsOfTls(code, message) ? findTlsRefusal(told(code, message), where, details) : undefined;
  if (refusal !== undefined) return refusal;
  if (code.startsWith('28')) return loginError(message, server, details);
  if (code === '42501') {
    return new CredentialsError(
      'DatabasePermissionDenied',
      `${server.user} may not do this in ${where}: ${message}`,
      {
        ...details,
        next: [`grant ${server.user} what is missing, or configure a user that owns the objects`],
      },
    );
  }
  if (network.has(code) || lost.test(message) || passing.test(code)) {
    return new StoppedError(stoppedCode(code), `${where}: ${message}`, {
      ...details,
      why: 'the server could not be reached, was busy, or ended the session',
      resumable: true,
    });
  }
  return new MigrationError(
    'DatabaseError',
    `${where}: ${message}${code === '' ? '' : ` (${code})`}`,
    details,
  );
}

/** SQLSTATE of a server's error, or Node's error code, or nothing. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function stoppedCode(code: string): string {
  if (code === '57014' || code === '55P03') return 'DatabaseTimeout';
  return code === '53100' ? 'DatabaseDiskFull' : 'DatabaseUnreachable';
}

/** What a server says may hold any words; of these one sentence alone is about who answered. */
function tellsOfTls(code: string, message: string): boolean {
  return !sqlState.test(code) || message === 'SCRAM channel binding check failed';
}

function told(code: string, message: string): string {
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

function loginError(message: string, server: ServerRef, details: ErrorDetails): CredentialsError {
  return new CredentialsError('DatabaseLoginRefused', `${server.host} refused ${server.user}: ${message}`, {
    ...details,
    why: `the password in secret ${server.secret} is not the one the server has, or the user may not log in from here`,
    next: [`compare the user and password in secret ${server.secret} with the server's`],
  });
}
