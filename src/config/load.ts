import { dirname } from 'node:path';
import { ConfigError } from '../errors.js';
import { findOverrides, type Override } from './environment-overrides.js';
import { findConfigFile, parseConfigFile, type ParsedFile } from './config-file.js';
import { describeIssues, type Origins } from './problems.js';
import { resolvePaths } from './resolve-paths.js';
import { configSchema, type Config } from './schema.js';

export interface LoadOptions {
  /** From `--config`; without it the fixed names are looked for in `cwd`. */
  readonly path?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values given by flags, by dotted path, e.g. `{'source.snapshot': 'nightly'}`: the flag is its last word. They win. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig {
  /** Deeply frozen; its paths are absolute. */
  readonly config: Config;
  /** The same before paths were resolved: equal on every machine that holds the same project. Digest this one. */
  readonly written: Config;
  readonly file: string;
  /** The folder that relative paths start from, and that runs are kept in. */
  readonly directory: string;
}

/**
 * Reads the configuration: flags over RDS2AURORA_* variables over the file over defaults.
 * @throws ConfigError that lists every problem at once, each with its place, value and expectation
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const file = await findConfigFile(options.cwd, options.path);
  const parsed = await parseConfigFile(file, options.cwd);
  const overrides = [...findOverrides(options.env), ...flagOverrides(options.flags ?? {})];
  const value = overrides.reduce<unknown>(
    (whole, { path, value }) => withValue(whole, path, value),
    parsed.value,
  );
  const checked = configSchema.safeParse(value);
  const issues = checked.success
    ? []
    : describeIssues(checked.error.issues, value, originsOf(parsed, overrides));
  const problems = [...parsed.problems, ...issues];
  if (problems.length > 0 || !checked.success) throw invalid(file, problems);
  const directory = dirname(file);
  return {
    config: freeze(resolvePaths(checked.data, directory)),
    written: freeze(checked.data),
    file,
    directory,
  };
}

function flagOverrides(flags: Readonly<Record<string, string | undefined>>): readonly Override[] {
  return Object.entries(flags).flatMap(([path, value]) =>
    value === undefined ? [] : [{ path: path.split('.'), value, origin: nameFlag(path) }],
  );
}

/** The flag is called as its setting is, but for one that is known by its group. */
function nameFlag(path: string): string {
  return path.startsWith('notify.') ? '--notify' : `--${path.split('.').at(-1) ?? path}`;
}

function originsOf(parsed: ParsedFile, overrides: readonly Override[]): Origins {
  const byPath = new Map(overrides.map(({ path, origin }) => [path.join('.'), origin]));
  return (path) => byPath.get(path.join('.')) ?? parsed.placeOf(path);
}

/** A copy of `whole` with `value` at `path`. A path through something that is no map is left to the schema to refuse. */
function withValue(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (whole !== undefined && whole !== null && !isMap(whole)) return whole;
  const map = whole ?? {};
  return { ...map, [key]: withValue(map[key], rest, value) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, problems: readonly string[]): ConfigError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new ConfigError(`${count} in the configuration`, problems, {
    resource: file,
    next: [`edit ${file}`],
    changed: false,
  });
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
