import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerInstallation } from './server-installation.js';
import { programEnvironment, type Account } from './run-program.js';

const running = new Set<ChildProcess>();

/** The last resort: no server outlives the process that started it. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGQUIT');
});

export interface ServerProcess {
  readonly pid: number;
  /** SIGINT: ends sessions, writes a checkpoint. */
  stop(): Promise<void>;
  reload(): void;
}

export interface LaunchOptions {
  readonly installation: ServerInstallation;
  readonly dataDirectory: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly account: Account | undefined;
}

/** Line 8 of postmaster.pid is the server's own word on whether it accepts connections. */
async function isReady(dataDirectory: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

async function spawnServer(options: LaunchOptions): Promise<ChildProcess> {
  const log = await open(options.logFile, 'a', 0o600);
  try {
    return spawn(
      options.installation.postgres,
      ['-D', options.dataDirectory, '-c', `config_file=${options.configFile}`],
      {
        cwd: '/',
        env: programEnvironment,
        stdio: ['ignore', log.fd, log.fd],
        // Its own process group: Ctrl-C in the terminal is for us, we stop it in order.
        detached: true,
        ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
      },
    );
  } finally {
    await log.close();
  }
}

/** Starts a server and resolves when it accepts connections. Throws with the end of its log when it does not. */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const child = await spawnServer(options);
  running.add(child);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  for (
    const deadline = Date.now() + 60_000;
    !(child.pid && (await isReady(options.dataDirectory, child.pid)));
    await sleep(15)
  ) {
    if (!failure && child.exitCode === null && child.signalCode === null && Date.now() < deadline) continue;
    child.kill('SIGQUIT');
    const log = await readFile(options.logFile, 'utf8').catch(() => '');
    throw new Error(`PostgreSQL did not start: ${failure?.message ?? log.slice(-2000).trim()}`);
  }
  child.unref();
  return {
    pid: child.pid,
    reload: () => void child.kill('SIGHUP'),
    stop: () => stopChild(child, ended),
  };
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const patience = setTimeout(() => child.kill('SIGQUIT'), 20_000);
  await ended;
  clearTimeout(patience);
}
