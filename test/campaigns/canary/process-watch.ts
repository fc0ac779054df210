import { readdirSync, readFileSync } from 'node:fs';
import { findForms, type Canary } from './canary.js';

export interface ProcessWatch {
  /** What was seen that must not be. */
  readonly leaks: ReadonlySet<string>;
  /** Names of programs that were seen, of those asked for. */
  readonly seen: ReadonlySet<string>;
  samples(): number;
  processes(): number;
  stop(): void;
}

const everyMs = 15;
/** Of one process: what it was started with does not change, but for an exec soon after. */
const looksAtOne = 40;

/**
 * Looks at the arguments and the environment of every process that begins from now on, again and again. The scenario's
 * application may know the password by DB_PASSWORD, since ECS hands it over so (Task definition parameters, secrets);
 * nothing else may, the servers of PostgreSQL included.
 * @param notice names of programs that are to be noticed, when something in their environment is below the folder
 */
export function watchProcesses(
  canary: Canary,
  { programs, folder }: { readonly programs: readonly string[]; readonly folder: string },
  onSample: () => void,
): ProcessWatch {
  const before = new Set(listPids());
  const looks = new Map<string, number>();
  const leaks = new Set<string>();
  const seen = new Set<string>();
  let samples = 0;
  const look = (pid: string): void => {
    const times = (looks.get(pid) ?? 0) + 1;
    looks.set(pid, times);
    if (times > looksAtOne) return;
    const [command, environment] = [read(pid, 'cmdline'), read(pid, 'environ')];
    if (environment.includes(`=${folder}/`))
      for (const name of programs) if (command.includes(`/${name}\0`)) seen.add(name);
    const who = command.replaceAll('\0', ' ').slice(0, 200);
    for (const form of findForms(canary, command)) leaks.add(`arguments (${form}) of ${who}`);
    const isApplication = command.includes('sandbox/scenario/app.js');
    for (const variable of environment.split('\0')) {
      if (isApplication && variable.startsWith('DB_PASSWORD=')) continue;
      for (const form of findForms(canary, variable))
        leaks.add(`variable ${variable.split('=')[0] ?? ''} (${form}) of ${who}`);
    }
  };
  const timer = setInterval(() => {
    samples += 1;
    for (const pid of listPids()) if (!before.has(pid)) look(pid);
    onSample();
  }, everyMs);
  return {
    leaks,
    seen,
    samples: () => samples,
    processes: () => looks.size,
    stop: () => clearInterval(timer),
  };
}

function listPids(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** Empty when the process is gone. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
