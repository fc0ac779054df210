import { open, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { ConfigError } from '../errors.js';

/** Looked for in this order; fixed names only, and data only, so that a checkout cannot run code by being configured. */
const fileNames = ['rds2aurora.yaml', 'rds2aurora.yml'] as const;

/** Thirty times what a configuration needs; more is a mistake or an attack. */
const maxBytes = 64 * 1024;
/** The `yaml` package counts every alias that is resolved; a bomb needs thousands. */
const maxAliases = 50;

export interface ParsedFile {
  /** Plain data; undefined when the text could not be read as YAML. */
  readonly value: unknown;
  /** What is wrong with the text itself. */
  readonly problems: readonly string[];
  /** `file:line` of the node at the path, or of its nearest ancestor that stands in the file. */
  placeOf(path: readonly (string | number)[]): string;
}

/** @throws ConfigError when there is none, or when both names exist */
export async function findConfigFile(cwd: string, path: string | undefined): Promise<string> {
  if (path !== undefined) return requireFile(resolve(cwd, path));
  const candidates = await Promise.all(
    fileNames.map(async (name) => ({ name, exists: await isFile(resolve(cwd, name)) })),
  );
  const found = candidates.filter(({ exists }) => exists).map(({ name }) => name);
  const [only, second] = found;
  if (only === undefined) throw notFound(resolve(cwd, fileNames[0]));
  if (second === undefined) return resolve(cwd, only);
  throw new ConfigError('two configuration files', [`both ${only} and ${second} exist in ${cwd}`], {
    next: ['remove one of them, or choose with --config FILE'],
    changed: false,
  });
}

async function requireFile(file: string): Promise<string> {
  if (await isFile(file)) return file;
  throw notFound(file);
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

function notFound(file: string): ConfigError {
  return new ConfigError('no configuration file', [`${file} is not a file`], {
    why: `looked for ${file}`,
    next: ['rds2aurora init writes one', 'or name another file with --config FILE'],
    changed: false,
  });
}

/** Reads YAML 1.2 strictly: duplicate keys, unknown tags and every other warning are problems. */
export async function parseConfigFile(file: string, cwd: string): Promise<ParsedFile> {
  const name = shortName(file, cwd);
  const text = await readText(file);
  if (typeof text !== 'string')
    return { value: {}, problems: [`${name}: ${text.problem}`], placeOf: () => name };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const lineAt = (offset: number) => `${name}:${lines.linePos(offset).line}`;
  const problems = [...document.errors, ...document.warnings].map(
    (problem) => `${lineAt(problem.pos[0])}: ${problem.message}`,
  );
  const read = problems.length > 0 ? { value: undefined, problems: [] } : toPlainData(document, name);
  return {
    value: read.value,
    problems: [...problems, ...read.problems],
    placeOf: (path) => lineAt(offsetOf(document, path)),
  };
}

function shortName(file: string, cwd: string): string {
  const fromHere = relative(cwd, file);
  return fromHere.startsWith('..') ? file : fromHere;
}

async function readText(file: string): Promise<string | { readonly problem: string }> {
  await using handle = await open(file, 'r');
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
  if (bytesRead > maxBytes) return { problem: `larger than ${maxBytes / 1024} KiB` };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } catch {
    return { problem: 'not UTF-8 text' };
  }
}

function toPlainData(
  document: Document.Parsed,
  name: string,
): { value: unknown; problems: readonly string[] } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    if (isMap(document.contents)) return { value, problems: [] };
    return { value: undefined, problems: [`${name}: expected a map of settings at the top level`] };
  } catch (error) {
    return {
      value: undefined,
      problems: [`${name}: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isScalar(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
