/**
 * What RDS puts into a new server before the customer sees it: the roles of "Understanding PostgreSQL roles and
 * permissions" (RDS User Guide), the `rdsadmin` database, and template1 owned as there. Runs as `rdsadmin`, the only superuser.
 */
export function reservedRolesSql(major: number): string[] {
  const members = ['pg_monitor', 'pg_signal_backend', 'rds_password', 'rds_replication'];
  if (major >= 15) members.push('pg_checkpoint');
  if (major >= 16) members.push('pg_use_reserved_connections', 'pg_create_subscription');
  if (major >= 17) members.push('pg_maintain');
  return [
    ...[
      'rds_superuser',
      'rds_replication',
      'rds_password',
      'rds_iam',
      'rds_ad',
      'rds_extension',
      'rds_reserved',
    ].map((role) => `CREATE ROLE ${role} NOLOGIN`),
    ...['rdsrepladmin', 'rdstopmgr'].map((role) => `CREATE ROLE ${role} NOLOGIN`),
    `GRANT ${members.join(', ')} TO rds_superuser WITH ADMIN OPTION`,
    ...(major >= 15
      ? superuserParameters.map((name) => `GRANT SET ON PARAMETER ${name} TO rds_superuser`)
      : []),
    'CREATE DATABASE rdsadmin',
    'REVOKE ALL ON DATABASE rdsadmin FROM PUBLIC',
  ];
}

/** Superuser-only settings that the master user may set on RDS. PostgreSQL 15 made them grantable. */
const superuserParameters = [
  'session_replication_role', 'log_statement', 'log_min_duration_statement', 'log_min_messages', 'log_temp_files',
  'log_lock_waits', 'track_functions', 'temp_file_limit', 'commit_delay', 'deadlock_timeout',
]; // prettier-ignore

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface MasterUser {
  readonly username: string;
  readonly password: string;
  /** Initial database; without it there is only `postgres`. */
  readonly database?: string | undefined;
}

/** The master user: not a superuser, a member of `rds_superuser`, owner of `postgres`, `template1` and its database. */
export function masterUserSql(master: MasterUser): string[] {
  const role = quoteName(master.username);
  return [
    `CREATE ROLE ${role} LOGIN CREATEDB CREATEROLE PASSWORD ${quoteText(master.password)} VALID UNTIL 'infinity'`,
    `GRANT rds_superuser TO ${role}`,
    `ALTER DATABASE postgres OWNER TO ${role}`,
    `ALTER DATABASE template1 OWNER TO ${role}`,
    ...(master.database && master.database !== 'postgres'
      ? [`CREATE DATABASE ${quoteName(master.database)} OWNER ${role}`]
      : []),
  ];
}

export const passwordSql = (username: string, password: string): string =>
  `ALTER ROLE ${quoteName(username)} PASSWORD ${quoteText(password)}`;
