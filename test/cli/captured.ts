import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { vi } from 'vitest';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface Captured {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
};

/** The program as oclif knows it, without its commands: a test brings its own. */
const program = Config.load({
  root: projectRoot,
  pjson: { name: 'rds2aurora', version, oclif: { bin: 'rds2aurora', topicSeparator: ' ' } },
});

/** A command class, concrete or not. */
interface Runnable {
  run(argv: string[], config: Config): Promise<unknown>;
}

/** Runs a command in this process, as `bin/run.js` would, and gives what it wrote and its exit code. */
export async function runCommand(command: Runnable, argv: string[]): Promise<Captured> {
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      texts[name] += String(chunk);
      return true;
    }),
  );
  // oclif warns its developers otherwise.
  vi.stubEnv('NODE_ENV', 'production');
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await command.run(argv, await program);
    return { ...texts, exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
