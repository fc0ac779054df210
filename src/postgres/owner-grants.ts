import type { ServerRef } from '../steps/refs.js';
import { quoteIdentifier } from './identifier.js';
import { reservedRole, userSchema } from './inventory/section.js';
import type { Change } from './role-changes.js';
import type { Sessions } from './session.js';

/** Grants for the time of a restore, and the statements that take them back. */
export interface OwnerGrants {
  /** Before schemas are created. */
  readonly onDatabase: readonly Change[];
  /** Once schemas stand. */
  readonly onSchemas: readonly Change[];
  readonly revoke: readonly Change[];
}

const owned = [
  ['pg_class', 'relowner', 'relnamespace'],
  ['pg_proc', 'proowner', 'pronamespace'],
  ['pg_type', 'typowner', 'typnamespace'],
  ['pg_operator', 'oprowner', 'oprnamespace'],
  ['pg_collation', 'collowner', 'collnamespace'],
  ['pg_opclass', 'opcowner', 'opcnamespace'],
  ['pg_opfamily', 'opfowner', 'opfnamespace'],
  ['pg_conversion', 'conowner', 'connamespace'],
  ['pg_statistic_ext', 'stxowner', 'stxnamespace'],
  ['pg_ts_config', 'cfgowner', 'cfgnamespace'],
  ['pg_ts_dict', 'dictowner', 'dictnamespace'],
]
  .map(
    ([catalog, owner, schema]) =>
      `SELECT ${owner ?? ''} AS owner, ${schema ?? ''} AS schema FROM ${catalog ?? ''}`,
  )
  .join(' UNION ');

interface SchemaRow {
  readonly schema: string;
  readonly owner: string;
  readonly usage: boolean;
  readonly create: boolean;
}

const hasExplicit = (privilege: string): string => `EXISTS (SELECT 1 FROM aclexplode(n.nspacl) a
  WHERE a.grantee = r.oid AND a.privilege_type = '${privilege}')`;

/**
 * ALTER … OWNER TO asks that the new owner may create in the schema, ALTER SCHEMA … OWNER TO that it may create in the
 * database (PostgreSQL: ALTER TABLE, Notes). Superusers are excused; nobody is one on RDS or Aurora. An owner may have
 * lost the right on the source since, so it is lent for the restore and taken back unless the source grants it too.
 */
export async function planOwnerGrants(
  sessions: Sessions,
  source: ServerRef,
  target: ServerRef,
): Promise<OwnerGrants> {
  const { schemas, creators } = await sessions.use(source, { mode: 'read' }, async (session) => ({
    schemas: await session.rows<SchemaRow>(`SELECT DISTINCT n.nspname AS schema, r.rolname AS owner,
        ${hasExplicit('USAGE')} AS usage, ${hasExplicit('CREATE')} AS create
      FROM (${owned}) o JOIN pg_namespace n ON n.oid = o.schema JOIN pg_roles r ON r.oid = o.owner
      WHERE ${userSchema} AND r.oid <> n.nspowner AND r.rolname !~ ${reservedRole} AND r.rolname <> current_user
      ORDER BY 1, 2`),
    creators: await session.rows<{ owner: string }>(`SELECT DISTINCT r.rolname AS owner
      FROM (SELECT nspowner AS owner FROM pg_namespace n WHERE ${userSchema} UNION SELECT pubowner FROM pg_publication) o
      JOIN pg_roles r ON r.oid = o.owner WHERE r.rolname !~ ${reservedRole} AND r.rolname <> current_user
        AND NOT EXISTS (SELECT 1 FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
          WHERE d.datname = current_database() AND a.grantee = r.oid AND a.privilege_type = 'CREATE') ORDER BY 1`),
  }));
  const database = `DATABASE ${quoteIdentifier(target.database)}`;
  return {
    onDatabase: creators.map((one) => change('GRANT', 'CREATE', database, 'TO', one.owner)),
    onSchemas: schemas.flatMap((one) =>
      ['USAGE', 'CREATE'].map((right) => change('GRANT', right, schemaOf(one), 'TO', one.owner)),
    ),
    revoke: [
      ...schemas.flatMap((one) =>
        notGranted(one).map((right) => change('REVOKE', right, schemaOf(one), 'FROM', one.owner)),
      ),
      ...creators.map((one) => change('REVOKE', 'CREATE', database, 'FROM', one.owner)),
    ],
  };
}

/** What the source grants is in the archive too, but after the objects. */
function notGranted(row: SchemaRow): string[] {
  return [...(row.usage ? [] : ['USAGE']), ...(row.create ? [] : ['CREATE'])];
}

function schemaOf(row: SchemaRow): string {
  return `SCHEMA ${quoteIdentifier(row.schema)}`;
}

function change(statement: string, right: string, on: string, direction: string, role: string): Change {
  return {
    statement,
    key: `${right} on ${on} ${direction} ${role}`,
    sql: `${statement} ${right} ON ${on} ${direction} ${quoteIdentifier(role)}`,
  };
}
