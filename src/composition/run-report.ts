import { buildReport } from '../cli/build-report.js';
import type { Config } from '../config/schema.js';
import type { RunState } from '../journal/run-state.js';
import type { SealedStep } from '../pipeline/seal.js';
import { previewUndo } from '../pipeline/undo-path.js';
import { renderReportPage } from '../views/html/report-page.js';
import { renderReport } from '../views/report-markdown.js';
import type { Report } from '../views/report.js';

/** The report of a run as it stands, with the notes of its steps on how they are taken back by hand. */
export function makeReport(state: RunState, config: Config, steps: readonly SealedStep<Config>[]): Report {
  const preview = previewUndo({ run: { state: () => state }, config, steps });
  return buildReport(state, { undo: preview.steps.filter(({ kind }) => kind === 'undo') });
}

/** How a report can be written, and how its file is called. */
export const reportFormats = {
  markdown: { extension: 'md', render: renderReport },
  html: { extension: 'html', render: renderReportPage },
  json: { extension: 'json', render: (report: Report): string => `${JSON.stringify(report, null, 2)}\n` },
} as const;
