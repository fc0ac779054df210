import { quoteIdentifier, quoteLiteral } from './identifier.js';

/** Settings whose value is a list of names, stored quoted (PostgreSQL: GUC_LIST_QUOTE in guc_tables.c). */
const lists = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** `name TO value` for ALTER DATABASE and ALTER ROLE, from `name=value` as pg_db_role_setting holds it. */
export function settingClause(stored: string): string {
  const at = stored.indexOf('=');
  const name = stored.slice(0, at);
  const value = stored.slice(at + 1);
  // An extension's setting has a dot in its name: both halves are names.
  const quotedName = name.split('.').map(quoteIdentifier).join('.');
  if (!lists.has(name)) return `${quotedName} TO ${value === '' ? "''" : quoteLiteral(value)}`;
  const parts = splitNames(value);
  return `${quotedName} TO ${parts.length === 0 ? "''" : parts.map((one) => (one === '' ? "''" : quoteLiteral(one))).join(', ')}`;
}

/** Splits `a, "b ""c"", d"` into its names. */
export function splitNames(list: string): string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|([^,\s"]+)/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  );
}
