import { execFile, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How a command ended. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Runner = (args: readonly string[], env: Environment) => Promise<Ended>;

/** The AWS CLI of this machine, an independent client: what it reads was not written with it in mind. */
export interface AwsCli {
  /** @returns what it printed @throws AwsCliError */
  run(args: readonly string[], env: Environment): Promise<string>;
  stop(): void;
}

export class AwsCliError extends Error {
  constructor(readonly stderr: string) {
    super(stderr);
  }
}

export const isAwsCliInstalled = succeeds('aws', ['--version']);
if (!isAwsCliInstalled) {
  console.warn('AWS CLI NOT FOUND: its calls to the sandbox are NOT tested here; install it and run again');
}

/**
 * Version 1 is a Python package: one process loads it once and makes all calls by the program's own entry. Where that
 * cannot be had each call starts the program.
 */
export function startAwsCli(): AwsCli {
  const { runner, stop } = succeeds('python3', ['-c', 'import awscli.clidriver'])
    ? startDriver()
    : { runner: startEach, stop: () => undefined };
  return {
    run: async (args, env) => {
      const { code, stdout, stderr } = await runner(args, env);
      if (code !== 0) throw new AwsCliError(stderr);
      return stdout;
    },
    stop,
  };
}

function startDriver(): { runner: Runner; stop: () => void } {
  const child = spawn('python3', [join(import.meta.dirname, 'aws-cli-driver.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return {
    runner: (args, env) => {
      const answer = last.then(async () => {
        child.stdin.write(`${JSON.stringify({ args, env })}\n`);
        return JSON.parse(String((await lines.next()).value)) as Ended;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    stop: () => child.stdin.end(),
  };
}

const startEach: Runner = (args, env) =>
  new Promise((resolve) => {
    execFile('aws', [...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr });
    });
  });

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
