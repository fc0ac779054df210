import { listLeaves } from './schema-tree.js';

export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** What to blame when the value is bad: the variable or the flag. */
  readonly origin: string;
}

/**
 * Every single value of the configuration has a variable: `target.capacity.min` is RDS2AURORA_TARGET_CAPACITY_MIN,
 * `source.instance` is RDS2AURORA_SOURCE_INSTANCE. Lists and free maps have none. An empty variable counts as unset.
 */
export function findOverrides(env: Readonly<Record<string, string | undefined>>): readonly Override[] {
  return listVariables().flatMap(({ name, path, type }) => {
    const text = env[name];
    return text === undefined || text === '' ? [] : [{ path, value: toType(text, type), origin: name }];
  });
}

export interface ConfigVariable {
  readonly name: string;
  readonly path: readonly string[];
  readonly type: string;
}

/** The variables that override the configuration. `$schema` is for editors and has none. */
export function listVariables(): readonly ConfigVariable[] {
  return listLeaves()
    .filter(({ path }) => path[0] !== '$schema')
    .map(({ path, type }) => ({ name: variableName(path), path, type }));
}

function variableName(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return `RDS2AURORA_${words.join('_')}`;
}

/** Text that is not of the type stays text: the schema then refuses it in its own words. */
function toType(text: string, type: string): unknown {
  if (type === 'string') return text;
  if (type === 'boolean') return booleans.get(text) ?? text;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
