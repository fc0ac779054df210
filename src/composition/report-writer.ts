import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { OpenRun } from '../journal/run.js';
import { writeFileDurably } from '../journal/write-file-durably.js';
import type { SealedStep } from '../pipeline/seal.js';
import type { ReportWriter } from '../steps/write-report.js';
import { makeReport, reportFormats } from './run-report.js';

export interface ReportedRun {
  readonly run: OpenRun;
  readonly config: Config;
  /** The report says of each how it is taken back by hand. */
  readonly listSteps: () => readonly SealedStep<Config>[];
}

/** Writes the report into the folder of the run, in every format; nothing while only a plan is made. */
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
  const report = makeReport(run.state(), config, listSteps());
  return Object.values(reportFormats).map(({ extension, render }) => {
    const file = join(run.directory, `report.${extension}`);
    writeFileDurably(file, render(report));
    return file;
  });
}
