// A program that runs, resumes or rolls back the toy path in a folder, the way the real binary does:
// node toy-child.js run|resume|rollback FOLDER [CRASH_AT [pause]]
import { join } from 'node:path';
import { exitCodes, MigrationError } from '../../src/errors.js';
import { killThisProcess, noCrash, parseCrashPoint } from '../../src/journal/crash-point.js';
import { createRun, openRun, type RunDeps } from '../../src/journal/run.js';
import { runPath } from '../../src/pipeline/run-path.js';
import type { RunContext } from '../../src/pipeline/session.js';
import { undoPath } from '../../src/pipeline/undo-path.js';
import { openFileWorld } from './file-world.js';
import { toyPath, type ToyConfig } from './toy-steps.js';

const [verb = '', folder = '', crashAt = '', how = ''] = process.argv.slice(2);
const crashPoint = parseCrashPoint(crashAt, how === 'pause' ? pauseThisProcess : killThisProcess) ?? noCrash;
const deps: RunDeps = {
  root: join(folder, '.rds2aurora'),
  command: `toy ${verb}`,
  toolVersion: '0.1.0',
  now: () => new Date(),
  crashPoint,
};
const steps = toyPath(openFileWorld(folder));
const config: ToyConfig = { prefix: 'toy' };
const plan = { name: 'rag', path: 'toy', steps, config, source: 'here/source', target: 'there' };

function pauseThisProcess(): void {
  process.stderr.write('paused\n');
  process.kill(process.pid, 'SIGSTOP');
}

const abort = new AbortController();
try {
  const run = verb === 'run' ? createRun(deps, plan, () => 0.5) : openRun(deps);
  try {
    const context: RunContext<ToyConfig> = {
      ...{ run, steps, config, crashPoint, signal: abort.signal },
      clock: { now: () => new Date(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() },
      emit: () => undefined,
    };
    await (verb === 'rollback' ? undoPath(context) : runPath(context));
  } finally {
    run.close();
  }
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = error instanceof MigrationError ? error.exitCode : exitCodes.bug;
}
