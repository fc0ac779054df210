import { parseHours } from './duration.js';
import type { RunSummary } from './result-schemas.js';

/** What `runs` may be asked for; absent means: any. */
export interface RunWishes {
  readonly state?: readonly string[] | undefined;
  readonly path?: readonly string[] | undefined;
  /** DB instance identifier, without its Region. */
  readonly source?: string | undefined;
  /** A span of time as people type it, up to now. */
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
}

/**
 * The runs that were asked for, in the order in which they were given. One whose journal cannot be read is of no known
 * path, source or time.
 * @throws UsageError `BadDuration`
 */
export function chooseRuns(
  runs: readonly RunSummary[],
  { state, path, source, since, limit }: RunWishes,
  now: Date,
): RunSummary[] {
  const from = since === undefined ? undefined : now.getTime() - parseHours(since) * 3_600_000;
  return runs
    .filter((run) => state === undefined || state.includes(run.state))
    .filter((run) => path === undefined || (run.path !== null && path.includes(run.path)))
    .filter((run) => source === undefined || run.source?.endsWith(`/${source}`) === true)
    .filter((run) => from === undefined || (run.startedAt !== null && Date.parse(run.startedAt) >= from))
    .slice(0, limit);
}
