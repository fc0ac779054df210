import { notOfExtension, reservedRole, userSchema } from '../inventory/section.js';
import { namesAfter, newRoles, newSettings } from './newer-names.js';

/** A kind of object that servers before a major version cannot have. */
export interface NewerKind {
  readonly since: number;
  /** Of several objects. */
  readonly what: string;
  readonly fix: string;
  /** SQL for a source of that version: one column `name`. */
  readonly sql: string;
}

const relation = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;
const ofUsers = `${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`;
const named = `format('%I.%I', n.nspname, c.relname)`;

const columns = (
  condition: string,
): string => `SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name
  FROM ${relation} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE ${ofUsers} AND c.relkind IN ('r', 'p', 'f') AND ${condition}`;

const constraints = (
  condition: string,
): string => `SELECT format('%I.%I.%I', n.nspname, c.relname, k.conname) AS name
  FROM ${relation} JOIN pg_constraint k ON k.conrelid = c.oid WHERE ${ofUsers} AND ${condition}`;

const collations = (condition: string): string => `SELECT format('%I.%I', n.nspname, o.collname) AS name
  FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE ${userSchema} AND ${condition}`;

const databaseLocale = (
  provider: string,
): string => `SELECT 'database ' || d.datname AS name FROM pg_database d
  WHERE d.datname = current_database() AND d.datlocprovider = '${provider}'`;

/** pg_dump writes ALL for whoever holds every privilege in one way, and that is understood everywhere. */
const maintain = (object: string, list: string, from: string): string => `SELECT ${object} || ' to ' ||
    CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END AS name
  FROM ${from} CROSS JOIN LATERAL aclexplode(${list}) a
  GROUP BY ${object}, a.grantee
  HAVING bool_or(a.privilege_type = 'MAINTAIN') AND NOT (count(DISTINCT a.privilege_type) = 8 AND count(DISTINCT a.is_grantable) = 1)`;

const change = 'change them on the source first';

