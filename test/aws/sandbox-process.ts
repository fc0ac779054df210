import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compileForChildren } from '../pipeline/compile-for-children.js';

/** A sandbox in a process of its own. */
export interface SandboxProcess {
  /** What clients of it want to find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts `sandbox-program.ts`, which has a bucket `state`. */
export async function startSandboxProcess(): Promise<SandboxProcess> {
  const { program, remove } = compileForChildren('test/aws/sandbox-program.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    env: JSON.parse(line) as Record<string, string>,
    stop: async () => {
      child.stdin.end();
      await ended;
      remove();
    },
  };
}
