import type { Config } from '../config/schema.js';

/** The new database comes into the stack that owns the source. */
export function isInPlace({ source, target }: Config): boolean {
  return target.deploy.api !== true && target.stack !== undefined && target.stack === source.stack;
}
