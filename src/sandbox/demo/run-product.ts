import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));

export interface ProductOptions {
  readonly args: readonly string[];
  /** The project folder that it runs in. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs this tool as its user would, its output on our standard error, live. Resolves with the exit code; when `signal` is
 * aborted the child is asked to stop and waited for.
 */
export function runProduct(
  { args, directory, environment }: ProductOptions,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: directory,
      env: { ...environment },
      // A demonstration has its own result to print on standard output.
      stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    });
    const stop = (): void => {
      child.kill('SIGTERM');
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}
