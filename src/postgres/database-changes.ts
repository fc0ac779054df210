import type { ServerRef } from '../steps/refs.js';
import { settingClause } from './guc-value.js';
import { quoteIdentifier } from './identifier.js';
import { isReservedRole, reservedRole } from './inventory/section.js';
import type { Change } from './role-changes.js';
import type { Session, Sessions } from './session.js';

interface DatabaseFacts {
  readonly owner: string;
  readonly connections: number;
}

interface GrantRow {
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

interface SettingRow {
  readonly role: string;
  readonly setting: string;
}

const thisDatabase = `(SELECT oid FROM pg_database WHERE datname = current_database())`;

function readFacts(session: Session): Promise<DatabaseFacts> {
  return session.row<DatabaseFacts>(`SELECT pg_get_userbyid(datdba)::text AS owner, datconnlimit AS connections
    FROM pg_database WHERE datname = current_database()`);
}

/**
 * What pg_dump leaves out of a single database: its settings, its roles' settings in it, its grants, connection limit and
 * owner. The read-only switch of the source, thrown by this tool, is not copied.
 */
export async function planDatabase(
  sessions: Sessions,
  source: ServerRef,
  target: ServerRef,
): Promise<Change[]> {
  const [[facts, settings, grants], [there, standing]] = await Promise.all([
    sessions.use(
      source,
      { mode: 'read' },
      async (session) =>
        [await readFacts(session), await readSettings(session), await readGrants(session)] as const,
    ),
    sessions.use(
      target,
      { mode: 'read' },
      async (session) => [await readGrants(session), await readFacts(session)] as const,
    ),
  ]);
  const database = `DATABASE ${quoteIdentifier(target.database)}`;
  const key = target.database;
  return [
    ...settings.map((row) => settingChange(row, database, key)),
    ...grantChanges(grants, there, database),
    ...(facts.connections === standing.connections
      ? []
      : [
          {
            statement: 'ALTER DATABASE',
            key,
            sql: `ALTER ${database} CONNECTION LIMIT ${facts.connections}`,
          },
        ]),
    ...(facts.owner === standing.owner || facts.owner === source.user || isReservedRole(facts.owner)
      ? []
      : [
          {
            statement: 'ALTER DATABASE',
            key,
            sql: `ALTER ${database} OWNER TO ${quoteIdentifier(facts.owner)}`,
          },
        ]),
  ];
}

function readSettings(session: Session): Promise<SettingRow[]> {
  return session.rows<SettingRow>(`SELECT coalesce(r.rolname, '')::text AS role, v AS setting
    FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE s.setdatabase = ${thisDatabase} AND coalesce(r.rolname !~ ${reservedRole}, true)
      AND NOT (s.setrole = 0 AND v LIKE 'default\\_transaction\\_read\\_only=%') ORDER BY 1, 2`);
}

function settingChange(row: SettingRow, database: string, key: string): Change {
  const clause = settingClause(row.setting);
  const parameter = row.setting.split('=')[0] ?? '';
  const setsExtensionParameter = parameter.includes('.');
  return row.role === ''
    ? {
        statement: 'ALTER DATABASE',
        key: `${key} ${parameter}`,
        sql: `ALTER ${database} SET ${clause}`,
        setsExtensionParameter,
      }
    : {
        statement: 'ALTER ROLE',
        key: `${row.role} ${parameter}`,
        sql: `ALTER ROLE ${quoteIdentifier(row.role)} IN ${database} SET ${clause}`,
        setsExtensionParameter,
      };
}

function readGrants(session: Session): Promise<GrantRow[]> {
  return session.rows<GrantRow>(`SELECT CASE a.grantee WHEN 0 THEN '' ELSE g.rolname::text END AS grantee,
      a.privilege_type AS privilege, bool_or(a.is_grantable) AS grantable
    FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE d.datname = current_database() AND (a.grantee = 0 OR g.rolname !~ ${reservedRole}) AND a.grantee <> d.datdba
    GROUP BY 1, 2 ORDER BY 1, 2`);
}

function grantChanges(
  wanted: readonly GrantRow[],
  standing: readonly GrantRow[],
  database: string,
): Change[] {
  const key = (row: GrantRow): string => `${row.privilege} to ${row.grantee === '' ? 'public' : row.grantee}`;
  const to = (row: GrantRow): string => (row.grantee === '' ? 'PUBLIC' : quoteIdentifier(row.grantee));
  const has = new Set(standing.map((row) => `${key(row)} ${String(row.grantable)}`));
  const wants = new Set(wanted.map(key));
  const grants = wanted
    .filter((row) => !has.has(`${key(row)} ${String(row.grantable)}`))
    .map(
      (row) =>
        `GRANT ${row.privilege} ON ${database} TO ${to(row)}${row.grantable ? ' WITH GRANT OPTION' : ''}`,
    );
  const revokes = standing
    .filter((row) => !wants.has(key(row)))
    .map((row) => `REVOKE ${row.privilege} ON ${database} FROM ${to(row)}`);
  return [...grants, ...revokes].map((sql) => ({
    statement: sql.startsWith('GRANT') ? 'GRANT' : 'REVOKE',
    key: 'database',
    sql,
  }));
}
