import type { Writable } from 'node:stream';
import { execa } from 'execa';

export interface Program {
  /** Absolute path. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Milliseconds that a program has to end by itself. */
const graceMs = 5000;

/** Leaders of the groups that run now: no program outlives this process where that can be helped. */
const running = new Set<number>();
const endAll = (): void => running.forEach((pid) => killGroup(pid, 'SIGTERM'));

/**
 * Starts a program without a shell, in a process group of its own, and ends the group with the signal: pg_dump and pg_restore
 * have workers, which wait for a silent server for ever once the one that could end them is gone. stderr comes by lines.
 */
export function startProgram(
  program: Program,
  io: { readonly stdin: 'ignore' | 'pipe'; readonly stdout: 'ignore' | 'pipe' | Writable },
  signal: AbortSignal,
) {
  const child = execa(program.file, [...program.arguments], {
    ...io,
    ...{ env: { ...program.environment }, extendEnv: false, buffer: false, reject: false, detached: true },
  });
  // A program may read no more of what it is told: its exit code tells why.
  child.stdin?.on('error', () => undefined);
  const { pid } = child;
  if (pid === undefined) return child;
  if (!process.listeners('exit').includes(endAll)) process.once('exit', endAll);
  running.add(pid);
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(pid, 'SIGTERM');
    timer = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  // It has ended when its workers have let go of stderr, too.
  void child.then(() => {
    running.delete(pid);
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
  return child;
}

function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}
