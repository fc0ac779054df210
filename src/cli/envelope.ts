import type { ExitCode, Problem } from '../errors.js';
import type { Failure } from './failure.js';

export const envelopeSchemaId = 'rds2aurora/result@1';

export interface EnvelopeError {
  readonly code: string;
  readonly what: string;
  readonly why: string | null;
  readonly next: readonly string[];
  readonly step: string | null;
  readonly resource: string | null;
  readonly requestId: string | null;
  /** True when `resume` is safe and useful. */
  readonly resumable: boolean;
  /** Whether anything in AWS or in a database was altered; null when this cannot be said. */
  readonly changed: boolean | null;
  readonly problems?: readonly (string | Problem)[];
  /** What the run has made in AWS so far and what it may cost while it stands. */
  readonly running?: readonly string[];
}

/** The one thing that any command prints to stdout under `--json`. */
export interface Envelope {
  readonly schema: typeof envelopeSchemaId;
  readonly command: string;
  readonly ok: boolean;
  readonly run?: string;
  readonly exitCode: ExitCode;
  readonly result?: unknown;
  readonly error?: EnvelopeError;
  readonly next: readonly string[];
}

export interface EnvelopeParts {
  readonly command: string;
  readonly run?: string | undefined;
  readonly result?: unknown;
  readonly failure?: Failure | undefined;
  readonly next: readonly string[];
  readonly running?: readonly string[] | undefined;
}

export function createEnvelope(parts: EnvelopeParts): Envelope {
  return {
    schema: envelopeSchemaId,
    command: parts.command,
    ok: parts.failure === undefined,
    ...(parts.run === undefined ? {} : { run: parts.run }),
    exitCode: parts.failure?.exitCode ?? 0,
    ...(parts.result === undefined ? {} : { result: parts.result }),
    ...(parts.failure === undefined ? {} : { error: toEnvelopeError(parts.failure, parts.running) }),
    next: parts.next,
  };
}

function toEnvelopeError(failure: Failure, running: readonly string[] | undefined): EnvelopeError {
  return {
    code: failure.code,
    what: failure.what,
    why: failure.why ?? null,
    next: failure.next,
    step: failure.step ?? null,
    resource: failure.resource ?? null,
    requestId: failure.requestId ?? null,
    resumable: failure.resumable,
    changed: failure.changed ?? null,
    ...(failure.problems === undefined ? {} : { problems: failure.problems }),
    ...(running === undefined || running.length === 0 ? {} : { running }),
  };
}

/** JSON that cannot harm a terminal: the control characters that JSON lets through are escaped as well. */
export function stringifyEnvelope(envelope: Envelope, indent = 2): string {
  return JSON.stringify(envelope, undefined, indent).replace(
    /[\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
