import type { ServerRef } from '../steps/refs.js';
import { settingClause } from './guc-value.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import { isReservedRole, reservedRole } from './inventory/section.js';
import type { Session, Sessions } from './session.js';

/** One statement that brings the target nearer to the source. */
export interface Change {
  /** The statement's kind, e.g. `CREATE ROLE`. */
  readonly statement: string;
  /** What it is about, for the journal. */
  readonly key: string;
  readonly sql: string;
  /** AWS may withhold it: then it is told to the user and the run goes on. */
  readonly optional?: boolean;
  /** A parameter with a dot in its name belongs to an extension. */
  readonly setsExtensionParameter?: boolean;
}

interface RoleRow {
  readonly name: string;
  readonly login: boolean;
  readonly inherit: boolean;
  readonly create_db: boolean;
  readonly create_role: boolean;
  readonly connections: number;
  readonly until: string | null;
  readonly settings: readonly string[] | null;
}

interface MemberRow {
  readonly role: string;
  readonly member: string;
  readonly admin: boolean;
}

const rolesSql = `SELECT r.rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolcreatedb AS create_db,
    rolcreaterole AS create_role, rolconnlimit AS connections, rolvaliduntil::text AS until,
    (SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0) AS settings
  FROM pg_roles r WHERE r.rolname !~ ${reservedRole} ORDER BY r.rolname`;

const membersSql = `SELECT DISTINCT g.rolname AS role, m.rolname AS member, bool_or(a.admin_option) AS admin
  FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
  WHERE m.rolname !~ ${reservedRole} GROUP BY 1, 2 ORDER BY 1, 2`;

/** Roles that stand on the target, and what is missing there. Reads only. */
export async function planRoles(
  sessions: Sessions,
  source: ServerRef,
  target: ServerRef,
): Promise<{ readonly changes: Change[]; readonly created: string[]; readonly withoutPassword: string[] }> {
  const read = { mode: 'read' } as const;
  const [roles, members] = await sessions.use(
    source,
    read,
    async (session) =>
      [await session.rows<RoleRow>(rolesSql), await session.rows<MemberRow>(membersSql)] as const,
  );
  return sessions.use(target, read, async (session) => {
    const standing = new Set((await session.rows<RoleRow>(rolesSql)).map((one) => one.name));
    const missing = roles.filter((one) => !standing.has(one.name));
    const own = await planOwnMembership(session, roles, missing);
    const present = new Set((await session.rows<MemberRow>(membersSql)).map(memberKey));
    const lacking = members.filter(
      (one) => !present.has(memberKey(one)) && one.member !== source.user && one.member !== target.user,
    );
    return {
      changes: [...missing.map(createRole), ...own, ...lacking.map(grantRole), ...missing.flatMap(setRole)],
      created: missing.map((one) => one.name),
      withoutPassword: missing.filter((one) => one.login).map((one) => one.name),
    };
  });
}

/** By RDS rules: SUPERUSER, REPLICATION and BYPASSRLS are AWS's to give; passwords cannot be read, so there are none. */
function createRole(role: RoleRow): Change {
  const attributes = [
    role.login ? 'LOGIN' : 'NOLOGIN',
    role.inherit ? 'INHERIT' : 'NOINHERIT',
    role.create_db ? 'CREATEDB' : 'NOCREATEDB',
    role.create_role ? 'CREATEROLE' : 'NOCREATEROLE',
    `CONNECTION LIMIT ${role.connections}`,
    ...(role.until === null ? [] : [`VALID UNTIL ${quoteLiteral(role.until)}`]),
  ];
  return {
    statement: 'CREATE ROLE',
    key: role.name,
    sql: `CREATE ROLE ${quoteIdentifier(role.name)} ${attributes.join(' ')}`,
  };
}

/** To give objects to a role one must be a member of it (PostgreSQL 16 release notes: CREATEROLE). */
async function planOwnMembership(
  session: Session,
  roles: readonly RoleRow[],
  missing: readonly RoleRow[],
): Promise<Change[]> {
  const { user, version } = await session.row<{ user: string; version: number }>(
    `SELECT current_user::text AS user, current_setting('server_version_num')::int AS version`,
  );
  const isNew = new Set(missing.map((one) => one.name));
  const ask =
    version >= 160000
      ? `pg_has_role(r.oid, 'SET') AND pg_has_role(r.oid, 'USAGE')`
      : `pg_has_role(r.oid, 'USAGE')`;
  const held = await session.rows<{ name: string }>(`SELECT r.rolname AS name FROM pg_roles r WHERE ${ask}`);
  const has = new Set(held.map((one) => one.name));
  const options = version >= 160000 ? ' WITH INHERIT TRUE, SET TRUE' : '';
  return roles
    .filter((one) => one.name !== user && (isNew.has(one.name) || !has.has(one.name)))
    .map((one) => ({
      statement: 'GRANT',
      key: `${one.name} to ${user}`,
      sql: `GRANT ${quoteIdentifier(one.name)} TO ${quoteIdentifier(user)}${options}`,
    }));
}

function grantRole(member: MemberRow): Change {
  const admin = member.admin ? ' WITH ADMIN OPTION' : '';
  return {
    statement: 'GRANT',
    key: `${member.role} to ${member.member}`,
    sql: `GRANT ${quoteIdentifier(member.role)} TO ${quoteIdentifier(member.member)}${admin}`,
    optional: isReservedRole(member.role),
  };
}

function setRole(role: RoleRow): Change[] {
  return (role.settings ?? []).map((stored) => ({
    statement: 'ALTER ROLE',
    key: `${role.name} ${stored.split('=')[0] ?? ''}`,
    sql: `ALTER ROLE ${quoteIdentifier(role.name)} SET ${settingClause(stored)}`,
  }));
}

function memberKey(one: MemberRow): string {
  return JSON.stringify([one.role, one.member]);
}
