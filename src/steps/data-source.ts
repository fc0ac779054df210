import type { Config } from '../config/schema.js';
import type { Inputs } from '../pipeline/step.js';
import { checkReadiness, hydrateSource, type ServerRef } from './refs.js';

/** Where the data is taken from: the source, or what stands for it once it was deleted with its stack. */
export interface DataSource {
  readonly source: ServerRef;
  /**
   * The source has gone with its stack. The target database goes with a stack of this run then, and to make it ready
   * once more is neither possible nor of use.
   */
  readonly isGone: boolean;
}

export function dataSourceOf({ outputOf, findOutputOf }: Inputs<Config>): DataSource {
  const { server } = outputOf(checkReadiness).source;
  const temporary = findOutputOf(hydrateSource);
  if (temporary === undefined) return { source: server, isGone: false };
  return { source: { ...server, host: temporary.host, port: temporary.port }, isGone: true };
}
