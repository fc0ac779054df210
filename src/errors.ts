/**
 * The exit codes a user or a script may rely on; the same in text and in JSON.
 * `docs/exit-codes.md` explains each.
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  blocked: 3,
  credentials: 4,
  confirmation: 5,
  stale: 6,
  locked: 7,
  different: 8,
  stopped: 9,
  precondition: 10,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What an error knows beyond its message; all of it is shown in text and in JSON. */
export interface ErrorDetails {
  /** Why it happened, one sentence. */
  readonly why?: string;
  /** What to do, in order; commands are ready to paste. */
  readonly next?: readonly string[];
  /** Step id that failed. */
  readonly step?: string;
  /** Identifier or ARN of the AWS resource or the database object concerned. */
  readonly resource?: string;
  /** AWS request id. */
  readonly requestId?: string;
  /** True when `resume` is safe and useful. */
  readonly resumable?: boolean;
  /** True when anything in AWS or in a database was altered by this command. */
  readonly changed?: boolean;
  readonly cause?: unknown;
}

/** The base of every error this tool throws on purpose. `code` is PascalCase and stable. */
export class MigrationError extends Error {
  readonly exitCode: ExitCode = exitCodes.failed;
  readonly why: string | undefined;
  readonly next: readonly string[];
  readonly step: string | undefined;
  readonly resource: string | undefined;
  readonly requestId: string | undefined;
  readonly resumable: boolean;
  readonly changed: boolean | undefined;

  constructor(
    readonly code: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.why = details.why;
    this.next = details.next ?? [];
    this.step = details.step;
    this.resource = details.resource;
    this.requestId = details.requestId;
    this.resumable = details.resumable ?? false;
    this.changed = details.changed;
  }
}

/** Bad flag, argument or environment variable. */
export class UsageError extends MigrationError {
  override readonly exitCode = exitCodes.usage;
}

/** Bad configuration file; `problems` lists every bad key at once. */
export class ConfigError extends MigrationError {
  override readonly exitCode = exitCodes.usage;
  constructor(
    message: string,
    readonly problems: readonly string[],
    details: ErrorDetails = {},
  ) {
    super('InvalidConfig', message, details);
  }
}

/** A problem found by reading only, with the way to mend it. */
export interface Problem {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The plan found blockers; nothing was changed. */
export class BlockedError extends MigrationError {
  override readonly exitCode = exitCodes.blocked;
  constructor(
    message: string,
    readonly problems: readonly Problem[],
    details: ErrorDetails = {},
  ) {
    super('Blocked', message, { changed: false, ...details });
  }
}

/** AWS or PostgreSQL refused the caller: missing, expired or denied credentials. */
export class CredentialsError extends MigrationError {
  override readonly exitCode = exitCodes.credentials;
}

/** A severe step was not confirmed, or a terminal was needed and there is none. */
export class ConfirmationError extends MigrationError {
  override readonly exitCode = exitCodes.confirmation;
}

/** The world or the config is no longer what was planned. */
export class StaleError extends MigrationError {
  override readonly exitCode = exitCodes.stale;
}

/** Another process holds the run. */
export class LockedError extends MigrationError {
  override readonly exitCode = exitCodes.locked;
}

/** Two servers, or the world and the journal, do not agree. */
export class VerifyError extends MigrationError {
  override readonly exitCode = exitCodes.different;
}

/** Stopped where `resume` can go on: deadline, throttling, network, a full disk. */
export class StoppedError extends MigrationError {
  override readonly exitCode = exitCodes.stopped;
}

/** Something that must hold before the first change does not; nothing was changed. */
export class PreconditionError extends MigrationError {
  override readonly exitCode = exitCodes.precondition;
}

/** The journal cannot be read or belongs to another pipeline, config or version. */
export class JournalError extends MigrationError {}

/** Ctrl-C or SIGTERM; the journal is in step with the world. */
export class InterruptedError extends MigrationError {
  override readonly exitCode: typeof exitCodes.interrupted | typeof exitCodes.terminated;
  constructor(signal: 'SIGINT' | 'SIGTERM', details: ErrorDetails = {}) {
    super('Interrupted', `stopped by ${signal}`, { resumable: true, ...details });
    this.exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
  }
}
