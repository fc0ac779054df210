import { resolve } from 'node:path';
import type { Outcome } from '../cli/base-command.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { ReportResult } from '../cli/report-schema.js';
import { pullSharedRuns } from '../journal/run.js';
import { getRun } from '../journal/runs.js';
import { writeFileDurably } from '../journal/write-file-durably.js';
import { finalizeSteps } from './finalize-steps.js';
import { runDeps, stepsOf } from './run-parts.js';
import { makeReport, reportFormats } from './run-report.js';

export type ReportFormat = keyof typeof reportFormats;

/** Where the report goes: to the standard output, or into a file that is written whole or not at all. */
export interface ReportWishes {
  readonly format: ReportFormat;
  readonly output: string | undefined;
}

/** `report [RUN]`: what a run did, also while it is at work or after it failed. Reads its journal; calls nothing. */
export function report(
  session: MigrationSession,
  wanted: string | undefined,
  { format, output }: ReportWishes,
): Promise<Outcome<ReportResult>> {
  pullSharedRuns(runDeps(session));
  const run = getRun(session.root, wanted);
  const { header, finalSteps } = run.state;
  // After the source was deleted there is nothing to take back, and its step says so.
  const final = finalSteps.length > 0 ? finalizeSteps(session, run.id, run.directory) : [];
  const steps = [...stepsOf(session, header.path, run.id), ...final];
  const made = makeReport(run.state, session.config, steps);
  const text = reportFormats[format].render(made);
  const file = output === undefined ? null : resolve(output);
  if (file !== null) writeFileDurably(file, text);
  return Promise.resolve({
    run: run.id,
    result: { report: made, file },
    text: () => (file === null ? text.trimEnd() : `Report of ${run.id}: ${file}`),
  });
}
