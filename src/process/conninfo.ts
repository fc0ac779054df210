import type { ServerRef } from '../steps/refs.js';

/**
 * Connection string for libpq, safe in argv: no password. Every value is quoted, so that a database called
 * `x host=evil` stays a name (PostgreSQL: Connection Strings). Detects a dead peer within about a minute.
 */
export function conninfo(server: ServerRef): string {
  const values: Record<string, string> = {
    host: server.host,
    port: String(server.port),
    user: server.user,
    dbname: server.database,
    connect_timeout: '15',
    keepalives: '1',
    keepalives_idle: '15',
    keepalives_interval: '10',
    keepalives_count: '3',
    tcp_user_timeout: '60000',
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value.replace(/([\\'])/g, '\\$1')}'`)
    .join(' ');
}

/** A line of libpq's password file. @throws RangeError for a password with a line break, which the format cannot hold. */
export function passfileLine(server: ServerRef, password: string): string {
  if (/[\n\r\0]/.test(password))
    throw new RangeError('a password with a line break cannot be given to pg_dump');
  const escape = (value: string): string => value.replace(/([\\:])/g, '\\$1');
  return `${[server.host, String(server.port), '*', server.user, password].map((one) => (one === '*' ? one : escape(one))).join(':')}\n`;
}
