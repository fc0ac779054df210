// What a program and all that it has started use while they run. Linux only: elsewhere memory is not known.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const everyMs = 100;
const pageBytes = 4096;
const ticksPerSecond = 100;

/**
 * Looks again and again until it is ended, and keeps the largest of each.
 * @param {number} pid @param {string} folder
 * @returns {{ end: () => { memory: number, disk: number } }} bytes
 */
export function watchUsage(pid, folder) {
  const peak = { memory: 0, disk: 0 };
  const look = () => {
    peak.memory = Math.max(peak.memory, residentBytes(pid));
    peak.disk = Math.max(peak.disk, diskBytes(folder));
  };
  const timer = setInterval(look, everyMs);
  return {
    end: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/** Resident memory of the process and its descendants; pages that they share count for each of them. */
const residentBytes = (root) => listBelow(root).reduce((sum, pid) => sum + residentOf(pid), 0);

/**
 * Memory of its own, which it shares with nobody, of the process that has most, among PostgreSQL's below `root`. What
 * autovacuum takes is no business of those who are measured.
 */
export function largestServerProcess(root) {
  const servers = listBelow(root).filter((pid) =>
    /postgres: (?!autovacuum)/.test(read(`/proc/${pid}/cmdline`)),
  );
  const own = servers.map((pid) =>
    Number(/^RssAnon:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0),
  );
  return Math.max(0, ...own) * 1024;
}

/**
 * Processor time of this process's descendants, those that have ended among them: both servers, and every program that
 * was waited for. Unlike time on the clock it hardly depends on what else the machine does.
 * @returns {number} seconds
 */
export function processorSeconds() {
  const own = statOf(process.pid);
  const living = listBelow(process.pid).filter((pid) => pid !== process.pid);
  // Fields 14 to 17 of /proc/PID/stat: user and system time, and those of children that were waited for.
  const ticks = living.flatMap((pid) => statOf(pid).slice(11, 15)).concat(own.slice(13, 15));
  return ticks.reduce((sum, one) => sum + Number(one), 0) / ticksPerSecond;
}

function listBelow(root) {
  const parents = new Map();
  for (const name of listFolder('/proc')) {
    const pid = Number(name);
    if (pid > 0) parents.set(pid, Number(statOf(pid)[1]));
  }
  const isBelow = (pid) => pid === root || (parents.has(pid) && isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

/** What comes after the name, which stands in brackets and may hold anything: state, parent, … */
function statOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const residentOf = (pid) => Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;

export function diskBytes(folder) {
  return listFolder(folder).reduce((sum, name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return sum;
    return sum + (stat.isDirectory() ? diskBytes(path) : stat.blocks * 512);
  }, 0);
}

function listFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
