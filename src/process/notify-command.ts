import { execa } from 'execa';

export interface NotifyCommandSettings {
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly string[];
  /** The folder of the configuration file: a relative program starts there. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the user's own program with `input` on its stdin and `variables` in its environment. What it writes is thrown away.
 * It has a process group of its own: Ctrl-C in the terminal is not for it, and when `signal` aborts, whatever it has
 * started goes with it.
 * @throws Error that names neither program nor arguments
 */
export async function runNotifyCommand(
  { argv, directory, environment }: NotifyCommandSettings,
  message: { readonly input: string; readonly variables: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...rest] = argv;
  signal.throwIfAborted();
  const child = execa(program, rest, {
    cwd: directory,
    env: { ...environment, ...message.variables },
    extendEnv: false,
    input: message.input,
    stdout: 'ignore',
    stderr: 'ignore',
    detached: true,
    reject: false,
  });
  const end = (): void => killGroup(child.pid);
  signal.addEventListener('abort', end, { once: true });
  const result = await child.finally(() => signal.removeEventListener('abort', end));
  signal.throwIfAborted();
  // A program that does not read its stdin is none that has failed.
  if (result.exitCode === 0) return;
  if (result.exitCode !== undefined) throw new Error(`it exited with code ${result.exitCode}`);
  throw new Error(
    result.signal === undefined
      ? `it could not be started (${result.code ?? 'unknown'})`
      : `${result.signal} ended it`,
  );
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) throw error;
  }
}
