import type { z } from 'zod';
import { findNearest } from './nearest.js';
import { listKeys } from './schema-tree.js';

type Path = readonly (string | number)[];

/** Where a value came from: `rds2aurora.yaml:12`, a variable's name or a flag. */
export type Origins = (path: Path) => string;

/** One line a problem: place, dotted path, value, expectation. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  originOf: Origins,
): readonly string[] {
  return issues.flatMap((issue) => describe(issue, value, originOf));
}

function describe(issue: z.core.$ZodIssue, value: unknown, originOf: Origins): readonly string[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const known = listKeys(path);
    return issue.keys.map((key) => line(originOf([...path, key]), [...path, key], unknownKey(key, known)));
  }
  const found = valueAt(value, path);
  if (found === undefined) return [line(originOf(path), path, `is missing; ${expectation(issue)}`)];
  if (issue.code === 'custom') return [line(originOf(path), path, issue.message)];
  return [line(originOf(path), path, `${shown(found)} – ${expectation(issue)}${quotesHint(issue, found)}`)];
}

function line(origin: string, path: Path, text: string): string {
  return `${origin}: ${path.length === 0 ? 'the whole' : path.join('.')}: ${text}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = findNearest(key, known);
  return `is not a known setting${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}`;
  if (issue.code === 'invalid_value')
    return `expected ${issue.values.map((value) => String(value)).join(' or ')}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  return issue.message;
}

/** YAML reads an unquoted 17.10 as the number 17.1. */
function quotesHint(issue: z.core.$ZodIssue, found: unknown): string {
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  return wantsText && (typeof found === 'number' || typeof found === 'boolean') ? ': write it in quotes' : '';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function article(expected: string): string {
  const words = new Map([
    ['object', 'a map'],
    ['array', 'a list'],
    ['int', 'a whole number'],
    ['record', 'a map'],
  ]);
  return words.get(expected) ?? `a ${expected}`;
}

/** Scalars are quoted so that spaces and types show; maps and lists only named: they may be long. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.entries(at).find(([name]) => name === String(key))?.[1];
  }, value);
}
