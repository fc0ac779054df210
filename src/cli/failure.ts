import {
  BlockedError,
  ConfigError,
  exitCodes,
  MigrationError,
  type ExitCode,
  type Problem,
} from '../errors.js';

/** Any thrown value in the one shape that the error screen and the JSON envelope show. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  readonly next: readonly string[];
  readonly step?: string;
  readonly resource?: string;
  readonly requestId?: string;
  readonly resumable: boolean;
  readonly changed?: boolean;
  readonly problems?: readonly (string | Problem)[];
  /** Frames of a bug, for the report; never shown for errors thrown on purpose. */
  readonly stack?: readonly string[];
}

/** Errors of ours keep their code; what oclif's parser throws is bad usage; anything else is a bug in this tool. */
export function toFailure(error: unknown, command: string): Failure {
  if (error instanceof MigrationError) return fromMigrationError(error);
  if (isParserError(error)) return fromParserError(error, command);
  return fromBug(error);
}

function fromMigrationError(error: MigrationError): Failure {
  return {
    exitCode: error.exitCode,
    code: error.code,
    what: error.message,
    next: error.next,
    resumable: error.resumable,
    ...defined('why', error.why),
    ...defined('step', error.step),
    ...defined('resource', error.resource),
    ...defined('requestId', error.requestId),
    ...defined('changed', error.changed),
    ...defined('problems', problemsOf(error)),
  };
}

function problemsOf(error: MigrationError): readonly (string | Problem)[] | undefined {
  return error instanceof ConfigError || error instanceof BlockedError ? error.problems : undefined;
}

type ParserError = Error & { readonly oclif: { readonly exit: number } };

/** oclif marks its own usage errors with exit code 2. */
function isParserError(error: unknown): error is ParserError {
  if (!(error instanceof Error) || !('oclif' in error)) return false;
  const { oclif } = error;
  return typeof oclif === 'object' && oclif !== null && 'exit' in oclif && oclif.exit === exitCodes.usage;
}

function fromParserError(error: ParserError, command: string): Failure {
  return {
    exitCode: exitCodes.usage,
    code: 'InvalidUsage',
    what: error.message.replace(/\s*See more help with --help\s*$/, '').trim(),
    next: [`rds2aurora ${command} --help`],
    resumable: false,
    changed: false,
  };
}

function fromBug(error: unknown): Failure {
  const described = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter(isFrame) : [];
  return {
    exitCode: exitCodes.bug,
    code: 'Bug',
    what: described,
    why: 'This is a bug in rds2aurora, not in your configuration. A run that was going on is journalled up to here.',
    next: ['rds2aurora status', 'report this with the lines above'],
    resumable: false,
    stack: frames.map((frame) => frame.trim()),
  };
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  if (value === undefined) return {};
  const entry: { [K in Key]?: Value } = {};
  entry[key] = value;
  return entry;
}
