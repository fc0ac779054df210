/** Writes what happened, for the change ticket. Reads the journal; a crash leaves a report of an earlier moment. */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import { writeReport } from './refs.js';

export interface ReportWriter {
  /** Writes the files anew and gives their paths. */
  write(): Promise<readonly string[]>;
  exists(file: string): Promise<boolean>;
}

type Out = ReturnType<typeof writeReport.output.parse>;

export function createWriteReport(reports: ReportWriter): Step<undefined, Out, Config> {
  return {
    ...writeReport,
    title: 'Write the report',
    reversal: { kind: 'nothing-to-undo', because: 'a report of what happened stays true' },
    remadeAfter: ['ReportMissing'],
    typicalSeconds: [0, 1],
    select: () => undefined,
    plan: () =>
      Promise.resolve({
        kind: 'change',
        effects: ['report.md, report.html and report.json in the folder of the run'],
      }),
    run: async () => ({ files: [...(await reports.write())] }),
    verify: async (_io, _input, { files }) => {
      for (const file of files)
        if (!(await reports.exists(file))) throw new VerifyError('ReportMissing', `${file} is not there`);
    },
  };
}
