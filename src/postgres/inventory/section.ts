/** One kind of object: a query that gives `key` (what it is called) and `value` (all that must be equal), both text. */
export interface Section {
  readonly name: string;
  /** For servers of this version number; most are the same for all. */
  readonly sql: string | ((version: number) => string);
}

/** Names of AWS's and PostgreSQL's own roles: never copied, never compared. Sources: RDS and Aurora User Guides, "Understanding PostgreSQL roles and permissions". */
export const reservedRole = `'^(pg_|rds)'`;

export function isReservedRole(name: string): boolean {
  return /^(pg_|rds)/.test(name);
}

/** SQL: schema `n` holds objects of users. */
export const userSchema = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** SQL: the object is no member of an extension; those are made by CREATE EXTENSION. */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/** SQL: name of the owning role; reserved ones differ between servers and count as one. */
export function owner(oid: string): string {
  return `CASE WHEN pg_get_userbyid(${oid}) ~ ${reservedRole} THEN '(reserved)' ELSE pg_get_userbyid(${oid})::text END`;
}

/** SQL: the full name of an object, quoted where needed and the same on every server. */
export function identity(catalog: string, oid: string, sub = '0'): string {
  return `(SELECT i.type || ' ' || i.identity FROM pg_identify_object('${catalog}'::regclass, ${oid}, ${sub}) i)`;
}
