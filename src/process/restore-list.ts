/** Which part of an archive is restored by one call of pg_restore. */
export type RestorePart = 'schemas' | 'pre-data' | 'post-data' | 'data and post-data';

export interface ListFilter {
  readonly part: RestorePart;
  /** Schemas that stand already, made for the extensions in them. */
  readonly existingSchemas: readonly string[];
  readonly entries?: EntryChoice;
  /** Lines whose rows are in already. */
  readonly loaded?: ReadonlySet<string>;
}

/** Entries by the catalog and OID of what they are about, `1259 16402`: these alone, or all but these. */
export interface EntryChoice {
  readonly kind: 'only' | 'without';
  readonly of: ReadonlySet<string>;
}

const entry = /^\d+; (\d+ \d+) (.*)$/;
/** `pg_restore -l` gives type, schema or `-`, name and owner, unquoted and apart by blanks. */
const reservedOwner = / (rds\w*|pg_\w+)$/;

/**
 * Takes out of an archive's table of contents what must not be restored: extensions and their comments (created
 * beforehand, version-checked), schema public (there already), schemas that stand, and event triggers of reserved roles.
 * Of the rest, schemas come first and by themselves. Lines keep their order, which is the order of dependencies.
 */
export function filterRestoreList(list: string, filter: ListFilter): string {
  const existing = new Set(['public', ...filter.existingSchemas]);
  return list
    .split('\n')
    .filter((line) => {
      const [, object, what] = entry.exec(line) ?? [];
      if (object === undefined || what === undefined) return true;
      if (filter.loaded?.has(line) === true) return false;
      return isChosen(object, filter.entries) && isWanted(what, filter.part, existing);
    })
    .join('\n');
}

/** All else is comments. */
export const hasEntries = (list: string): boolean => list.split('\n').some((line) => entry.test(line));

function isChosen(object: string, entries: EntryChoice | undefined): boolean {
  return entries === undefined || entries.of.has(object) === (entries.kind === 'only');
}

function isWanted(what: string, part: RestorePart, existing: ReadonlySet<string>): boolean {
  if (/^(EXTENSION - |COMMENT - EXTENSION |SUBSCRIPTION )/.test(what)) return false;
  if (what.startsWith('EVENT TRIGGER ') && reservedOwner.test(what)) return false;
  const schema = /^SCHEMA - (.*) \S+$/.exec(what)?.[1];
  if (schema === undefined) return part !== 'schemas';
  return part === 'schemas' && !existing.has(schema);
}
