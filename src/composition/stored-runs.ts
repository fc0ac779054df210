import type { Environment } from '../cli/environment.js';
import { findRunFolder } from '../cli/run-folder.js';
import { findState } from '../config/find-state.js';
import { inspectRunLock, pullSharedRuns, type RunDeps } from '../journal/run.js';
import { getRun, type StoredRun } from '../journal/runs.js';
import { findSharedName } from '../journal/shared-run.js';
import { openSharedState } from './shared-state.js';

/** What a command that only asks about runs, or frees one, knows. */
export interface Asking {
  readonly configPath: string | undefined;
  readonly profile: string | undefined;
  readonly environment: Environment;
  readonly command: string;
  readonly toolVersion: string;
  /** Nothing is called: only what was last known here is told. */
  readonly offline?: boolean;
}

/**
 * Where runs are, with those of the shared store brought here first. The configuration need be neither whole nor there.
 * @throws what the shared store throws: nobody is shown old facts as new ones
 */
export async function openStoredRuns(asking: Asking): Promise<RunDeps> {
  const { configPath, environment, command, toolVersion, offline = false } = asking;
  const cwd = process.cwd();
  const config = offline ? undefined : await findState({ cwd, path: configPath, env: environment.variables });
  const shared = config === undefined ? undefined : openSharedState({ ...asking, config });
  const deps: RunDeps = {
    root: findRunFolder(cwd, configPath),
    ...{ command, toolVersion, now: () => new Date() },
    ...(shared === undefined ? {} : { shared }),
  };
  pullSharedRuns(deps);
  return deps;
}

export function findStoredRun({ root }: RunDeps, wanted: string | undefined): string {
  return getRun(root, wanted).id;
}

/** How a run stands now, and who holds it: what a holder on another machine has written since is brought here first. */
export function readStoredRun(deps: RunDeps, id: string) {
  pullSharedRuns(deps);
  const lock = inspectRunLock(deps.root, id, undefined, deps.shared);
  return { run: warnOfAbsentState(getRun(deps.root, id), deps), lock };
}

/** The run, with a warning where its state is shared and was not asked for. */
function warnOfAbsentState<Run extends StoredRun>(run: Run, { shared }: RunDeps): Run {
  const name = findSharedName(run.directory);
  if (name === '' || shared !== undefined) return run;
  const text = `its state is shared in ${name}, which was not asked (--offline, or not in this configuration): this is what was last known here`;
  return { ...run, warnings: [...run.warnings, text] };
}
