import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import {
  findPostgresInstallations,
  type PostgresInstallation,
} from '../../process/postgres-installations.js';
import { findUnprivilegedUser } from '../../process/unprivileged-user.js';
import type { CertificateAuthority, CertifiedKey } from './certificate-authority.js';
import { copyDataDirectory, findTemplate, makeServerFolder, runInSingleUserMode } from './data-directory.js';
import { LoopbackAddresses, type Listener } from './loopback-addresses.js';
import { masterUserSql, type MasterUser } from './reserved-roles.js';
import { runProgram, type Account } from './run-program.js';
import { RunningServer } from './running-server.js';
import type { ServerSettings } from './server-files.js';
import { prepareInstallation, type ServerInstallation } from './server-installation.js';
import { startWatchdog, type Watchdog } from './watchdog.js';

/** Storage of a database: an instance's, a cluster's, or a snapshot's. */
export interface Volume {
  readonly folder: string;
  readonly major: number;
}

export interface PostgresRuntimeOptions {
  /** Folder of this sandbox. */
  readonly directory: string;
  readonly authority: CertificateAuthority;
  readonly findInstallations?: () => Promise<PostgresInstallation[]>;
  /** Where templates are kept between sandboxes. */
  readonly cache?: string;
}

/** The PostgreSQL servers of one sandbox. */
export class PostgresRuntime {
  readonly #addresses = new LoopbackAddresses();
  readonly #servers = new Set<RunningServer>();
  readonly #prepared = new Map<number, Promise<ServerInstallation>>();
  readonly #admin: CertifiedKey;
  /** Work on volumes that must end before their folders may go. */
  readonly #busy = new Set<Promise<unknown>>();
  #stopped = false;

  private constructor(
    private readonly options: PostgresRuntimeOptions,
    private readonly installations: readonly PostgresInstallation[],
    private readonly account: Account | undefined,
    private readonly volumes: string,
    private readonly watchdog: Watchdog,
  ) {
    this.#admin = options.authority.issueClient('rdsadmin');
  }

  static async create(options: PostgresRuntimeOptions): Promise<PostgresRuntime> {
    const { findInstallations = findPostgresInstallations } = options;
    const account = await findUnprivilegedUser();
    const volumes = await makeVolumesFolder(options.directory, account);
    const servers = (await findInstallations()).filter(({ server }) => server);
    return new PostgresRuntime(options, servers, account, volumes, startWatchdog(volumes));
  }

  /** Major versions that can be run here, newest first. */
  get majors(): readonly number[] {
    return [...new Set(this.installations.map(({ major }) => major))];
  }

  allotAddress(port: number, name?: string): Promise<Listener> {
    return this.#addresses.allot(port, name);
  }

  /** Storage of a new database, with its master user. */
  createVolume(major: number, master: MasterUser): Promise<Volume> {
    return this.#busyWith(this.#createVolume(major, master));
  }

  async #createVolume(major: number, master: MasterUser): Promise<Volume> {
    const installation = await this.#installation(major);
    const template = await findTemplate(installation, this.#cache, this.account);
    const volume = await this.#newVolume(major);
    await copyDataDirectory(template, dataOf(volume), this.account);
    await this.runOffline(volume, masterUserSql(master));
    return volume;
  }

  /** A consistent copy; of a running database when its server is given. */
  copyVolume(volume: Volume, server?: RunningServer): Promise<Volume> {
    return this.#busyWith(this.#copyVolume(volume, server));
  }

  async #copyVolume(volume: Volume, server: RunningServer | undefined): Promise<Volume> {
    const copy = await this.#newVolume(volume.major);
    if (server) await server.copyTo(dataOf(copy));
    else await copyDataDirectory(dataOf(volume), dataOf(copy), this.account);
    return copy;
  }

  async deleteVolume(volume: Volume): Promise<void> {
    await rm(volume.folder, { recursive: true, force: true });
  }

  /** Runs statements on a volume that no server runs on. */
  async runOffline(volume: Volume, statements: readonly string[]): Promise<void> {
    await runInSingleUserMode(
      await this.#installation(volume.major),
      dataOf(volume),
      statements,
      this.account,
    );
  }

  /** What `postgres --describe-config` says of the parameters of a major version, or of the nearest that is here. */
  async describeConfiguration(major: number): Promise<string> {
    const distance = (one: number): number => Math.abs(one - major);
    const nearest = [...this.majors].sort((one, other) => distance(one) - distance(other))[0] ?? major;
    const { postgres } = await this.#installation(nearest);
    return runProgram(postgres, ['--describe-config'], { account: this.account });
  }

  startServer(volume: Volume, listener: Listener, settings: ServerSettings): Promise<RunningServer> {
    return this.#busyWith(this.#startServer(volume, listener, settings));
  }

  async #startServer(volume: Volume, listener: Listener, settings: ServerSettings): Promise<RunningServer> {
    const installation = await this.#installation(volume.major);
    const { authority } = this.options;
    const { folder } = volume;
    const server = await RunningServer.start(
      { installation, folder, listener, authority, admin: this.#admin, account: this.account },
      settings,
    );
    this.#servers.add(server);
    if (this.#stopped) await server.stop();
    return server;
  }

  /** Stops every server; their folders stay with the sandbox's. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#busy);
    await Promise.all([...this.#servers].map((server) => server.stop()));
    this.watchdog.release();
    if (!this.volumes.startsWith(this.options.directory))
      await rm(this.volumes, { recursive: true, force: true });
  }

  #busyWith<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => undefined).finally(() => this.#busy.delete(settled));
    this.#busy.add(settled);
    return work;
  }

  get #cache(): string {
    return this.options.cache ?? join(tmpdir(), `rds2aurora-sandbox-${userInfo().uid}`);
  }

  #installation(major: number): Promise<ServerInstallation> {
    const fitting = this.installations.filter((installation) => installation.major === major);
    // RDS and Aurora have pgvector in every version; of what is installed here, a later minor may be without.
    const found = fitting.find(({ pgvector }) => pgvector !== undefined) ?? fitting[0];
    if (!found) throw new Error(`PostgreSQL ${major} is not installed here`);
    const prepared = this.#prepared.get(major) ?? this.#prepare(found);
    this.#prepared.set(major, prepared);
    return prepared;
  }

  async #prepare(found: PostgresInstallation): Promise<ServerInstallation> {
    await makeServerFolder(this.#cache, this.account);
    return prepareInstallation(found, this.#cache);
  }

  async #newVolume(major: number): Promise<Volume> {
    const folder = join(this.volumes, randomUUID());
    await makeServerFolder(folder, this.account);
    return { folder, major };
  }
}

const dataOf = (volume: Volume): string => join(volume.folder, 'data');

/** Inside the sandbox's folder, unless the account that servers run as cannot get there. */
async function makeVolumesFolder(directory: string, account: Account | undefined): Promise<string> {
  const inside = join(directory, 'postgres');
  await mkdir(directory, { recursive: true });
  if (account) await chmod(directory, 0o711);
  await makeServerFolder(inside, account);
  const reachable = await runProgram('test', ['-w', inside], { account }).then(
    () => true,
    () => false,
  );
  if (reachable) return inside;
  const outside = await mkdtemp(join(tmpdir(), 'rds2aurora-postgres-'));
  await chmod(outside, 0o711);
  await makeServerFolder(join(outside, 'volumes'), account);
  return join(outside, 'volumes');
}