/** All that is told by the catalogs alone. Source: the release notes of each version. */
export const newerKinds: readonly NewerKind[] = [
  {
    since: 15,
    what: 'unique indexes with NULLS NOT DISTINCT',
    fix: 'make them anew without it, where equal nulls are allowed',
    sql: `SELECT ${named} AS name FROM ${relation} JOIN pg_index i ON i.indexrelid = c.oid WHERE ${ofUsers} AND i.indnullsnotdistinct`,
  },
  {
    since: 15,
    what: 'publications of some rows, some columns or whole schemas',
    fix: 'publish whole tables',
    sql: `SELECT DISTINCT p.pubname::text AS name FROM pg_publication p WHERE EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid)
      OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL))`,
  },
  {
    since: 15,
    what: 'views with security_invoker',
    fix: 'ALTER VIEW … RESET (security_invoker), where the rights of the owner will do',
    sql: `SELECT ${named} AS name FROM ${relation} WHERE ${ofUsers} AND EXISTS (SELECT FROM unnest(c.reloptions) o WHERE o LIKE 'security\\_invoker=%')`,
  },
  {
    since: 15,
    what: 'foreign keys that set only some columns on DELETE',
    fix: 'make them anew for all columns',
    sql: constraints('k.confdelsetcols IS NOT NULL'),
  },
  {
    since: 15,
    what: 'columns with a negative scale',
    fix: change,
    sql: columns(`format_type(a.atttypid, a.atttypmod) ~ '^numeric\\(\\d+,-'`),
  },
  {
    since: 15,
    what: 'an ICU locale as that of the whole database',
    fix: 'dump it into a database with a locale of the system first',
    sql: databaseLocale('i'),
  },
  {
    since: 16,
    what: 'collations with rules of their own',
    fix: 'make them anew without rules',
    sql: collations('o.collicurules IS NOT NULL'),
  },
  {
    since: 17,
    what: 'collations of the provider builtin',
    fix: 'make them anew with provider libc and locale C.UTF-8 or C',
    sql: collations(`o.collprovider = 'b'`),
  },
  {
    since: 17,
    what: 'a builtin locale as that of the whole database',
    fix: 'dump it into a database with a locale of the system first',
    sql: databaseLocale('b'),
  },
  {
    since: 17,
    what: 'identity columns of partitioned tables',
    fix: 'ALTER TABLE … ALTER COLUMN … DROP IDENTITY, and a default from a sequence instead',
    sql: columns(`a.attidentity <> '' AND c.relkind = 'p'`),
  },
  {
    since: 17,
    what: 'exclusion constraints of partitioned tables',
    fix: 'put them on the partitions one by one',
    sql: constraints(`k.contype = 'x' AND c.relkind = 'p'`),
  },
  {
    since: 17,
    what: 'access methods of partitioned tables',
    fix: 'ALTER TABLE … SET ACCESS METHOD DEFAULT',
    sql: `SELECT ${named} AS name FROM ${relation} WHERE ${ofUsers} AND c.relkind = 'p' AND c.relam <> 0`,
  },
  {
    since: 17,
    what: 'grants of MAINTAIN',
    fix: 'REVOKE MAINTAIN; who owns a table may maintain it there',
    sql: `${maintain(named, 'c.relacl', relation)}
      UNION ALL ${maintain(`'default privileges of ' || pg_get_userbyid(o.defaclrole)`, 'o.defaclacl', `(SELECT * FROM pg_default_acl WHERE defaclobjtype = 'r') o`)}`,
  },
  {
    since: 17,
    what: 'event triggers on login',
    fix: 'DROP EVENT TRIGGER',
    sql: `SELECT e.evtname::text AS name FROM pg_event_trigger e WHERE e.evtevent = 'login' AND pg_get_userbyid(e.evtowner) !~ ${reservedRole}`,
  },
  {
    since: 18,
    what: 'virtual generated columns',
    fix: 'make them anew with STORED, or as columns of a view',
    sql: columns(`a.attgenerated = 'v'`),
  },
  {
    since: 18,
    what: 'keys WITHOUT OVERLAPS and foreign keys with PERIOD',
    fix: 'use exclusion constraints for the keys, and triggers for the foreign keys',
    sql: constraints('k.conperiod'),
  },
  {
    since: 18,
    what: 'constraints that are NOT ENFORCED',
    fix: 'drop them, or let them be enforced',
    sql: constraints('NOT k.conenforced'),
  },
  {
    since: 18,
    what: 'not-null constraints that are NOT VALID or NO INHERIT',
    fix: 'ALTER TABLE … VALIDATE CONSTRAINT, or drop them',
    sql: constraints(`k.contype = 'n' AND (NOT k.convalidated OR k.connoinherit)`),
  },
  {
    since: 18,
    what: 'publications of generated columns',
    fix: 'ALTER PUBLICATION … SET (publish_generated_columns = none)',
    sql: `SELECT p.pubname::text AS name FROM pg_publication p WHERE p.pubgencols <> 'n'`,
  },
];

const anyOf = (names: readonly string[]): string => `= ANY ('{${names.join()}}'::text[])`;

/** Roles of PostgreSQL itself that the target lacks, and roles that were made members of them. */
export function memberships(major: number): NewerKind {
  return {
    since: major + 1,
    what: "memberships in PostgreSQL's own roles",
    fix: 'REVOKE them on the source; there is nothing to take their place',
    sql: `SELECT g.rolname || ' to ' || m.rolname AS name FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid
      JOIN pg_roles m ON m.oid = a.member WHERE m.rolname !~ ${reservedRole} AND g.rolname ${anyOf(namesAfter(newRoles, major))}`,
  };
}

/** Parameters that the target does not know, set for the database, for a role or for a function. */
export function settings(major: number): NewerKind {
  const isNewer = `split_part(v, '=', 1) ${anyOf(namesAfter(newSettings, major))}`;
  return {
    since: major + 1,
    what: 'settings of parameters',
    fix: 'RESET them on the source, by ALTER DATABASE, ALTER ROLE or ALTER FUNCTION',
    sql: `SELECT coalesce('role ' || r.rolname, 'database') || ' ' || v AS name FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v
      LEFT JOIN pg_roles r ON r.oid = s.setrole
      WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AND NOT (s.setdatabase = 0 AND s.setrole = 0)
        AND coalesce(r.rolname !~ ${reservedRole}, true) AND ${isNewer}
      UNION ALL SELECT 'function ' || p.oid::regprocedure || ' ' || v FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        CROSS JOIN unnest(p.proconfig) v WHERE ${userSchema} AND ${notOfExtension('pg_proc', 'p.oid')} AND ${isNewer}`,
  };
}
