import { identity, notOfExtension, reservedRole, userSchema } from './section.js';
import type { Section } from './section.js';

interface Grantable {
  readonly catalog: string;
  readonly acl: string;
  readonly owner: string;
  /** Letter of `acldefault`: what a null list of privileges stands for. */
  readonly kind: string;
  readonly where: string;
}

const inUserSchema = (column: string): string =>
  `EXISTS (SELECT 1 FROM pg_namespace n WHERE n.oid = o.${column} AND ${userSchema})`;

const grantables: readonly Grantable[] = [
  {
    catalog: 'pg_class',
    acl: 'relacl',
    owner: 'relowner',
    kind: 'r',
    where: `o.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${inUserSchema('relnamespace')}`,
  },
  {
    catalog: 'pg_class',
    acl: 'relacl',
    owner: 'relowner',
    kind: 's',
    where: `o.relkind = 'S' AND ${inUserSchema('relnamespace')}`,
  },
  { catalog: 'pg_proc', acl: 'proacl', owner: 'proowner', kind: 'f', where: inUserSchema('pronamespace') },
  {
    catalog: 'pg_type',
    acl: 'typacl',
    owner: 'typowner',
    kind: 'T',
    where: `o.typelem = 0 AND o.typrelid = 0 AND ${inUserSchema('typnamespace')}`,
  },
  {
    catalog: 'pg_namespace',
    acl: 'nspacl',
    owner: 'nspowner',
    kind: 'n',
    where: `o.nspname !~ '^pg_' AND o.nspname <> 'information_schema'`,
  },
  { catalog: 'pg_language', acl: 'lanacl', owner: 'lanowner', kind: 'l', where: 'o.oid >= 16384' },
  { catalog: 'pg_foreign_server', acl: 'srvacl', owner: 'srvowner', kind: 'S', where: 'true' },
  { catalog: 'pg_foreign_data_wrapper', acl: 'fdwacl', owner: 'fdwowner', kind: 'F', where: 'true' },
];

/** One row a privilege; who granted it differs between servers by design and is left out. */
const granted = (name: string, list: string): string => `SELECT ${name} || ' ' || a.privilege_type || ' to '
    || CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(g.rolname) END AS key,
    CASE WHEN bool_or(a.is_grantable) THEN 'with grant option' ELSE 'yes' END AS value
  FROM ${list} a LEFT JOIN pg_roles g ON g.oid = a.grantee`;

const ofObjects = grantables.map(
  (one) => `SELECT key, value FROM (${granted(
    'o.name',
    `(SELECT ${identity(one.catalog, 'o.oid')} AS name,
      coalesce(o.${one.acl}, acldefault('${one.kind}', o.${one.owner})) AS list FROM ${one.catalog} o
      WHERE ${one.where} AND ${notOfExtension(one.catalog, 'o.oid')}) o CROSS JOIN LATERAL aclexplode(o.list)`,
  )}
    WHERE a.grantee = 0 OR g.rolname !~ ${reservedRole} GROUP BY 1) q`,
);

const ofColumns = `SELECT key, value FROM (${granted(
  'o.name',
  `(SELECT ${identity('pg_class', 'c.oid', 'o.attnum')} AS name,
      o.attacl AS list FROM pg_attribute o JOIN pg_class c ON c.oid = o.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE o.attacl IS NOT NULL AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}) o CROSS JOIN LATERAL aclexplode(o.list)`,
)}
    WHERE a.grantee = 0 OR g.rolname !~ ${reservedRole} GROUP BY 1) q`;

/** Those with privileges of their own only: there may be millions of the others. */
const ofLargeObjects = `SELECT key, value FROM (${granted(
  'o.name',
  `(SELECT 'large object ' || o.oid AS name, o.lomacl AS list FROM pg_largeobject_metadata o
      WHERE o.lomacl IS NOT NULL) o CROSS JOIN LATERAL aclexplode(o.list)`,
)}
    WHERE a.grantee = 0 OR g.rolname !~ ${reservedRole} GROUP BY 1) q`;

const ofDatabase = `SELECT key, value FROM (${granted(
  `'database'`,
  `(SELECT coalesce(d.datacl, acldefault('d', d.datdba)) AS list
      FROM pg_database d WHERE d.datname = current_database()) o CROSS JOIN LATERAL aclexplode(o.list)`,
)}
    WHERE a.grantee = 0 OR g.rolname !~ ${reservedRole} GROUP BY 1) q`;

/** What was granted, or taken, since CREATE EXTENSION (PostgreSQL: pg_init_privs). */
const ofMembers = (
  [
    ['pg_class', 'relacl', 'relowner', `CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"`],
    ['pg_proc', 'proacl', 'proowner', `'f'`],
    ['pg_type', 'typacl', 'typowner', `'T'`],
    ['pg_namespace', 'nspacl', 'nspowner', `'n'`],
    ['pg_language', 'lanacl', 'lanowner', `'l'`],
    ['pg_foreign_data_wrapper', 'fdwacl', 'fdwowner', `'F'`],
  ] as const
)
  .map(([catalog, acl, own, kind]) => {
    const exploded = (list: string): string =>
      `SELECT e.grantee, e.privilege_type, e.is_grantable FROM aclexplode(${list}) e WHERE e.grantee <> o.${own}`;
    const now = exploded(`coalesce(o.${acl}, acldefault(${kind}, o.${own}))`);
    const before = exploded(`coalesce(p.initprivs, acldefault(${kind}, o.${own}))`);
    return `SELECT ${identity(catalog, 'o.oid')} || ' ' || a.privilege_type || ' to ' || coalesce(quote_ident(g.rolname), 'public') AS key,
        a.how || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END AS value
      FROM ${catalog} o LEFT JOIN pg_init_privs p ON p.classoid = '${catalog}'::regclass AND p.objoid = o.oid AND p.objsubid = 0
      CROSS JOIN LATERAL (SELECT 'granted' AS how, * FROM ((${now}) EXCEPT (${before})) q
        UNION ALL SELECT 'taken', * FROM ((${before}) EXCEPT (${now})) q) a
      LEFT JOIN pg_roles g ON g.oid = a.grantee
      WHERE (o.${acl} IS NOT NULL OR p.initprivs IS NOT NULL) AND NOT ${notOfExtension(catalog, 'o.oid')}
        AND (a.grantee = 0 OR g.rolname !~ ${reservedRole})`;
  })
  .join(' UNION ALL ');

export const grantSections: readonly Section[] = [
  { name: 'grants', sql: [...ofObjects, ofColumns, ofLargeObjects, ofDatabase].join(' UNION ALL ') },
  { name: 'grants on members of extensions', sql: ofMembers },
  {
    name: 'default privileges',
    sql: `SELECT pg_get_userbyid(o.defaclrole) || ' ' || coalesce(quote_ident(n.nspname), '(every schema)') || ' '
          || o.defaclobjtype::text || ' ' || a.privilege_type || ' to ' || CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(g.rolname) END AS key,
        CASE WHEN bool_or(a.is_grantable) THEN 'with grant option' ELSE 'yes' END AS value
      FROM pg_default_acl o LEFT JOIN pg_namespace n ON n.oid = o.defaclnamespace CROSS JOIN LATERAL aclexplode(o.defaclacl) a
      LEFT JOIN pg_roles g ON g.oid = a.grantee
      WHERE pg_get_userbyid(o.defaclrole) !~ ${reservedRole} AND (a.grantee = 0 OR g.rolname !~ ${reservedRole})
      GROUP BY 1`,
  },
];
