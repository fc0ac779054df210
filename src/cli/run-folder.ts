import { dirname, join, resolve } from 'node:path';

/**
 * Where runs are kept: `.rds2aurora` beside the configuration file. Asking about runs needs no valid configuration,
 * so the file is not read.
 */
export function findRunFolder(cwd: string, configPath: string | undefined): string {
  const beside = configPath === undefined ? cwd : dirname(resolve(cwd, configPath));
  return join(beside, '.rds2aurora');
}
