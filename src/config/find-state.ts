import { z } from 'zod';
import { ConfigError } from '../errors.js';
import { findConfigFile, parseConfigFile } from './config-file.js';
import { findOverrides } from './environment-overrides.js';
import type { LoadOptions } from './load.js';
import { describeIssues } from './problems.js';
import { configSchema } from './schema.js';

const stateSchema = z.object({ state: configSchema.shape.state.unwrap(), region: configSchema.shape.region });

/**
 * Where the state of runs is shared, for commands that ask about runs and need no whole configuration: a file that is
 * missing, or cannot be read, says nothing. Undefined: it is on this machine alone.
 * @throws ConfigError when it is said, and badly
 */
export async function findState({
  cwd,
  path,
  env,
}: Pick<LoadOptions, 'cwd' | 'path' | 'env'>): Promise<z.output<typeof stateSchema> | undefined> {
  const file = await findConfigFile(cwd, path).catch(() => undefined);
  const parsed = file === undefined ? undefined : await parseConfigFile(file, cwd);
  const set = findOverrides(env).filter((one) => one.path.length === 1);
  const origins = new Map(set.map((one) => [one.path.join('.'), one.origin]));
  const value: Readonly<Record<string, unknown>> = {
    ...asMap(parsed?.value),
    ...Object.fromEntries(set.map((one): [string, unknown] => [one.path.join('.'), one.value])),
  };
  if (value['state'] === undefined) return undefined;
  const checked = stateSchema.safeParse(value);
  if (checked.success) return checked.data;
  const originOf = (at: readonly (string | number)[]): string =>
    origins.get(at.join('.')) ?? parsed?.placeOf(at) ?? 'the environment';
  const problems = describeIssues(checked.error.issues, value, originOf);
  throw new ConfigError('the place of the shared state is not clear', problems, { changed: false });
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
