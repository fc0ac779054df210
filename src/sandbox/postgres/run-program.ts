import { spawn } from 'node:child_process';

/** Whom a program runs as; absent means as ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramOptions {
  readonly account?: Account | undefined;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment of PostgreSQL's programs: nothing of ours leaks in, messages are in English. */
export const programEnvironment = { LC_ALL: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' };

/** Runs a program to its end and gives its standard output. Throws with the end of its error output when it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { account, input = '', env = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...programEnvironment, ...env },
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output).toString());
      const tail = Buffer.concat(errors).toString().slice(-2000).trim();
      reject(new Error(`${program} ended with ${code ?? 'a signal'}: ${tail}`));
    });
    // A program that fails early closes its input; its exit code says why, not the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
