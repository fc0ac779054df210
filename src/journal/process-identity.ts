import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { hasCode } from './files.js';
import { sha256 } from './json.js';

/** Enough of a process to tell it from another that got its number later, or that runs elsewhere. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own terms: clock ticks since boot (Linux), else what `ps` prints. */
  readonly startedAt: string;
  readonly host: string;
  /** Tells machines of one name apart; empty where the system has no machine id. */
  readonly machine: string;
  /** Changes with each boot; empty where the system has none. */
  readonly boot: string;
  /** Process ids of another PID namespace (a container) mean other processes; empty where there are none. */
  readonly namespace: string;
}

/** How a process on some machine looks from here. `unknown`: it cannot be seen from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Who this process is. */
export function identifyThisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: findStartOf(process.pid) ?? '', ...describePlace() };
}

/**
 * Whether that very process still runs. Only a process of this machine, this boot and this PID namespace can be judged;
 * after a reboot of this machine it is dead; everywhere else the answer is `unknown`, and nobody may take its lock.
 */
export function judgeLiveness(
  other: ProcessIdentity,
  here: Omit<ProcessIdentity, 'pid' | 'startedAt'> = describePlace(),
  findStart: (pid: number) => string | undefined = findStartOf,
): Liveness {
  if (other.host !== here.host || other.machine !== here.machine) return 'unknown';
  if (other.boot !== here.boot) return 'dead';
  if (other.namespace !== here.namespace) return 'unknown';
  const start = findStart(other.pid);
  if (start === undefined) return isHidden(other.pid) ? 'unknown' : 'dead';
  if (other.startedAt === '') return 'unknown';
  return start === other.startedAt ? 'alive' : 'dead';
}

/** Some systems hide the processes of other users; the process is there, and more cannot be told. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return false;
}

/** The login name of this process, for people to read. */
export function nameUser(): string {
  return readOrEmpty(() => userInfo().username) || String(process.getuid?.() ?? '');
}

function describePlace(): Omit<ProcessIdentity, 'pid' | 'startedAt'> {
  const machineId = readOrEmpty(() => readFileSync('/etc/machine-id', 'utf8').trim());
  return {
    host: hostname(),
    machine: machineId === '' ? '' : sha256(machineId).slice(0, 16),
    boot: readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOrEmpty(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** When the process of that number started; undefined when there is none, or only its unreaped remains. */
export function findStartOf(pid: number, platform: NodeJS.Platform = process.platform): string | undefined {
  return platform === 'linux' ? findStartInProc(pid) : findStartByPs(pid);
}

function findStartInProc(pid: number): string | undefined {
  const stat = readOrEmpty(() => readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  // The name in parentheses may hold blanks and parentheses; the fields after it are numbered from 3 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}

function findStartByPs(pid: number): string | undefined {
  const line = readOrEmpty(() =>
    execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim(),
  );
  const [, state, start] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
  return state?.startsWith('Z') === true ? undefined : start;
}

/** These facts are missing on some systems; what is missing is told by an empty text. */
function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
