import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where programs and this project's own cache may be found on this machine. */
export interface SearchPath {
  /** Folders of PATH, in order. */
  readonly programs: readonly string[];
  /** Cache folders, the one that is written to first. */
  readonly caches: readonly string[];
}

/** Shared by all users of the machine; used when the set-up ran as root, whose own home nobody else can read. */
const systemCache = '/var/cache/rds2aurora';

/** RDS2AURORA_CACHE alone when set; else the system's cache for root and the user's cache for anybody else, then the other. */
export function readSearchPath(
  environment: NodeJS.ProcessEnv = process.env,
  isRoot: boolean = process.getuid?.() === 0,
): SearchPath {
  const programs = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const override = environment['RDS2AURORA_CACHE'];
  if (override !== undefined && override !== '') return { programs, caches: [override] };
  const userCache = join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rds2aurora');
  return { programs, caches: isRoot ? [systemCache, userCache] : [userCache, systemCache] };
}
