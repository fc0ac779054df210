import type { Listener } from '../postgres/loopback-addresses.js';
import type { PostgresRuntime, Volume } from '../postgres/postgres-runtime.js';
import { passwordSql, type MasterUser } from '../postgres/reserved-roles.js';
import type { RunningServer } from '../postgres/running-server.js';
import type { ServerSettings } from '../postgres/server-files.js';

/**
 * The PostgreSQL behind an RDS instance or an Aurora cluster: storage from the start, a server while it is open. Its
 * operations run one after the other, in the order they were asked for.
 */
export class Database {
  #volume: Volume | undefined;
  #server: RunningServer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runtime: PostgresRuntime,
    readonly major: number,
    /** Where it answers while it is open. */
    readonly listener: Listener,
  ) {}

  create(master: MasterUser): Promise<void> {
    return this.#inTurn(async () => {
      this.#volume = await this.runtime.createVolume(this.major, master);
    });
  }

  restore(snapshot: Volume): Promise<void> {
    return this.#inTurn(async () => {
      this.#volume = await this.runtime.copyVolume(snapshot);
    });
  }

  /** Starts the server, or gives a running one its settings. */
  open(settings: ServerSettings): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#server) return this.#server.reload(settings);
      this.#server = await this.runtime.startServer(this.#storage(), this.listener, settings);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#server?.stop();
      this.#server = undefined;
    });
  }

  /** Gives a running server the settings that need no restart; one that is closed gets them when it opens. */
  apply(settings: ServerSettings): Promise<void> {
    return this.#inTurn(async () => this.#server?.reload(settings));
  }

  reboot(settings: ServerSettings): Promise<void> {
    return this.#inTurn(async () => this.#server?.restart(settings));
  }

  setPassword(username: string, password: string): Promise<void> {
    return this.#inTurn(async () => {
      const sql = passwordSql(username, password);
      if (this.#server) await this.#server.query(sql);
      else await this.runtime.runOffline(this.#storage(), [sql]);
    });
  }

  /** A consistent copy of all its databases. */
  copy(): Promise<Volume> {
    return this.#inTurn(() => this.runtime.copyVolume(this.#storage(), this.#server));
  }

  /** Sessions now open, the sandbox's own left out; 0 while it is closed. */
  countSessions(): Promise<number> {
    return this.#inTurn(async () => {
      const sql =
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'rdsadmin'";
      const result = await this.#server?.query(sql);
      return Number(result?.rows[0]?.['n'] ?? 0);
    });
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#server?.stop();
      this.#server = undefined;
      if (this.#volume) await this.runtime.deleteVolume(this.#volume);
      this.#volume = undefined;
    });
  }

  #storage(): Volume {
    if (!this.#volume) throw new Error('the database has no storage');
    return this.#volume;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
