/** What a session may do, and how long it may take. */
export interface SessionOptions {
  /** `read`: the server itself refuses every change. */
  readonly mode: 'read' | 'write';
  /** 0: no limit. Default 30 s for `read`, none for `write`. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** Ends the running statement and the session. */
  readonly signal?: AbortSignal;
  /** False: nobody looks whether its statements stall. Default: true. */
  readonly watched?: boolean;
  /** More settings, given at session start. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Settings that every session starts with. They make text output the same on every server, keep name lookup out of
 * schemas that others can write to (CVE-2018-1058), and refuse to show a table partly where row security would hide
 * rows. Startup settings outrank those of the database and the role (PostgreSQL: Setting Parameters).
 */
const fixed: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog,pg_temp',
  row_security: 'off',
  extra_float_digits: '1',
  DateStyle: 'ISO,YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  quote_all_identifiers: 'off',
  lc_monetary: 'C',
  standard_conforming_strings: 'on',
};

/** Value for the `options` of the startup packet: `-c name=value`, blanks and backslashes escaped. */
export function startupOptions(options: SessionOptions): string {
  const statement = options.statementTimeoutMs ?? (options.mode === 'read' ? 30_000 : 0);
  const settings: Record<string, string> = {
    ...fixed,
    default_transaction_read_only: options.mode === 'read' ? 'on' : 'off',
    statement_timeout: String(statement),
    lock_timeout: String(options.lockTimeoutMs ?? 5000),
    idle_in_transaction_session_timeout: '0',
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/([\\\s])/g, '\\$1')}`)
    .join(' ');
}
