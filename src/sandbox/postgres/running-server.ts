import { chown, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type QueryResult } from 'pg';
import type { CertificateAuthority, CertifiedKey } from './certificate-authority.js';
import { makeServerFolder } from './data-directory.js';
import type { Listener } from './loopback-addresses.js';
import { runProgram, type Account } from './run-program.js';
import { renderHostRules, renderServerConfiguration, type ServerSettings } from './server-files.js';
import type { ServerInstallation } from './server-installation.js';
import { launchServer, type ServerProcess } from './server-process.js';

export interface ServerOptions {
  readonly installation: ServerInstallation;
  /** Holds `data` and, beside it, what the server is configured by. */
  readonly folder: string;
  readonly listener: Listener;
  readonly authority: CertificateAuthority;
  readonly admin: CertifiedKey;
  readonly account: Account | undefined;
}

/** One PostgreSQL server that accepts connections. */
export class RunningServer {
  #process: ServerProcess;

  private constructor(
    private readonly options: ServerOptions,
    process: ServerProcess,
  ) {
    this.#process = process;
  }

  static async start(options: ServerOptions, settings: ServerSettings): Promise<RunningServer> {
    await writeCertificates(options);
    await writeSettings(options, settings);
    return new RunningServer(options, await launch(options));
  }

  get listener(): Listener {
    return this.options.listener;
  }

  /** Writes the settings and asks the server to take those that need no restart. */
  async reload(settings: ServerSettings): Promise<void> {
    await writeSettings(this.options, settings);
    this.#process.reload();
  }

  /** Stops and starts with these settings; open sessions end. */
  async restart(settings: ServerSettings): Promise<void> {
    await this.stop();
    await writeSettings(this.options, settings);
    this.#process = await launch(this.options);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Runs a statement as `rdsadmin`. */
  async query(sql: string, database = 'postgres'): Promise<QueryResult<Record<string, unknown>>> {
    const { listener, authority, admin } = this.options;
    const { certificate: cert, key } = admin;
    // pg verifies an address only when the TLS options name it.
    const ssl = { ca: authority.certificate, cert, key, host: listener.host };
    const client = new Client({ ...listener, user: 'rdsadmin', database, ssl });
    // A migration ends other sessions while it pauses writers; unheard, this event would end the sandbox.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.query<Record<string, unknown>>(sql);
    } finally {
      await client.end();
    }
  }

  /** A consistent copy of the data directory while the server goes on. Unlogged tables come empty, as in AWS. */
  async copyTo(directory: string): Promise<void> {
    const { folder, listener, installation, account } = this.options;
    const file = (name: string): string => join(folder, 'conf', name);
    const connection = Object.entries({
      host: listener.host,
      port: String(listener.port),
      user: 'rdsadmin',
      sslmode: 'verify-full',
      sslrootcert: file('ca.pem'),
      sslcert: file('admin.crt'),
      sslkey: file('admin.key'),
    }).map(([name, value]) => `${name}='${value}'`);
    const flags = ['-X', 'stream', '-c', 'fast', '--no-sync', '--no-manifest', '--no-verify-checksums'];
    const program = join(installation.binDir, 'pg_basebackup');
    await runProgram(program, ['-D', directory, ...flags, '-d', connection.join(' ')], { account });
  }
}

const launch = (options: ServerOptions): Promise<ServerProcess> =>
  launchServer({
    installation: options.installation,
    dataDirectory: join(options.folder, 'data'),
    configFile: join(options.folder, 'conf', 'postgresql.conf'),
    logFile: join(options.folder, 'postgresql.log'),
    account: options.account,
  });

async function writeOwned(options: ServerOptions, name: string, content: string): Promise<void> {
  const path = join(options.folder, 'conf', name);
  await writeFile(path, content);
  await chmod(path, 0o600);
  if (options.account) await chown(path, options.account.uid, options.account.gid);
}

async function writeCertificates(options: ServerOptions): Promise<void> {
  await makeServerFolder(join(options.folder, 'conf'), options.account);
  const server = options.authority.issueServer(options.listener.host);
  await writeOwned(options, 'server.crt', server.certificate);
  await writeOwned(options, 'server.key', server.key);
  await writeOwned(options, 'ca.pem', options.authority.certificate);
  await writeOwned(options, 'admin.crt', options.admin.certificate);
  await writeOwned(options, 'admin.key', options.admin.key);
}

async function writeSettings(options: ServerOptions, settings: ServerSettings): Promise<void> {
  const folder = join(options.folder, 'conf');
  await writeOwned(options, 'postgresql.conf', renderServerConfiguration(folder, options.listener, settings));
  await writeOwned(options, 'pg_hba.conf', renderHostRules(settings.forceSsl));
}
