import type { MigrationSession } from '../cli/migration-command.js';
import type { Config } from '../config/schema.js';
import { MigrationError } from '../errors.js';
import { killThisProcess, parseCrashPoint, type CrashPoint } from '../journal/crash-point.js';
import type { OpenRun, RunDeps } from '../journal/run.js';
import { dumpRestore } from '../paths/dump-restore.js';
import { fresh } from '../paths/fresh.js';
import { snapshot } from '../paths/snapshot.js';
import type { Shelf } from '../paths/shelf.js';
import type { RunContext } from '../pipeline/session.js';
import { loginsOf, removeLogins } from '../process/client-login.js';
import type { SealedStep } from '../pipeline/seal.js';
import type { FreshChoices } from '../steps/refs.js';
import { finalizeSteps } from './finalize-steps.js';
import { noChoices, recordedChoices } from './fresh-choices.js';
import { createReportWriter } from './report-writer.js';
import { openSharedState } from './shared-state.js';
import { createShelf } from './shelf.js';
import { systemClock } from './system-clock.js';

type Order = (config: Config, shelf: Shelf, choices: FreshChoices) => readonly SealedStep<Config>[];

const paths: Readonly<Record<string, Order>> = { 'dump-restore': dumpRestore, snapshot, fresh };

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
  const choices = choicesOf(session, run);
  const steps = order(config, createShelf(session, { path, runId, reports, run, choices }), choices);
  return steps;
}

/** A run keeps the choices that it was begun with, whatever the command line says later. */
function choicesOf(session: MigrationSession, run: OpenRun | undefined): FreshChoices {
  return run === undefined ? (session.fresh ?? noChoices) : recordedChoices(run.state());
}

/**
 * The journal compares it on resume: how often AWS is asked, how the source is ended, who is told, where runs are kept and
 * by which authorities servers are proven may change between attempts (authorities expire); the address of a webhook is a secret besides. The choices of a fresh start are kept with it.
 */
export function comparable(session: MigrationSession, path: string, run?: OpenRun): object {
  const { poll: _poll, finalize: _finalize, notify: _notify, state: _state, ...more } = session.written;
  const { tls: _tls, ...compared } = more;
  return path === 'fresh' ? { ...compared, fresh: choicesOf(session, run) } : compared;
}

/** What runs are made and opened with. */
export function runDeps(session: MigrationSession): RunDeps {
  const crashPoint = crashPointOf(session);
  const shared = openSharedState(session);
  return {
    root: session.root,
    command: session.command,
    toolVersion: session.toolVersion,
    now: session.now,
    ...(crashPoint === undefined ? {} : { crashPoint }),
    ...(shared === undefined ? {} : { shared }),
  };
}

function crashPointOf({ environment }: MigrationSession): CrashPoint | undefined {
  return parseCrashPoint(environment.variables['RDS2AURORA_CRASH_AT'] ?? '', killThisProcess);
}

/** From which snapshot a run starts and by which engine is the run's own: it may have been given by a flag, which nobody repeats. */
function withOwnChoices(session: MigrationSession, run: OpenRun): MigrationSession {
  const { source, engine } = run.state().header.config;
  const snapshot = isRecord(source) ? source['snapshot'] : undefined;
  const set = (config: Config): Config => {
    const { source, engine: _engine, ...others } = config;
    const { snapshot: _other, ...rest } = source;
    const own: Pick<Config, 'engine'> = engine === 'archive' || engine === 'stream' ? { engine } : {};
    return {
      ...others,
      ...own,
      source: typeof snapshot === 'string' ? { ...rest, snapshot } : rest,
    } as const;
  };
  return { ...session, config: set(session.config), written: set(session.written) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What running, resuming and rolling back need, once what killed processes left of passwords is gone. The steps of `finalize`, once that has begun, are among them.
 * @param options.withFinal false where they are given apart
 */
export function contextOf(
  given: MigrationSession,
  run: OpenRun,
  { withFinal = true }: { readonly withFinal?: boolean } = {},
): RunContext<Config> {
  const session = withOwnChoices(given, run);
  removeLogins(loginsOf(run.directory));
  const crashPoint = crashPointOf(session);
  const { header, finalSteps } = run.state();
  const final = withFinal && finalSteps.length > 0 ? finalizeSteps(session, run.id, run.directory) : [];
  return {
    run,
    steps: [...stepsOf(session, header.path, run.id, run), ...final],
    config: session.config,
    comparedConfig: comparable(session, header.path, run),
    clock: systemClock,
    signal: session.signal,
    emit: session.emit,
    ...(crashPoint === undefined ? {} : { crashPoint }),
  };
}
