import { looseDefinition } from './compare-text.js';
import type { Fingerprint } from './fingerprint.js';

/** Of source and target. */
export type Majors = readonly [number, number];

/** One server is older than this version, the other is not. */
const isBetween = (version: number, majors: Majors): boolean =>
  Math.min(...majors) < version && Math.max(...majors) >= version;

/** Names of multiranges, which from PostgreSQL 14 on come with each range, as the fingerprint's types have them. */
export function multirangesOf(fingerprint: Fingerprint): string[] {
  const types = Object.entries(fingerprint.sections['types'] ?? {});
  return types.flatMap(([name, value]) => (value.includes('"kind": "m"') ? [name] : []));
}

/**
 * Whether an object is one that both servers can have. Servers before 14 have no multiranges, nor what is made with them:
 * constructors, a cast, and their privileges. Servers before 17 have no privilege to maintain a table: who holds all
 * privileges holds it elsewhere, and where it was granted by itself, the check of what is newer than the target has refused the move.
 */
export function isKnownToBoth(
  section: string,
  key: string,
  majors: Majors,
  multiranges: readonly string[],
): boolean {
  if (isBetween(17, majors) && /grants|default privileges/.test(section) && key.includes(' MAINTAIN to '))
    return false;
  return !isBetween(14, majors) || !multiranges.some((name) => comesWith(name, section, key));
}

function comesWith(multirange: string, section: string, key: string): boolean {
  if (section === 'types') return key === multirange;
  if (section === 'other objects') return key.startsWith('cast (') && key.endsWith(` AS ${multirange})`);
  if (section !== 'functions' && section !== 'grants') return false;
  return key.startsWith(`function ${multirange}(`) || key.startsWith(`type ${multirange} `);
}

/** A value of a section in a form that two servers of different major versions have alike when it is the same object. */
export function asBothHaveIt(section: string, key: string, value: string, majors: Majors): string {
  return looseDefinition(section, withoutNewer(section, key, value, majors));
}

/** Values that are no JSON, such as comments, are the same in all versions. */
function withoutNewer(section: string, key: string, value: string, majors: Majors): string {
  const rewrite = rewriteOf(section, key, majors);
  return rewrite === undefined ? value : JSON.stringify(rewrite(JSON.parse(value) as Definition));
}

type Definition = Readonly<Record<string, unknown>>;

function rewriteOf(
  section: string,
  key: string,
  majors: Majors,
): ((definition: Definition) => Definition) | undefined {
  if (section === 'types' && isBetween(14, majors)) return withoutMultirange;
  if (section === 'other objects' && key.startsWith('conversion ') && isBetween(14, majors))
    return withoutArguments;
  return section === 'publications' && isBetween(15, majors) ? withWholeTables : undefined;
}

function withoutMultirange(type: Definition): Definition {
  const { range } = type;
  if (typeof range !== 'object' || range === null) return type;
  return { ...type, range: { ...range, multirange: undefined } };
}

/** The function of a conversion has an argument more from PostgreSQL 14 on. */
function withoutArguments(conversion: Definition): Definition {
  return { ...conversion, function: String(conversion['function']).replace(/\([^(]*\)$/, '') };
}

/** Before PostgreSQL 15 a publication has whole tables, and no schemas. What is narrower elsewhere stays as it is. */
function withWholeTables(publication: Definition): Definition {
  const { tables, schemas, ...rest } = publication;
  const whole = (table: unknown): unknown =>
    Array.isArray(table) && table.slice(1).every((one) => one === null) ? [table[0] as unknown] : table;
  return {
    ...rest,
    tables: Array.isArray(tables) ? tables.map(whole) : tables,
    ...(schemas === null || schemas === undefined ? {} : { schemas }),
  };
}
