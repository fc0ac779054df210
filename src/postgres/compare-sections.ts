import type { Comparison } from '../steps/refs.js';
import { asBothHaveIt, isKnownToBoth, multirangesOf } from './compare-majors.js';
import type { Majors } from './compare-majors.js';
import type { Fingerprint } from './fingerprint.js';

/** Differences in one section beyond which only their number is told. */
const shown = 50;

/** Catalog by catalog: one line when all is equal, else one line for every object that is not. */
export function compareSections(source: Fingerprint, target: Fingerprint): Comparison[] {
  const names = new Set([...Object.keys(source.sections), ...Object.keys(target.sections)]);
  const majors = [majorOf(source), majorOf(target)] as const;
  const multiranges = [source, target].flatMap(multirangesOf);
  return [...names].flatMap((name) =>
    compareSection(name, source, target, majors, (key) => isKnownToBoth(name, key, majors, multiranges)),
  );
}

function compareSection(
  name: string,
  source: Fingerprint,
  target: Fingerprint,
  majors: Majors,
  isKnown: (key: string) => boolean,
): Comparison[] {
  const here = source.sections[name];
  const there = target.sections[name];
  if (here === undefined || there === undefined) {
    return [
      {
        item: name,
        result: 'not-compared',
        detail: 'one fingerprint was taken by a version that knows no such section',
      },
    ];
  }
  const keys = [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(isKnown).sort();
  const differing = keys.filter((key) => !isEqual(name, key, here[key], there[key], majors));
  if (differing.length === 0)
    return [{ item: name, result: 'match', detail: describe(name, keys.length, here, there) }];
  const lines = differing.slice(0, shown).map((key): Comparison => ({
    item: `${name}: ${key}`,
    result: 'differ',
    ...(here[key] === undefined ? {} : { source: here[key] }),
    ...(there[key] === undefined ? {} : { target: there[key] }),
    detail:
      here[key] === undefined
        ? 'only on the target'
        : there[key] === undefined
          ? 'missing on the target'
          : 'not the same',
  }));
  const rest = differing.length - lines.length;
  return rest === 0
    ? lines
    : [...lines, { item: name, result: 'differ', detail: `and ${String(rest)} more` }];
}

function isEqual(
  section: string,
  key: string,
  here: string | undefined,
  there: string | undefined,
  majors: Majors,
): boolean {
  if (here === undefined || there === undefined) return false;
  if (here === there) return true;
  if (section === 'extensions') return isSameExtension(here, there);
  const [one, other] = majors;
  return (
    one !== other && asBothHaveIt(section, key, here, majors) === asBothHaveIt(section, key, there, majors)
  );
}

/** The target may have a newer version of an extension: AWS ships one per engine version, and there is no way back. */
function isSameExtension(here: string, there: string): boolean {
  const one = extensionOf(here);
  const other = extensionOf(there);
  return one.schema === other.schema && compareVersions(one.version, other.version) <= 0;
}

function extensionOf(value: string): { version: string; schema: string } {
  const parsed: unknown = JSON.parse(value);
  const field = (name: string): string => {
    const found =
      typeof parsed === 'object' && parsed !== null
        ? Object.entries(parsed).find(([key]) => key === name)
        : undefined;
    return String(found?.[1]);
  };
  return { version: field('version'), schema: field('schema') };
}

/** Dotted numbers, part by part: 0.10 comes after 0.9. */
export function compareVersions(one: string, other: string): number {
  const left = one.split('.').map(Number);
  const right = other.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function describe(
  name: string,
  count: number,
  here: Readonly<Record<string, string>>,
  there: Readonly<Record<string, string>>,
): string {
  if (name !== 'extensions') return String(count);
  const versions = Object.keys(here).map((key) => {
    const one = extensionOf(here[key] ?? '{}').version;
    const other = extensionOf(there[key] ?? '{}').version;
    return one === other ? `${key} ${one}` : `${key} ${one} → ${other} (newer is allowed)`;
  });
  return versions.join(', ');
}

function majorOf(fingerprint: Fingerprint): number {
  return Math.floor(fingerprint.serverVersionNumber / 10_000);
}
