import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ContainerOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** One line of standard output or standard error. */
  readonly onLine: (line: string) => void;
}

/** A container: a child process of the sandbox. */
export interface RunningContainer {
  /** Resolves with the exit code once the process is gone; 128 + signal when a signal ended it. */
  readonly exited: Promise<number>;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs` of real time. */
  stop(graceMs: number): Promise<void>;
}

const signalNumbers: Readonly<Record<string, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2 };

/** Starts a container; a program that cannot be started counts as one that exited with 127, as a shell says it. */
export function runContainer({ command, environment, onLine }: ContainerOptions): RunningContainer {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) readLines(stream, onLine);
  const exited = exitOf(child, onLine);
  return {
    exited,
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

function exitOf(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      onLine(error.message);
      resolve(127);
    });
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signalNumbers[signal ?? ''] ?? 0));
    });
  });
}
