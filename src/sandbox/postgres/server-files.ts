import type { Listener } from './loopback-addresses.js';

/** How a server is to run; the names are PostgreSQL's. */
export interface ServerSettings {
  readonly parameters: Readonly<Record<string, string>>;
  /** Refuse connections without TLS (`rds.force_ssl`). */
  readonly forceSsl: boolean;
}

/**
 * For a rehearsal on a laptop: small, quick, and without fsync. A server that is killed loses nothing that it
 * acknowledged, because the kernel keeps its writes; only a crash of the machine would.
 */
const sandboxParameters: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_wal_size: '2GB',
  wal_level: 'replica',
  password_encryption: 'scram-sha-256',
  log_line_prefix: '%t:%r:%u@%d:[%p]:',
  timezone: 'UTC',
  jit: 'off',
};

const quote = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** postgresql.conf. The settings of the caller win over those of the sandbox, the listener over both. */
export function renderServerConfiguration(
  folder: string,
  listener: Listener,
  settings: ServerSettings,
): string {
  const parameters: Record<string, string> = {
    ...sandboxParameters,
    ...settings.parameters,
    listen_addresses: listener.host,
    port: String(listener.port),
    unix_socket_directories: '',
    ssl: 'on',
    ssl_cert_file: `${folder}/server.crt`,
    ssl_key_file: `${folder}/server.key`,
    ssl_ca_file: `${folder}/ca.pem`,
    hba_file: `${folder}/pg_hba.conf`,
    logging_collector: 'off',
    external_pid_file: '',
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${quote(value)}\n`)
    .join('');
}

/** pg_hba.conf. `rdsadmin` enters with a client certificate, so that no password of it exists in any snapshot. */
export function renderHostRules(forceSsl: boolean): string {
  return [
    'hostssl all rdsadmin 127.0.0.0/8 cert',
    'hostssl replication rdsadmin 127.0.0.0/8 cert',
    'host all rdsadmin all reject',
    'host rdsadmin all all reject',
    `${forceSsl ? 'hostssl' : 'host'} all all all scram-sha-256`,
    `${forceSsl ? 'hostssl' : 'host'} replication all all scram-sha-256`,
    '',
  ].join('\n');
}
