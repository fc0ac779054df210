import type { Config } from '../config/schema.js';

/** The new database comes into the stack that owns the source. */
export function isInPlace({ source, target }: Config): boolean {
  return target.deploy.api !== true && target.stack !== undefined && target.stack === source.stack;
}

/**
 * In place, by a deploy command: such a command takes no snapshot, so the data of the snapshot is moved into the empty
 * cluster of the new stack by a dump.
 */
export function isHydrated(config: Config): boolean {
  return isInPlace(config) && config.target.deploy.command !== undefined;
}
