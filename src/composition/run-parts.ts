import type { MigrationSession } from '../cli/migration-command.js';
import type { Config } from '../config/schema.js';
import { MigrationError } from '../errors.js';
import { killThisProcess, parseCrashPoint } from '../journal/crash-point.js';
import type { OpenRun, RunDeps } from '../journal/run.js';
import { dumpRestore } from '../paths/dump-restore.js';
import { snapshot } from '../paths/snapshot.js';
import type { Shelf } from '../paths/shelf.js';
import type { RunContext } from '../pipeline/session.js';
import type { SealedStep } from '../pipeline/seal.js';
import { createReportWriter } from './report-writer.js';
import { createShelf } from './shelf.js';
import { systemClock } from './system-clock.js';

const paths: Readonly<Record<string, (config: Config, shelf: Shelf) => readonly SealedStep<Config>[]>> = {
  'dump-restore': dumpRestore,
  snapshot,
};

/** The steps of a path, made for one run; without `run` they can only plan. */
export function stepsOf(
  session: MigrationSession,
  path: string,
  runId: string,
  run?: OpenRun,
): readonly SealedStep<Config>[] {
  const order = paths[path];
  if (order === undefined)
    throw new MigrationError('UnknownPath', `this version does not know the path ${path}`);
  const { config } = session;
  const reports = createReportWriter(run === undefined ? undefined : { run, config, listSteps: () => steps });
  const steps = order(config, createShelf(session, { path, runId, reports, run }));
  return steps;
}

/** The journal compares it on resume: how often AWS is asked may change between attempts. */
export function comparable({ written }: MigrationSession): object {
  const { poll: _poll, ...compared } = written;
  return compared;
}

/** What runs are made and opened with. */
export function runDeps(session: MigrationSession): RunDeps {
  const crashPoint = parseCrashPoint(
    session.environment.variables['RDS2AURORA_CRASH_AT'] ?? '',
    killThisProcess,
  );
  return {
    root: session.root,
    command: session.command,
    toolVersion: session.toolVersion,
    now: session.now,
    ...(crashPoint === undefined ? {} : { crashPoint }),
  };
}

/** What running, resuming and rolling back need. */
export function contextOf(session: MigrationSession, run: OpenRun): RunContext<Config> {
  const { crashPoint } = runDeps(session);
  return {
    run,
    steps: stepsOf(session, run.state().header.path, run.id, run),
    config: session.config,
    comparedConfig: comparable(session),
    clock: systemClock,
    signal: session.signal,
    emit: session.emit,
    ...(crashPoint === undefined ? {} : { crashPoint }),
  };
}
