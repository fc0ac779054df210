import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What `sandbox up` leaves behind for `status`, `env` and `down`. */
const stateSchema = z.object({
  endpoint: z.string(),
  pid: z.int(),
  /** Allows a shutdown over HTTP; not a secret of anybody but the file is 0600 all the same. */
  token: z.string(),
  directory: z.string(),
  speed: z.number(),
  started: z.string(),
  scenario: z.string().optional(),
  env: z.record(z.string(), z.string()),
});
export type DaemonState = z.output<typeof stateSchema>;

/** Folder of a project's sandbox. */
export function sandboxFolder(project: string): string {
  return join(project, '.rds2aurora', 'sandbox');
}

function stateFile(folder: string): string {
  return join(folder, 'state.json');
}

/** Undefined when no sandbox was started here. */
export async function readDaemonState(folder: string): Promise<DaemonState | undefined> {
  const text = await readFile(stateFile(folder), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : stateSchema.parse(JSON.parse(text));
}

export async function writeDaemonState(folder: string, state: DaemonState): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = `${stateFile(folder)}.${String(process.pid)}`;
  await writeFile(partial, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(partial, stateFile(folder));
}

/** Removes the state and all data of the sandbox. */
export async function removeSandboxFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** True while the process of that sandbox is there. */
export function isRunning({ pid }: DaemonState): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
