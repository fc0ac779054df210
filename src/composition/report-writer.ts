import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { buildReport } from '../cli/build-report.js';
import type { Config } from '../config/schema.js';
import type { OpenRun } from '../journal/run.js';
import { writeFileDurably } from '../journal/write-file-durably.js';
import type { SealedStep } from '../pipeline/seal.js';
import { previewUndo } from '../pipeline/undo-path.js';
import type { ReportWriter } from '../steps/write-report.js';
import { renderReport } from '../views/report-markdown.js';

export interface ReportedRun {
  readonly run: OpenRun;
  readonly config: Config;
  /** The report says of each how it is taken back by hand. */
  readonly listSteps: () => readonly SealedStep<Config>[];
}

/** Writes report.md and report.json into the folder of the run; nothing while only a plan is made. */
export function createReportWriter(reported: ReportedRun | undefined): ReportWriter {
  return {
    write: () => Promise.resolve(reported === undefined ? [] : write(reported)),
    exists: (file) =>
      access(file).then(
        () => true,
        () => false,
      ),
  };
}

function write({ run, config, listSteps }: ReportedRun): readonly string[] {
  const { steps } = previewUndo({ run, config, steps: listSteps() });
  const report = buildReport(run.state(), { undo: steps.filter(({ kind }) => kind === 'undo') });
  const files = [join(run.directory, 'report.md'), join(run.directory, 'report.json')] as const;
  writeFileDurably(files[0], renderReport(report));
  writeFileDurably(files[1], `${JSON.stringify(report, null, 2)}\n`);
  return files;
}
