import type { Outcome } from '../cli/base-command.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { RollbackResult } from '../cli/result-schemas.js';
import { openRun } from '../journal/run.js';
import {
  assertUndoable,
  previewUndo,
  undoPath,
  type UndoPreview,
  type UndoResult,
} from '../pipeline/undo-path.js';
import { contextOf, runDeps } from './run-parts.js';

/**
 * `rollback [RUN]`: shows what would be taken back, asks for the identifier of the source to be typed, and takes back
 * step by step, the last first. Writes that the application made to the target since are not carried to the source.
 */
export async function rollback(
  session: MigrationSession,
  wanted: string | undefined,
  dryRun: boolean,
): Promise<Outcome<RollbackResult>> {
  const run = openRun(runDeps(session), wanted);
  try {
    const context = contextOf(session, run);
    assertUndoable(context);
    const preview = previewUndo(context);
    if (run.state().outcome === 'rolled-back') return describeEarlier(run.id, await undoPath(context));
    if (dryRun) return describe(run.id, preview, false);
    session.say(renderPreview(run.id, preview));
    const { instance } = session.config.source;
    await session.confirm({
      level: 'severe',
      action: `Take back run ${run.id}; what was written to the target since stays there only`,
      name: instance,
    });
    await undoPath(context);
    return describe(run.id, preview, true, instance);
  } finally {
    run.close();
  }
}

/** Nothing is left to take back, so nobody is asked. */
function describeEarlier(run: string, { stoppedAt }: UndoResult): Outcome<RollbackResult> {
  const result: RollbackResult = {
    ...{ run, done: true, alreadyRolledBack: true, steps: [] },
    stopsAt: stoppedAt === undefined ? null : { id: stoppedAt, because: 'there is no way back behind it' },
  };
  return {
    run,
    result,
    text: () => `Run ${run} was taken back earlier; nothing is left to do.`,
    next: [`rds2aurora status ${run}`],
  };
}

function describe(run: string, preview: UndoPreview, done: boolean, source = ''): Outcome<RollbackResult> {
  const { steps, stopsAt } = preview;
  const result: RollbackResult = {
    run,
    done,
    alreadyRolledBack: false,
    steps: steps.map(({ id, title, note }) => ({ id, title, note: [...note] })),
    stopsAt: stopsAt === undefined ? null : { id: stopsAt.id, because: stopsAt.because },
  };
  return {
    run,
    result,
    text: () => (done ? renderDone(run, preview, source) : renderPreview(run, preview)),
    next: [done ? `rds2aurora status ${run}` : `rds2aurora rollback ${run}`],
  };
}

function renderDone(run: string, { steps, stopsAt }: UndoPreview, source: string): string {
  const undone = steps.filter(({ kind }) => kind === 'undo');
  return [
    `Run ${run} has been taken back, ${String(undone.length)} steps:`,
    ...undone.map(({ title }) => `  - ${title}`),
    stopsAt === undefined
      ? `${source} is as it was before the run.`
      : `It stopped at "${stopsAt.title}": ${stopsAt.because}`,
  ].join('\n');
}

/** Steps that changed nothing are passed over in silence. */
function renderPreview(run: string, { steps, stopsAt }: UndoPreview): string {
  const lines = steps
    .filter(({ kind }) => kind === 'undo')
    .flatMap(({ title, note }) => [`  - ${title}`, ...note.map((line) => `      by hand: ${line}`)]);
  const stop = stopsAt === undefined ? [] : [`It stops at "${stopsAt.title}": ${stopsAt.because}`];
  return [`Rolling back ${run} takes back, in this order:`, ...lines, ...stop].join('\n');
}
