import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { daemonMessageSchema } from './daemon-messages.js';
import { isRunning, readDaemonState, removeSandboxFolder, type DaemonState } from './daemon-state.js';

export interface StartOptions {
  readonly folder: string;
  readonly speed: number;
  /** 0 takes a free port. */
  readonly port: number;
  /** Size of the scenario's data; undefined deploys no scenario. */
  readonly scale: number | undefined;
  /** What the daemon is doing, for whoever watches. */
  readonly log: (line: string) => void;
}

/** There is a sandbox in this folder already. */
export class AlreadyRunningError extends Error {
  constructor(readonly state: DaemonState) {
    super(`a sandbox is running at ${state.endpoint}`);
  }
}

/**
 * Starts a sandbox in a process of its own and waits until it is ready.
 * @throws AlreadyRunningError
 * @throws Error with the daemon's reason when it could not start.
 */
export async function startDaemon({ folder, log, ...options }: StartOptions): Promise<DaemonState> {
  const standing = await readDaemonState(folder);
  if (standing !== undefined && isRunning(standing)) throw new AlreadyRunningError(standing);
  await removeSandboxFolder(folder);
  const daemon = spawn(process.execPath, [...process.execArgv, daemonProgram()], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  daemon.send({ folder, token: randomUUID(), ...options });
  await ready(daemon, log);
  daemon.disconnect();
  daemon.unref();
  const state = await readDaemonState(folder);
  if (state === undefined) throw new Error('the sandbox ended as soon as it was ready');
  return state;
}

/** `daemon.js` beside this file, or `daemon.ts` when it is run uncompiled. */
function daemonProgram(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`./daemon.${extension}`, import.meta.url));
}

function ready(daemon: ChildProcess, log: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    daemon.on('message', (raw) => {
      const message = daemonMessageSchema.parse(raw);
      if (message.kind === 'line') log(message.line);
      if (message.kind === 'ready') resolve();
      if (message.kind === 'failed') reject(new Error(message.message));
    });
    daemon.once('error', reject);
    daemon.once('exit', (code) => {
      reject(new Error(`the sandbox ended with exit code ${String(code)} while it was starting`));
    });
  });
}
