import { dirname } from 'node:path';
import type { Environment } from '../cli/environment.js';
import type { MigrationSession } from '../cli/migration-command.js';
import { resolvePaths } from '../config/resolve-paths.js';
import { UsageError } from '../errors.js';
import type { RunState } from '../journal/run-state.js';
import { finalizeSteps } from './finalize-steps.js';
import { recordedChoices } from './fresh-choices.js';
import { recordedConfig } from './recorded-config.js';
import { stepsOf } from './run-parts.js';
import { makeReport } from './run-report.js';

export interface WayBackOptions {
  readonly root: string;
  readonly environment: Environment;
  readonly toolVersion: string;
}

/**
 * How each step that was begun is taken back by hand, the last first. Goes by the journal alone: the configuration file
 * may be gone, and nothing is called.
 * @throws UsageError when the journal's configuration cannot be read by this version
 */
export function tellWayBack(
  state: RunState,
  directory: string,
  options: WayBackOptions,
): readonly { readonly step: string; readonly note: readonly string[] }[] {
  const session = readingSession(state, options);
  const { header, finalSteps } = state;
  const final = finalSteps.length > 0 ? finalizeSteps(session, state.run, directory) : [];
  const steps = [...stepsOf(session, header.path, state.run), ...final];
  return makeReport(state, session.config, steps).undo;
}

/** Enough of a session to make steps that are only asked for their notes. */
function readingSession(state: RunState, options: WayBackOptions): MigrationSession {
  const written = recordedConfig(state);
  if (written === undefined)
    throw new UsageError('ConfigUnknown', `the configuration of ${state.run} is that of another version`, {
      next: [`use rds2aurora ${state.header.toolVersion} for this run`],
    });
  const directory = dirname(options.root);
  return {
    ...options,
    ...{ written, config: resolvePaths(written, directory), directory, profile: undefined },
    ...{ command: 'rds2aurora status', words: 'status', now: () => new Date() },
    signal: new AbortController().signal,
    fresh: recordedChoices(state),
    emit: () => undefined,
    say: () => undefined,
    confirm: () => Promise.resolve(),
    afterwards: () => undefined,
  };
}
